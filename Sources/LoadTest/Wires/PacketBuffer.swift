import Client
import RPC

/// Bytes that came on one connection, cut into packets of `baidu_std`.
final class PacketBuffer: ReceiveBuffer {
    /// The next whole packet; valid until the next `fill`.
    func next() throws(ClientError) -> Frame? {
        guard to - from >= FrameDecoder.headerBytes else { return nil }
        let header = memory + from
        let body = Int(UInt32(bigEndian: header.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        let meta = Int(UInt32(bigEndian: header.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        guard UInt32(bigEndian: header.loadUnaligned(as: UInt32.self)) == 0x5052_5043, meta <= body,
            body <= Limits.frameBodyBytesMax
        else { throw .badAnswer("its bytes are no baidu_std packet") }
        let size = FrameDecoder.headerBytes + body
        guard to - from >= size else {
            makeRoom(for: size)
            return nil
        }
        from += size
        return Frame(
            meta: UnsafeRawBufferPointer(start: header + FrameDecoder.headerBytes, count: meta),
            payload: UnsafeRawBufferPointer(start: header + FrameDecoder.headerBytes + meta, count: body - meta))
    }
}
