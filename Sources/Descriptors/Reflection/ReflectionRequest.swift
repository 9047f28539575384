import RPC

/// A question of gRPC's server reflection, in the wire format that v1 and v1alpha share.
struct ReflectionRequest {
    enum Question: Equatable {
        case fileNamed(String)
        case fileDeclaring(String)
        case fileExtending(String)
        case extensionsOf(String)
        case services
        case none
    }

    var host = ""
    var question = Question.none

    /// nil: the bytes are no such message.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var fields = WireFields(bytes)
        while !fields.isAtEnd {
            guard let field = fields.next() else { return nil }
            guard [1, 3, 4, 5, 6, 7].contains(field.number) else {
                guard fields.skip(field) else { return nil }
                continue
            }
            guard let value = fields.bytes(field) else { return nil }
            let text = String(decoding: value, as: UTF8.self)
            // Of the members of a oneof the last one counts.
            switch field.number {
            case 1: host = text
            case 3: question = .fileNamed(text)
            case 4: question = .fileDeclaring(text)
            case 5:
                guard let type = Self.extendedType(value) else { return nil }
                question = .fileExtending(type)
            case 6: question = .extensionsOf(text)
            default: question = .services
            }
        }
    }

    private static func extendedType(_ bytes: UnsafeRawBufferPointer) -> String? {
        var fields = WireFields(bytes)
        var type = ""
        while !fields.isAtEnd {
            guard let field = fields.next() else { return nil }
            if field.number == 1 {
                guard let name = fields.bytes(field) else { return nil }
                type = String(decoding: name, as: UTF8.self)
            } else if !fields.skip(field) {
                return nil
            }
        }
        return type
    }
}
