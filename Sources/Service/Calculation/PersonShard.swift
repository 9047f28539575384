import RPC

/// The shard key of a request: its person's number, so that one worker serves all requests of a person.
enum PersonShard {
    /// `CalculateRequest.person.person`, found in the message without unpacking it; 0 where it is not there.
    static func key(_ message: UnsafeRawBufferPointer) -> UInt64 {
        var fields = WireFields(message)
        while !fields.isAtEnd {
            guard let field = fields.next() else { return 0 }
            if field.number == 3 { return fields.bytes(field).map(person) ?? 0 }
            guard fields.skip(field) else { return 0 }
        }
        return 0
    }

    /// `PersonFacts.person`.
    private static func person(_ facts: UnsafeRawBufferPointer) -> UInt64 {
        var fields = WireFields(facts)
        while !fields.isAtEnd {
            guard let field = fields.next() else { return 0 }
            if field.number == 1 { return fields.fixed64(field) ?? 0 }
            guard fields.skip(field) else { return 0 }
        }
        return 0
    }
}
