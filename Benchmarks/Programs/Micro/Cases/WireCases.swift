import RPC
import WireMessages

/// The cost of the wire: splitting packets, reading their meta, unpacking a message.
enum WireCases {
    static let all = [frameDecoding, metaReading, requestDecoding]

    private static let packets = 1_000

    /// Whole packets in one read, as on a busy connection.
    private static let frameDecoding = MicroCase("frame-decoding", operations: packets) {
        let bytes = Array(repeatElement(SampleRequest.packet, count: packets).joined())
        return {
            try bytes.withUnsafeBytes { all in
                var decoder = FrameDecoder()
                var input = all
                var count = 0
                while case .frame(let frame) = decoder.next(&input) {
                    count += frame.payload.isEmpty ? 0 : 1
                }
                guard count == packets else { throw MicroFailure("\(count) packets of \(packets) were found") }
            }
        }
    }

    private static let metaReading = MicroCase("meta-reading", operations: packets) {
        let packet = SampleRequest.packet
        let size = packet[8..<12].reduce(0) { $0 << 8 | Int($1) }
        let meta = Array(packet[12..<12 + size])
        return {
            try meta.withUnsafeBytes { bytes in
                for _ in 0..<packets {
                    guard let read = RPCMeta.read(bytes), read.hasRequest else { throw MicroFailure("no meta") }
                    consume(read.correlationID)
                }
            }
        }
    }

    /// protobuf-c into an arena.
    private static let requestDecoding = MicroCase("decode", operations: packets) {
        let arena = Arena()
        let request = SampleRequest.calculate
        return {
            for _ in 0..<packets {
                arena.reset()
                let unpacked = jiesuan__v1__calculate_request__unpack(arena.allocator, request.count, request)
                guard let unpacked, unpacked.pointee.claim != nil else { throw MicroFailure("no CalculateRequest") }
            }
        }
    }
}
