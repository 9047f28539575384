/// A message as its .proto declares it.
package struct MessageDescription: Sendable {
    /// The full name: `jiesuan.v1.Claim`.
    package var name = ""
    package var fields: [FieldDescription] = []
    package var oneofs: [String] = []
    package var messages: [MessageDescription] = []
    package var enums: [EnumDescription] = []
    package var comment = ""

    var symbols: [String] {
        [name] + (fields.map(\.name) + oneofs).map { "\(name).\($0)" }
            + messages.flatMap(\.symbols) + enums.flatMap(\.symbols)
    }

    /// It and what is declared in it.
    var withNested: [MessageDescription] { [self] + messages.flatMap(\.withNested) }
}

/// A field of a message.
package struct FieldDescription: Sendable {
    /// What a value is; the numbers are descriptor.proto's.
    package enum Kind: UInt64, Sendable {
        case double = 1
        case float, int64, uint64, int32, fixed64, fixed32, bool, string, group, message, bytes, uint32, enumeration
        case sfixed32, sfixed64, sint32, sint64
    }

    /// `service_date`.
    package var name = ""
    /// `serviceDate`.
    package var jsonName = ""
    package var number = 0
    package var kind = Kind.message
    package var isRepeated = false
    /// Full name of the message or the enum; empty: another kind.
    package var type = ""
    package var comment = ""
}

/// An enum as its .proto declares it.
package struct EnumDescription: Sendable {
    package struct Value: Sendable {
        package var name = ""
        package var number = 0
        package var comment = ""
    }

    /// The full name: `jiesuan.v1.ClaimKind`.
    package var name = ""
    package var values: [Value] = []
    package var comment = ""

    /// A value's name stands beside the enum's, not in it.
    var symbols: [String] {
        let scope = name.lastIndex(of: ".").map { name[...$0] } ?? ""
        return [name] + values.map { scope + $0.name }
    }
}
