/// One packet of our own writing, taken apart: an answer on its way through a door.
struct AnswerPacket {
    let meta: RPCMeta
    let message: UnsafeRawBufferPointer

    /// The next of whole packets; nil at their end.
    static func next(_ packets: inout UnsafeRawBufferPointer) -> AnswerPacket? {
        guard packets.count > 0 else { return nil }
        let body = Int(UInt32(bigEndian: packets.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        let metaBytes = Int(UInt32(bigEndian: packets.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        let metaEnd = FrameDecoder.headerBytes + metaBytes
        let end = FrameDecoder.headerBytes + body
        let meta = RPCMeta.read(UnsafeRawBufferPointer(rebasing: packets[FrameDecoder.headerBytes..<metaEnd]))
        guard let meta else { preconditionFailure("a packet of our own has no meta") }
        let message = UnsafeRawBufferPointer(rebasing: packets[metaEnd..<end])
        packets = UnsafeRawBufferPointer(rebasing: packets[end...])
        return AnswerPacket(meta: meta, message: message)
    }
}
