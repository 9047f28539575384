import Glibc
import NIOCore

/// The writer of a handler's answer: it writes straight into the connection's outgoing buffer.
///
/// `reserve` as much as the message may need, pack into it, `commit` what was written; lengths are filled in
/// afterwards, so no size pass is needed. Several rounds append to one message.
package struct ReplyWriter: ~Copyable {
    private var buffer: ByteBuffer
    /// The buffer's memory.
    ///
    /// Safe: the storage lives as long as `buffer` refers to it, and every path that may move it (`grow`, `renew`)
    /// reads the address anew.
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private let firstCapacity: Int
    private let messageBytesMax: Int

    /// Bytes of finished packets.
    package private(set) var count = 0
    /// The packet under construction: its meta's size and its message so far.
    private var metaBytes = 0
    private var messageBytes = 0
    private var reservedBytes = 0
    /// The largest reserve that was refused for this answer; 0 none.
    private var refusedBytes = 0
    private var correlationID: Int64 = 0
    /// What its request asked for.
    private var traits: RequestTraits = []
    private let wording: ChineseWording?

    /// - Parameter wording: how failures are told in Chinese; nil: they never are.
    package init(
        messageBytesMax: Int = Limits.replyBytesMax, firstCapacity: Int = Limits.readBytesFirst,
        wording: ChineseWording? = nil
    ) {
        precondition(messageBytesMax <= Limits.replyBytesMax)
        self.messageBytesMax = messageBytesMax
        self.wording = wording
        self.firstCapacity = firstCapacity
        buffer = ByteBufferAllocator().buffer(capacity: firstCapacity)
        (base, capacity) = Self.memory(of: &buffer)
    }

    // MARK: For handlers

    /// Room for `capacity` more bytes of the message, or nil when the answer would pass the server's limit for one
    /// answer: return `tooLarge` then.
    package mutating func reserve(_ capacity: Int) -> UnsafeMutableRawBufferPointer? {
        guard capacity >= 0, capacity <= messageBytesMax - messageBytes else {
            refusedBytes = max(refusedBytes, capacity)
            return nil
        }
        let start = messageStart + messageBytes
        ensure(start + capacity)
        reservedBytes = capacity
        return UnsafeMutableRawBufferPointer(start: base + start, count: capacity)
    }

    /// The first `count` bytes of what was reserved belong to the message.
    package mutating func commit(_ count: Int) {
        precondition(count >= 0 && count <= reservedBytes, "commit of more than was reserved")
        messageBytes += count
        reservedBytes = 0
    }

    /// What was committed of the message; until the next `reserve`.
    package var message: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + messageStart, count: messageBytes)
    }

    /// Takes back what was committed, for who writes the message anew.
    package mutating func takeBack() {
        messageBytes = 0
        reservedBytes = 0
    }

    /// What to return when `reserve` gave nothing.
    package var tooLarge: CallStatus {
        .failed(
            .answerTooLarge,
            "the answer needs \(messageBytes + refusedBytes) bytes, the limit is \(messageBytesMax): "
                + "ask for less in one call")
    }

    /// Of a handler that says it is done and has not committed what it reserved: half an answer is none.
    private static let unfinished = CallStatus.failed(
        .internalError,
        "the server did not finish its answer, which is a fault of its own; it may have done what was asked: tell the "
            + "operator, and ask again with the same id")

    // MARK: For the transport

    private var messageStart: Int { count + FrameDecoder.headerBytes + metaBytes }

    /// Starts a packet that answers `correlationID`, and has what its request asks for beside the message.
    @inline(__always)
    mutating func begin(correlationID: Int64, _ traits: RequestTraits = []) {
        ensure(count + FrameDecoder.headerBytes + MetaWriter.successBytesMax)
        self.correlationID = correlationID
        metaBytes = MetaWriter.success(
            correlationID: correlationID, compressType: 0, to: base + count + FrameDecoder.headerBytes)
        self.traits = traits
        if !traits.isEmpty { addTraits() }
        messageBytes = 0
        reservedBytes = 0
        refusedBytes = 0
    }

    /// The room is there: `begin` took the most that a meta needs.
    private mutating func addTraits() {
        metaBytes += MetaWriter.traits(traits, to: base + count + FrameDecoder.headerBytes + metaBytes)
    }

    /// Ends the packet; returns the code that was answered.
    mutating func finish(_ status: borrowing CallStatus, compression: Compression, context: WorkerContext) -> Int32 {
        if status.code != 0 { return fail(status) }
        if refusedBytes | reservedBytes != 0 { return fail(refusedBytes != 0 ? tooLarge : Self.unfinished) }
        if compression != .none, messageBytes >= Limits.compressReplyBytesMin {
            compress(compression, context)
        }
        if traits.contains(.checksum) { writeChecksum() }
        MetaWriter.header(bodyBytes: metaBytes + messageBytes, metaBytes: metaBytes, to: base + count)
        count += FrameDecoder.headerBytes + metaBytes + messageBytes
        return 0
    }

    /// Ends the packet as a failure, whatever its message was so far; returns the code.
    mutating func fail(_ status: borrowing CallStatus) -> Int32 {
        var text = status.text
        let code = status.code
        let id = correlationID
        var textBytesMax = Limits.errorTextBytesMax
        let parts = status.parts
        if traits.contains(.chinese), !traits.contains(.failureParts), let wording {
            text = wording(code, text)
            textBytesMax = Limits.chineseTextBytesMax
        }
        // A checksum would be one of no message.
        let traits = traits.subtracting(.checksum)
        text.withUTF8 { utf8 in
            let cut = UnsafeRawBufferPointer(start: utf8.baseAddress, count: Self.cut(utf8, textBytesMax))
            ensure(count + FrameDecoder.headerBytes + MetaWriter.failureBytesMax(textBytes: cut.count))
            let meta = base + count + FrameDecoder.headerBytes
            var metaBytes = MetaWriter.failure(correlationID: id, code: code, text: cut, to: meta)
            metaBytes += MetaWriter.traits(traits, parts, to: meta + metaBytes)
            MetaWriter.header(bodyBytes: metaBytes, metaBytes: metaBytes, to: base + count)
            count += FrameDecoder.headerBytes + metaBytes
        }
        return code
    }

    /// The finished packets, where they are.
    func withPackets(_ body: (UnsafeRawBufferPointer) -> Void) {
        body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// The finished packets to write where they are: the writer keeps a reference until `renew`.
    mutating func share() -> ByteBuffer {
        buffer.moveWriterIndex(to: count)
        return buffer
    }

    /// The finished packets in memory of their own size, or in the writer's when they fill half of it.
    mutating func take() -> ByteBuffer {
        if 2 * count >= capacity { return share() }
        var copy = ByteBufferAllocator().buffer(capacity: count)
        copy.writeBytes(UnsafeRawBufferPointer(start: base, count: count))
        return copy
    }

    /// Starts over, in the same memory if nobody else holds it and it is not large.
    ///
    /// Returns whether the memory stayed: then what was shared is certainly written out.
    @discardableResult
    mutating func renew() -> Bool {
        let old = base
        count = 0
        if capacity > Limits.scratchKeptBytes {
            buffer = ByteBufferAllocator().buffer(capacity: firstCapacity)
            (base, capacity) = Self.memory(of: &buffer)
            return false
        }
        buffer.clear()
        (base, capacity) = Self.memory(of: &buffer)
        return base == old
    }

    /// Puts the message into its other form; why there is none.
    mutating func translate(_ translation: JSONForm.Translation, _ context: WorkerContext) -> CallStatus {
        guard refusedBytes == 0 else { return tooLarge }
        let message = UnsafeRawBufferPointer(start: base + messageStart, count: messageBytes)
        let status = translation(message, &context.answerText)
        guard status.isOK else { return status }
        let count = context.answerText.count
        messageBytes = 0
        guard let room = reserve(count) else { return tooLarge }
        context.answerText.withUnsafeBytes { if count > 0 { room.copyMemory(from: $0) } }
        commit(count)
        return .ok
    }

    private mutating func compress(_ compression: Compression, _ context: WorkerContext) {
        let message = UnsafeRawBufferPointer(start: base + messageStart, count: messageBytes)
        guard let compressed = context.deflater.deflate(message, compression) else { return }
        metaBytes = MetaWriter.success(
            correlationID: correlationID, compressType: compression.rawValue,
            to: base + count + FrameDecoder.headerBytes)
        addTraits()
        // The meta is two bytes longer now.
        ensure(messageStart + compressed.count)
        memcpy(base + messageStart, compressed.baseAddress!, compressed.count)
        messageBytes = compressed.count
    }

    /// Puts the checksum of the message, as it leaves, into the last bytes of the meta.
    private mutating func writeChecksum() {
        let message = UnsafeRawBufferPointer(start: base + messageStart, count: messageBytes)
        (base + messageStart - Checksum.valueBytes).storeBytes(
            of: Checksum.masked(of: message).bigEndian, as: UInt32.self)
    }

    /// Where to cut UTF-8 so that no character is torn.
    private static func cut(_ utf8: UnsafeBufferPointer<UInt8>, _ most: Int) -> Int {
        guard utf8.count > most else { return utf8.count }
        var end = most
        while end > 0, utf8[end] & 0xc0 == 0x80 { end -= 1 }
        return end
    }

    @inline(__always)
    private mutating func ensure(_ needed: Int) {
        if needed > capacity { grow(needed) }
    }

    private mutating func grow(_ needed: Int) {
        buffer.moveWriterIndex(to: min(capacity, messageStart + messageBytes))
        buffer.reserveCapacity(needed)  // rounds up to a power of two
        (base, capacity) = Self.memory(of: &buffer)
    }

    private static func memory(of buffer: inout ByteBuffer) -> (UnsafeMutableRawPointer, Int) {
        buffer.withVeryUnsafeMutableBytes { ($0.baseAddress!, $0.count) }
    }
}
