import CShims

/// Compresses messages as gzip, zlib or snappy into memory of its own.
///
/// zlib's state (some 260 KB a format) is made at the first use and reset between messages.
package struct Deflater: ~Copyable {
    private var gzip: UnsafeMutablePointer<z_stream>?
    private var zlib: UnsafeMutablePointer<z_stream>?
    private var scratch = Scratch()

    package init() {}

    deinit {
        for stream in [gzip, zlib] {
            guard let stream else { continue }
            deflateEnd(stream)
            stream.deallocate()
        }
    }

    /// `input` compressed, valid until the next call; nil when that would not be smaller.
    package mutating func deflate(
        _ input: UnsafeRawBufferPointer, _ compression: Compression
    ) -> UnsafeRawBufferPointer? {
        guard compression != .none, input.count > 0 else { return nil }
        scratch.trim()
        if compression == .snappy {
            guard let count = Snappy.deflate(input, into: &scratch) else { return nil }
            return UnsafeRawBufferPointer(start: scratch.bytes.baseAddress, count: count)
        }
        guard let stream = ready(compression), scratch.grow(to: input.count) else { return nil }
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress!.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = scratch.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(input.count)
        guard CShims.deflate(stream, Z_FINISH) == Z_STREAM_END else { return nil }
        let count = input.count - Int(stream.pointee.avail_out)
        guard count < input.count else { return nil }
        return UnsafeRawBufferPointer(start: scratch.bytes.baseAddress, count: count)
    }

    private mutating func ready(_ compression: Compression) -> UnsafeMutablePointer<z_stream>? {
        if let stream = compression == .gzip ? gzip : zlib {
            deflateReset(stream)
            return stream
        }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard shim_deflate_init(stream, Int32(Limits.compressionLevel), compression.windowBits) == Z_OK else {
            stream.deallocate()
            return nil
        }
        if compression == .gzip { gzip = stream } else { zlib = stream }
        return stream
    }
}
