/// One request as a door hands it to the burst of its read.
struct DoorRequest {
    /// What the answer's packet will name.
    var id: Int64
    /// Of `MethodTable`.
    var methodIndex: Int
    var message: UnsafeRawBufferPointer
    /// Memory of malloc in which the message lies, if it may be taken over: see `ReadBurst.take`.
    var owned: UnsafeMutableRawPointer?
    /// 0: no deadline.
    var timeoutMilliseconds: Int32 = 0
    var messageCompression = Compression.none
    var replyCompression = Compression.none
    /// In which language it is told why it failed.
    var language = AnswerLanguage.english
    /// Its `OperatorField` as it was sent; empty: not sent.
    var operatorCode = UnsafeRawBufferPointer(start: nil, count: 0)
    /// How the message is written, and the answer's is to be.
    var form = MessageForm.protobuf
    /// Failures come with the places of their text's parts, in English.
    var tellsFailureParts = false
    /// The read's last one.
    var isLast = false

    var traits: RequestTraits {
        var traits = RequestTraits(language)
        if form == .json { traits.insert(.json) }
        if tellsFailureParts { traits.insert(.failureParts) }
        return traits
    }
}

/// Where a message lies that a burst may take over whole instead of copying it.
protocol MessageMemory: ~Copyable {
    /// The memory of the message that was handed out last, if it can be given away; its new owner frees it.
    mutating func detach() -> UnsafeMutableRawPointer?
}

extension FrameDecoder: MessageMemory {}

/// A door's message, in memory of its own or not.
struct DoorMemory: MessageMemory, ~Copyable {
    private(set) var owned: UnsafeMutableRawPointer?

    mutating func detach() -> UnsafeMutableRawPointer? {
        defer { owned = nil }
        return owned
    }
}
