import CShims

/// Inflates gzip, zlib and snappy messages into memory of its own, never past a limit.
///
/// A gzip or zlib stream is whole when it is closed, its checksum right and nothing behind it; or when it was flushed
/// and left open, as clients in Go do it: then it ends with the flush's empty block (`00 00 ff ff`) and has no
/// checksum.
/// zlib's state (some 40 KB a format) is made at the first use and reset between messages.
package struct Inflater: ~Copyable {
    private let bytesMax: Int
    private var gzip: UnsafeMutablePointer<z_stream>?
    private var zlib: UnsafeMutablePointer<z_stream>?
    private var scratch = Scratch()

    package init(bytesMax: Int = Limits.inflatedBytesMax) {
        self.bytesMax = bytesMax
    }

    deinit {
        for stream in [gzip, zlib] {
            guard let stream else { continue }
            inflateEnd(stream)
            stream.deallocate()
        }
    }

    /// The message in `input`, which is at most `most` bytes where that is less than the inflater's own limit; valid
    /// until the next call.
    package mutating func inflate(
        _ input: UnsafeRawBufferPointer, _ compression: Compression, bytesMax most: Int? = nil
    ) throws(CompressionError) -> UnsafeRawBufferPointer {
        let bytesMax = min(bytesMax, most ?? .max)
        scratch.trim()
        if compression == .snappy {
            let count = try Snappy.inflate(input, into: &scratch, bytesMax: bytesMax)
            return UnsafeRawBufferPointer(start: scratch.bytes.baseAddress, count: count)
        }
        let stream = try ready(compression)
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(input.count)
        var written = 0
        while true {
            // One byte past the limit tells a message of exactly the limit from a larger one.
            if written == scratch.bytes.count {
                let size = min(bytesMax + 1, max(2 * written, 4 * input.count, 4096))
                guard scratch.grow(to: size) else { throw .outOfMemory }
            }
            let room = min(scratch.bytes.count, bytesMax + 1) - written
            stream.pointee.next_out = scratch.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self) + written
            stream.pointee.avail_out = UInt32(room)
            let result = CShims.inflate(stream, Z_NO_FLUSH)
            written += room - Int(stream.pointee.avail_out)
            guard written <= bytesMax else { throw .tooLarge(limit: bytesMax) }
            switch result {
            case Z_STREAM_END:
                let left = Int(stream.pointee.avail_in)
                guard left == 0 else { throw .trailingBytes(left) }
                return UnsafeRawBufferPointer(start: scratch.bytes.baseAddress, count: written)
            case Z_OK:
                guard Self.endsFlushed(input, stream) else { continue }
                return UnsafeRawBufferPointer(start: scratch.bytes.baseAddress, count: written)
            case Z_BUF_ERROR:  // no progress: all input is used
                guard stream.pointee.avail_out == 0 else { throw .truncated }
            case Z_MEM_ERROR: throw .outOfMemory
            default: throw .bad  // Z_DATA_ERROR, Z_NEED_DICT, Z_STREAM_ERROR
            }
        }
    }

    /// The message in `input`, in memory that the caller frees.
    mutating func inflateOwned(
        _ input: UnsafeRawBufferPointer, _ compression: Compression
    ) throws(CompressionError) -> UnsafeMutableRawBufferPointer {
        let count = try inflate(input, compression).count
        return UnsafeMutableRawBufferPointer(start: scratch.detach(), count: count)
    }

    /// Whether all of a stream that was flushed and left open is read: the empty block that a flush ends with was its
    /// last, no bit of another one has come, and more could follow.
    private static func endsFlushed(_ input: UnsafeRawBufferPointer, _ stream: UnsafeMutablePointer<z_stream>) -> Bool {
        // zlib's `data_type` after a call that used input: 128 between two blocks, 64 in the last one, below that the
        // bits which it holds.
        stream.pointee.avail_in == 0 && stream.pointee.data_type & 0xff == 128 && input.count > 4
            && input.suffix(4).elementsEqual([0, 0, 0xff, 0xff])
    }

    private mutating func ready(
        _ compression: Compression
    ) throws(CompressionError) -> UnsafeMutablePointer<z_stream> {
        if let stream = compression == .gzip ? gzip : zlib {
            inflateReset(stream)
            return stream
        }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard shim_inflate_init(stream, compression.windowBits) == Z_OK else {
            stream.deallocate()
            throw .outOfMemory
        }
        if compression == .gzip { gzip = stream } else { zlib = stream }
        return stream
    }
}
