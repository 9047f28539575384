import CShims
import ProtoJSON
import RPC

/// Where a field stands in a request, by numbers; found once, by its name in the .proto files.
struct FieldPath: Sendable {
    /// "referral.from".
    let name: String
    private let numbers: [UInt32]

    /// What a message has at a path.
    enum Found {
        /// It was not sent: the message's reader takes it as empty.
        case nothing
        case bytes(UnsafeRawBufferPointer)
        case number(UInt64)
        /// It stands more than once, or in another form than its own: readers differ in what they take of it.
        case unclear
    }

    /// - Parameter name: names with dots between them; traps where the message has no such field.
    init(_ name: String, of message: MessageType) {
        var message = message
        var numbers: [UInt32] = []
        let parts = name.split(separator: ".").map(String.init)
        for (place, part) in parts.enumerated() {
            guard let field = message.fields.first(where: { $0.protoName == part }) else {
                preconditionFailure("\(message.name) has no field \(part)")
            }
            numbers.append(field.id)
            if place < parts.count - 1 { message = field.messageType }
        }
        self.name = name
        self.numbers = numbers
    }

    /// nil where the message has no such field.
    init?(_ name: String, in message: MessageType) {
        guard message.fields.contains(where: { $0.protoName == name }) else { return nil }
        self.init(name, of: message)
    }

    /// What a request has there. Allocates nothing; takes nanoseconds for each field of the message.
    func find(in message: UnsafeRawBufferPointer) -> Found { find(in: message, at: 0) }

    private func find(in message: UnsafeRawBufferPointer, at depth: Int) -> Found {
        var found = Found.nothing
        var isFound = false
        var fields = WireFields(message)
        while !fields.isAtEnd {
            guard let field = fields.next() else { return .unclear }
            guard field.number == numbers[depth] else {
                guard fields.skip(field) else { return .unclear }
                continue
            }
            if isFound { return .unclear }
            isFound = true
            if field.wireType == 2 {
                guard let bytes = fields.bytes(field) else { return .unclear }
                found = .bytes(bytes)
            } else {
                var again = fields
                guard let number = fields.number(ofWireType: field.wireType), let isTrue = again.boolean(field) else {
                    return .unclear
                }
                // Bits past the 64th: no number has them, and a reader of yes or no takes them for yes.
                if number == 0, isTrue { return .unclear }
                found = .number(number)
            }
        }
        guard depth + 1 < numbers.count else { return found }
        switch found {
        case .nothing: return .nothing
        case .bytes(let inner): return find(in: inner, at: depth + 1)
        case .number, .unclear: return .unclear
        }
    }

    /// A text; empty where it was not sent, nil where it is unclear.
    func text(in message: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        switch find(in: message) {
        case .nothing: UnsafeRawBufferPointer(start: nil, count: 0)
        case .bytes(let bytes): bytes
        case .number, .unclear: nil
        }
    }

    /// A number; 0 where it was not sent, nil where it is unclear.
    func number(in message: UnsafeRawBufferPointer) -> UInt64? {
        switch find(in: message) {
        case .nothing: 0
        case .number(let number): number
        case .bytes, .unclear: nil
        }
    }
}

/// The fields by which a message names a person.
struct PersonPaths: Sendable {
    let number: FieldPath
    private let no: FieldPath?
    private let region: FieldPath?

    /// - Parameters:
    ///   - within: the message within the request that names the person; empty: the request itself.
    ///   - named: the field with our number; the platform's and its region stand beside it.
    init(of message: MessageType, within: String, named: String = "person") {
        var inner = message
        if !within.isEmpty {
            guard let field = message.fields.first(where: { $0.protoName == within }) else {
                preconditionFailure("\(message.name) has no field \(within)")
            }
            inner = field.messageType
        }
        func path(_ name: String) -> FieldPath? {
            guard inner.fields.contains(where: { $0.protoName == name }) else { return nil }
            return FieldPath(within.isEmpty ? name : "\(within).\(name)", of: message)
        }
        guard let number = path(named) else { preconditionFailure("\(inner.name) names no person") }
        self.number = number
        no = path("\(named)_no")
        region = path("\(named)_region")
    }

    /// Whom a request names, as it was sent; nil where it is unclear.
    func name(in message: UnsafeRawBufferPointer) -> (number: UInt64, no: String, region: String)? {
        guard let number = number.number(in: message) else { return nil }
        func text(_ path: FieldPath?) -> String? {
            guard let path else { return "" }
            return path.text(in: message).map { String(decoding: $0, as: UTF8.self) }
        }
        guard let no = text(no), let region = text(region) else { return nil }
        return (number, no, region)
    }
}
