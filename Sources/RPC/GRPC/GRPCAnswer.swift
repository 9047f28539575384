import Glibc

/// What a stream has to send still: bytes of a message with its prefix, where they are or in memory of its own.
struct GRPCAnswer: ~Copyable {
    private static let prefixBytes = 5

    /// The flag and the length, the first byte highest; the low `prefixLeft` bytes are to be sent.
    private var prefix: UInt64 = 0
    private var prefixLeft = 0
    private var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    private var owned: UnsafeMutableRawPointer?
    /// Memory of its own.
    private(set) var capacity = 0

    deinit { free(owned) }

    var left: Int { prefixLeft + bytes.count }

    /// One message, which stays where it is until `keep`.
    mutating func begin(_ message: UnsafeRawBufferPointer, isCompressed: Bool) {
        prefix = (isCompressed ? 1 << 32 : 0) | UInt64(message.count)
        prefixLeft = Self.prefixBytes
        bytes = message
    }

    /// One more message behind what there is; false: there is no memory for it.
    mutating func append(_ message: [UInt8]) -> Bool {
        var grown: [UInt8] = []
        grown.reserveCapacity(left + Self.prefixBytes + message.count)
        for index in 0..<prefixLeft {
            grown.append(UInt8(truncatingIfNeeded: prefix >> UInt64(8 * (prefixLeft - 1 - index))))
        }
        grown += bytes
        grown.append(0)
        for shift in [24, 16, 8, 0] { grown.append(UInt8(truncatingIfNeeded: message.count >> shift)) }
        grown += message
        reset()
        bytes = grown.withUnsafeBytes { copy($0) }
        return capacity > 0
    }

    /// Copies what has not left; false: there is no memory for it.
    mutating func keep() -> Bool {
        guard owned == nil, bytes.count > 0 else { return true }
        bytes = copy(bytes)
        return capacity > 0
    }

    private mutating func copy(_ source: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard let memory = malloc(source.count) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        memcpy(memory, source.baseAddress!, source.count)
        (owned, capacity) = (memory, source.count)
        return UnsafeRawBufferPointer(start: memory, count: source.count)
    }

    /// Moves the next `count` bytes of what is left to `out`.
    @inline(__always)
    mutating func move(to out: UnsafeMutableRawPointer, _ count: Int) {
        var out = out
        var rest = count
        while prefixLeft > 0, rest > 0 {
            prefixLeft -= 1
            out.storeBytes(of: UInt8(truncatingIfNeeded: prefix >> UInt64(8 * prefixLeft)), as: UInt8.self)
            (out, rest) = (out + 1, rest - 1)
        }
        guard rest > 0 else { return }
        memcpy(out, bytes.baseAddress!, rest)
        bytes = UnsafeRawBufferPointer(rebasing: bytes[rest...])
    }

    mutating func reset() {
        free(owned)
        (owned, capacity, prefixLeft) = (nil, 0, 0)
        bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    }
}
