import RPC

// Answers packed by protobuf-c: these calls are rare beside settlements, so its size pass is cheap enough.

/// Packs `message` into the reply.
func writePacked<Message>(
    _ message: UnsafeMutablePointer<Message>, _ reply: inout ReplyWriter,
    _ size: (UnsafePointer<Message>?) -> Int,
    _ write: (UnsafePointer<Message>?, UnsafeMutablePointer<UInt8>?) -> Int
) -> CallStatus {
    guard let room = reply.reserve(size(message)) else { return reply.tooLarge }
    reply.commit(write(message, room.baseAddress?.assumingMemoryBound(to: UInt8.self)))
    return .ok
}

/// What `body` answers; ERESPONSE where the arena has no room for what it makes.
func withinArena(_ body: () throws(RequestProblem) -> CallStatus) -> CallStatus {
    do throws(RequestProblem) { return try body() } catch {
        return .failed(.answerTooLarge, "the answer takes more memory than a request may: ask for less in one call")
    }
}

/// Messages of one kind in the arena, and the pointers to them that protobuf-c wants.
func messages<Element, Message>(
    _ elements: [Element], _ arena: Arena, _ start: (UnsafeMutablePointer<Message>?) -> Void,
    _ fill: (Element, UnsafeMutablePointer<Message>) throws(RequestProblem) -> Void
) throws(RequestProblem) -> UnsafeMutablePointer<UnsafeMutablePointer<Message>?>? {
    let messages = try arena.array(elements.count, of: Message.self)
    let pointers = try arena.array(elements.count, of: UnsafeMutablePointer<Message>?.self)
    for (index, element) in elements.enumerated() {
        guard let message = messages.baseAddress.map({ $0 + index }) else { continue }
        start(message)
        try fill(element, message)
        pointers.initializeElement(at: index, to: message)
    }
    return pointers.baseAddress
}
