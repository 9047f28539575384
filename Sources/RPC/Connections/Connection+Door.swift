import NIOCore
import Synchronization

/// A connection of another protocol than `baidu_std`: what its door reads and writes.
extension Connection {
    /// Takes a read that is not known to be native: finds out what it is, or lets the door read it.
    func readElsewhere(_ bytes: UnsafeRawBufferPointer) {
        if let door { return read(bytes, through: door) }
        guard !undecided.isEmpty else { return readFirst(bytes) }
        undecided.append(contentsOf: bytes)
        let all = undecided
        all.withUnsafeBytes { readFirst($0) }
    }

    private func readFirst(_ bytes: UnsafeRawBufferPointer) {
        if tls == nil, bytes.first == Self.handshakeRecord { return refuseClientHello() }
        guard let wire = agreed ?? ProtocolSniffer.look(bytes) else {
            undecided = Array(bytes)
            return state.readEnded(packets: 0, heldBytes: bytes.count, now: MonotonicClock.nanoseconds())
        }
        undecided = []
        guard let door = makeDoor(wire) else {
            isNative = true
            var burst = ReadBurst(connection: self, arrival: MonotonicClock.nanoseconds())
            return burst.run(bytes)
        }
        self.door = door
        if shard.shared.isDraining.load(ordering: .relaxed) { door.beginDrain() }
        read(bytes, through: door)
    }

    /// nil: the native protocol, which also refuses what no open door understands.
    private func makeDoor(_ wire: WireProtocol) -> (any Door)? {
        guard shard.shared.configuration.doors.contains(wire) else { return nil }
        switch wire {
        case .native: return nil
        case .http1: return HTTP1Door(shard.http1, peer: peer)
        case .http2:
            return GRPCDoor(
                shared: shard.shared, peer: peer, flow: flow, times: shard.times, buffers: shard.http2Buffers,
                now: MonotonicClock.nanoseconds(),
                strangers: { [unowned self] token in
                    peer.isLoopback ? nil : stranger(token: token, MonotonicClock.nanoseconds())
                })
        }
    }

    private func read(_ bytes: UnsafeRawBufferPointer, through door: any Door) {
        var burst = ReadBurst(connection: self, arrival: MonotonicClock.nanoseconds())
        burst.run(bytes, through: door)
    }

    // MARK: Writing

    /// Answers of a read, in the shard's writer, and whatever else the door has to send.
    func answerThroughDoor(_ reply: inout ReplyWriter) {
        translate(&reply)
        sendOfDoor()
    }

    /// Gives the door the packets that the shard's writer holds; nothing leaves yet.
    func translate(_ reply: inout ReplyWriter) {
        guard let door, reply.count > 0 else { return }
        reply.withPackets { door.answer($0, &shard.output) }
        reply.renew()
    }

    /// Gives the door answers of a worker; `flush`: they are the last for now.
    func translate(_ answers: ByteBuffer, flush: Bool) {
        guard let door else { return }
        answers.withUnsafeReadableBytes { door.answer($0, &shard.output) }
        if flush { flushDoor() } else { writeOutput(flush: false) }
    }

    /// Sends what the door has to send, and looks whether it is done.
    func flushDoor() {
        sendOfDoor()
        endIfDoorDid()
    }

    private func sendOfDoor() {
        guard let door else { return }
        door.flush(&shard.output)
        writeOutput(flush: true)
        let isBlocked = door.heldAnswerBytes > shard.shared.configuration.pendingWritePauseBytes
        if isBlocked != isDoorFull {
            isDoorFull = isBlocked
            writabilityChanged(!isBlocked && context?.channel.isWritable ?? false)
        }
    }

    /// Reads no more where the door says so; what is under way is answered.
    func endIfDoorDid() {
        guard let door else { return }
        if let failure = door.failure {
            end(failure)
        } else if door.isFinished {
            perform(state.finish(.finished, now: MonotonicClock.nanoseconds()))
        }
    }

    /// The connection goes; said and counted once.
    func end(_ failure: DoorFailure) {
        guard state.acceptsRequests else { return }
        if failure.reason == .badFrame || failure.reason == .flood {
            refuseBytes(failure.why, failure.reason)
        } else {
            perform(state.close(failure.reason))
        }
    }

    /// Of a connection that goes because it was idle, or because the server ends.
    func sayGoodbye(_ reason: CloseReason) {
        guard let door, [.idle, .gaveWay, .gaveWayToAddress, .cutOff].contains(reason) else { return }
        door.sayGoodbye()
        sendOfDoor()
    }

    // MARK: Time

    func tickDoor(_ now: UInt64) {
        guard let door else { return }
        let failure = door.tick(now, mayRead: state.mayRead)
        flushDoor()
        if door.isDrained { state.drain() }
        if let failure { end(failure) }
    }

    func drainDoor() {
        door?.beginDrain()
        flushDoor()
    }
}
