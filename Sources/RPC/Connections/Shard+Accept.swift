import NIOCore
import NIOPosix

extension Shard {
    /// Makes a connection of an accepted socket; from any thread.
    func begin(_ accepted: AcceptedSocket, _ permit: ConnectionPermit) {
        let configuration = shared.configuration
        let pause = configuration.pendingWritePauseBytes
        ClientBootstrap(group: eventLoop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            // One read, one burst: between two of them the connection may have to pause.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: Limits.readBytesMin, initial: Limits.readBytesFirst, maximum: configuration.readBytesMax)
            )
            .channelOption(.writeBufferWaterMark, value: .init(low: pause / 4, high: pause))
            .channelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Connection(shard: self, accepted, permit))
                }
            }
            .withConnectedSocket(accepted.descriptor)
            // The channel closed first, or the event loop has ended: no handler may be there whose removal would count.
            .whenFailure { _ in permit.release() }
    }
}
