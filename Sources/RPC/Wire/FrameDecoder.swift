import Glibc

/// One packet: its parts lie in the bytes that were read, or in the decoder.
package struct Frame {
    /// The `RpcMeta` message.
    package let meta: UnsafeRawBufferPointer
    /// The message and the attachment after it.
    package let payload: UnsafeRawBufferPointer

    package init(meta: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer) {
        self.meta = meta
        self.payload = payload
    }
}

/// Why bytes cannot be a packet; the connection that sent them cannot be understood any more.
package enum FrameError: Error, Equatable, CustomStringConvertible {
    case notPRPC(firstBytes: UInt32)
    case bodyTooLarge(claimed: UInt32, limit: Int)
    case metaLargerThanBody(meta: UInt32, body: UInt32)
    case outOfMemory(bytes: Int)

    package var description: String {
        switch self {
        case .notPRPC(let bytes):
            "the packet begins with 0x\(String(bytes, radix: 16)), not with \"PRPC\""
        case .bodyTooLarge(let claimed, let limit):
            "the packet claims a body of \(claimed) bytes, the limit is \(limit)"
        case .metaLargerThanBody(let meta, let body):
            "the packet claims a meta of \(meta) bytes in a body of \(body)"
        case .outOfMemory(let bytes):
            "the system has no \(bytes) bytes for the packet"
        }
    }
}

/// Cuts a stream of bytes into packets.
///
/// A packet is "PRPC", body size, meta size (big-endian 32 bits each; the body does not count these 12
/// bytes), meta, message, attachment. Packets whole inside one read are not copied. What is left of a read is kept,
/// in memory that grows with the bytes received and never with the size claimed, up to one packet.
package struct FrameDecoder: ~Copyable {
    package static let headerBytes = 12
    private static let magic: UInt32 = 0x5052_5043

    package enum Step {
        /// Valid until the next call, and as long as the input.
        case frame(Frame)
        /// The input is used up; `heldBytes` of a frame are kept.
        case needMore
        /// No frame can follow; every later call says the same.
        case bad(FrameError)
    }

    private let bodyBytesMax: Int
    private var storage: UnsafeMutableRawPointer?
    private var capacity = 0
    private var count = 0
    /// Bytes of the packet under construction; 0 until its header is complete.
    private var expected = 0
    /// The packet in `storage` was handed out by the last call.
    private var isDelivered = false
    private var failure: FrameError?

    package init(bodyBytesMax: Int = Limits.frameBodyBytesMax) {
        precondition(bodyBytesMax >= 0 && bodyBytesMax <= Int(UInt32.max))
        self.bodyBytesMax = bodyBytesMax
    }

    deinit { free(storage) }

    /// Bytes received of a packet that is not complete.
    package var heldBytes: Int { isDelivered ? 0 : count }

    /// Memory taken for such bytes.
    package var heldCapacity: Int { capacity }

    /// The next packet of `input`; takes the bytes it used off its front.
    package mutating func next(_ input: inout UnsafeRawBufferPointer) -> Step {
        if count != 0 {
            if !isDelivered { return continueHeld(&input) }
            forget()
        }
        guard input.count >= Self.headerBytes else {
            return keepAll(&input)
        }
        guard let size = packetSize(UnsafeRawPointer(input.baseAddress!)) else { return .bad(failure!) }
        guard input.count >= size else {
            expected = size
            return keepAll(&input)
        }
        let packet = UnsafeRawBufferPointer(start: input.baseAddress, count: size)
        input = UnsafeRawBufferPointer(rebasing: input[size...])
        return .frame(Self.split(packet))
    }

    /// The memory of the packet that the last call returned, if it lies in the decoder: the caller frees it.
    package mutating func detach() -> UnsafeMutableRawPointer? {
        guard isDelivered, let detached = storage else { return nil }
        storage = nil
        capacity = 0
        count = 0
        expected = 0
        isDelivered = false
        return detached
    }

    private mutating func continueHeld(_ input: inout UnsafeRawBufferPointer) -> Step {
        if let failure { return .bad(failure) }
        if expected == 0 {
            keep(&input, min(Self.headerBytes - count, input.count))
            if let failure { return .bad(failure) }
            guard count == Self.headerBytes else { return .needMore }
            guard let size = packetSize(UnsafeRawPointer(storage!)) else { return .bad(failure!) }
            expected = size
        }
        keep(&input, min(expected - count, input.count))
        if let failure { return .bad(failure) }
        guard count == expected else { return .needMore }
        isDelivered = true
        return .frame(Self.split(UnsafeRawBufferPointer(start: storage, count: count)))
    }

    /// Checks a header before anything of its packet is kept; nil sets `failure`.
    private mutating func packetSize(_ header: UnsafeRawPointer) -> Int? {
        let magic = UInt32(bigEndian: header.loadUnaligned(as: UInt32.self))
        let body = UInt32(bigEndian: header.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        let meta = UInt32(bigEndian: header.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        if magic == Self.magic, Int(body) <= bodyBytesMax, meta <= body, failure == nil {
            return Self.headerBytes + Int(body)
        }
        if failure == nil {
            failure =
                magic != Self.magic
                ? .notPRPC(firstBytes: magic)
                : Int(body) > bodyBytesMax
                    ? .bodyTooLarge(claimed: body, limit: bodyBytesMax) : .metaLargerThanBody(meta: meta, body: body)
        }
        return nil
    }

    private static func split(_ packet: UnsafeRawBufferPointer) -> Frame {
        let base = packet.baseAddress!
        let meta = Int(UInt32(bigEndian: base.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        return Frame(
            meta: UnsafeRawBufferPointer(start: base + headerBytes, count: meta),
            payload: UnsafeRawBufferPointer(
                start: base + headerBytes + meta, count: packet.count - headerBytes - meta))
    }

    private mutating func keepAll(_ input: inout UnsafeRawBufferPointer) -> Step {
        if failure == nil { keep(&input, input.count) }
        if let failure { return .bad(failure) }
        return .needMore
    }

    /// Takes `taken` bytes off the input. Memory at most doubles what has come, and ends at the packet's size.
    private mutating func keep(_ input: inout UnsafeRawBufferPointer, _ taken: Int) {
        guard taken > 0 else { return }
        let needed = count + taken
        if needed > capacity {
            var grown = max(needed, 2 * capacity, 64)
            if expected != 0 { grown = max(needed, min(grown, expected)) }
            guard let moved = realloc(storage, grown) else {
                failure = .outOfMemory(bytes: grown)
                return
            }
            storage = moved
            capacity = grown
        }
        memcpy(storage! + count, input.baseAddress!, taken)
        count = needed
        input = UnsafeRawBufferPointer(rebasing: input[taken...])
    }

    /// Drops the packet handed out; keeps a little memory, since a read that ends inside a packet is the rule.
    private mutating func forget() {
        count = 0
        expected = 0
        isDelivered = false
        if capacity > Limits.heldBytesFree {
            free(storage)
            storage = nil
            capacity = 0
        }
    }
}
