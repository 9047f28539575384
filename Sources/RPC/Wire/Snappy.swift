import CShims

/// Snappy's raw format, as brpc sends it: the length of the message, then literals and copies; no frames, no checksum.
enum Snappy {
    /// No element of the format makes more than 64 bytes of 3: what claims more than this for each byte is damaged, and
    /// buys no memory.
    static let bytesPerByteMax = 22

    /// The message in `input` into `scratch`; how long it is.
    static func inflate(
        _ input: UnsafeRawBufferPointer, into scratch: inout Scratch, bytesMax: Int
    ) throws(CompressionError) -> Int {
        guard let start = input.baseAddress?.assumingMemoryBound(to: CChar.self), input.count > 0 else {
            throw .truncated
        }
        var claimed = 0
        guard snappy_uncompressed_length(start, input.count, &claimed) == SNAPPY_OK else { throw .bad }
        guard claimed <= bytesMax else { throw .tooLarge(limit: bytesMax) }
        guard claimed <= bytesPerByteMax * input.count else { throw .bad }
        guard scratch.grow(to: max(1, claimed)) else { throw .outOfMemory }
        // Fails where the message is shorter or longer than `claimed`, or followed by more.
        var written = claimed
        let out = scratch.bytes.baseAddress!.assumingMemoryBound(to: CChar.self)
        guard snappy_uncompress(start, input.count, out, &written) == SNAPPY_OK, written == claimed else { throw .bad }
        return written
    }

    /// `input` compressed into `scratch`; nil where that would not be smaller, or the system has no memory.
    static func deflate(_ input: UnsafeRawBufferPointer, into scratch: inout Scratch) -> Int? {
        let most = snappy_max_compressed_length(input.count)
        guard let start = input.baseAddress, scratch.grow(to: most) else { return nil }
        var count = most
        let out = scratch.bytes.baseAddress!.assumingMemoryBound(to: CChar.self)
        guard snappy_compress(start.assumingMemoryBound(to: CChar.self), input.count, out, &count) == SNAPPY_OK,
            count < input.count
        else { return nil }
        return count
    }
}
