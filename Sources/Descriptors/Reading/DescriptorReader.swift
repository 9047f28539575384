import RPC

/// Reads descriptor.proto's messages, as protoc writes them.
struct DescriptorReader {
    private let comments: Comments
    private let package: String

    /// The files of a serialized FileDescriptorSet, imports first; nil: it is none.
    static func files(_ set: UnsafeRawBufferPointer) -> [FileDescription]? {
        var files: [FileDescription] = []
        let isRead = eachField(set) { field, fields in
            guard field.number == 1 else { return fields.skip(field) }
            guard let bytes = fields.bytes(field), let file = file(bytes) else { return false }
            files.append(file)
            return true
        }
        return isRead ? files : nil
    }

    private static func file(_ bytes: UnsafeRawBufferPointer) -> FileDescription? {
        // The package first: names below are full ones, and a writer may put it behind them.
        guard let comments = Comments(file: bytes), let package = text(2, of: bytes) else { return nil }
        let reader = DescriptorReader(comments: comments, package: package)
        var file = FileDescription()
        let isRead = eachField(bytes) { field, fields in
            switch field.number {
            case 1: return take(&file.name, field, &fields)
            case 3:
                file.imports.append("")
                return take(&file.imports[file.imports.count - 1], field, &fields)
            case 4:
                let path = [4, Int32(file.messages.count)]
                return reader.message(field, &fields, reader.package, path).map { file.messages.append($0) } != nil
            case 5:
                let path = [5, Int32(file.enums.count)]
                return reader.enumeration(field, &fields, reader.package, path).map { file.enums.append($0) } != nil
            case 6:
                let path = [6, Int32(file.services.count)]
                return reader.service(field, &fields, path).map { file.services.append($0) } != nil
            default: return fields.skip(field)
            }
        }
        // A file is about its service, and says so at its head.
        for index in file.services.indices where file.services[index].comment.isEmpty {
            file.services[index].comment = comments.at(Comments.head)
        }
        file.package = reader.package
        file.bytes = MessageBytes.copy(of: bytes, without: Comments.fieldNumber)
        return isRead ? file : nil
    }

    // MARK: what a file declares

    private func service(
        _ field: WireFields.Field, _ fields: inout WireFields, _ path: [Int32]
    ) -> ServiceDescription? {
        guard let bytes = fields.bytes(field) else { return nil }
        var service = ServiceDescription(comment: comments.at(path))
        let isRead = Self.eachField(bytes) { field, fields in
            switch field.number {
            case 1: return Self.take(&service.name, field, &fields)
            case 2:
                var method = ServiceDescription.Method(comment: comments.at(path + [2, Int32(service.methods.count)]))
                guard let bytes = fields.bytes(field) else { return false }
                let isRead = Self.eachField(bytes) { field, fields in
                    switch field.number {
                    case 1: return Self.take(&method.name, field, &fields)
                    case 2: return takeType(&method.request, field, &fields)
                    case 3: return takeType(&method.answer, field, &fields)
                    case 5, 6: return fields.varint(field).map { method.isStream = method.isStream || $0 != 0 } != nil
                    default: return fields.skip(field)
                    }
                }
                service.methods.append(method)
                return isRead
            default: return fields.skip(field)
            }
        }
        service.name = "\(package).\(service.name)"
        return isRead ? service : nil
    }

    private func message(
        _ field: WireFields.Field, _ fields: inout WireFields, _ scope: String, _ path: [Int32]
    ) -> MessageDescription? {
        guard let bytes = fields.bytes(field) else { return nil }
        // The name first: those within are full ones.
        guard let name = Self.text(1, of: bytes) else { return nil }
        var message = MessageDescription(comment: comments.at(path))
        message.name = "\(scope).\(name)"
        let isRead = Self.eachField(bytes) { field, fields in
            switch field.number {
            case 2:
                let inner = path + [2, Int32(message.fields.count)]
                return self.field(field, &fields, inner).map { message.fields.append($0) } != nil
            case 3:
                let inner = path + [3, Int32(message.messages.count)]
                return self.message(field, &fields, message.name, inner).map { message.messages.append($0) } != nil
            case 4:
                let inner = path + [4, Int32(message.enums.count)]
                return enumeration(field, &fields, message.name, inner).map { message.enums.append($0) } != nil
            case 8:
                guard let bytes = fields.bytes(field), let name = Self.text(1, of: bytes) else { return false }
                message.oneofs.append(name)
                return true
            default: return fields.skip(field)
            }
        }
        return isRead ? message : nil
    }

    private func field(
        _ field: WireFields.Field, _ fields: inout WireFields, _ path: [Int32]
    ) -> FieldDescription? {
        guard let bytes = fields.bytes(field) else { return nil }
        var found = FieldDescription(comment: comments.at(path))
        let isRead = Self.eachField(bytes) { field, fields in
            switch field.number {
            case 1: return Self.take(&found.name, field, &fields)
            case 3: return fields.varint(field).map { found.number = Int(truncatingIfNeeded: $0) } != nil
            case 4: return fields.varint(field).map { found.isRepeated = $0 == 3 } != nil
            case 5:
                guard let number = fields.varint(field), let kind = FieldDescription.Kind(rawValue: number) else {
                    return false
                }
                found.kind = kind
                return true
            case 6: return takeType(&found.type, field, &fields)
            case 10: return Self.take(&found.jsonName, field, &fields)
            default: return fields.skip(field)
            }
        }
        return isRead ? found : nil
    }

    private func enumeration(
        _ field: WireFields.Field, _ fields: inout WireFields, _ scope: String, _ path: [Int32]
    ) -> EnumDescription? {
        guard let bytes = fields.bytes(field) else { return nil }
        var found = EnumDescription(comment: comments.at(path))
        let isRead = Self.eachField(bytes) { field, fields in
            switch field.number {
            case 1: return Self.take(&found.name, field, &fields)
            case 2:
                var value = EnumDescription.Value(comment: comments.at(path + [2, Int32(found.values.count)]))
                guard let bytes = fields.bytes(field) else { return false }
                let isRead = Self.eachField(bytes) { field, fields in
                    switch field.number {
                    case 1: return Self.take(&value.name, field, &fields)
                    case 2: return fields.varint(field).map { value.number = Int(truncatingIfNeeded: $0) } != nil
                    default: return fields.skip(field)
                    }
                }
                found.values.append(value)
                return isRead
            default: return fields.skip(field)
            }
        }
        found.name = "\(scope).\(found.name)"
        return isRead ? found : nil
    }

    // MARK: values

    /// Goes through a message's fields as long as `body` takes them; whether it took all.
    static func eachField(
        _ bytes: UnsafeRawBufferPointer, _ body: (WireFields.Field, inout WireFields) -> Bool
    ) -> Bool {
        var fields = WireFields(bytes)
        while !fields.isAtEnd {
            guard let field = fields.next(), body(field, &fields) else { return false }
        }
        return true
    }

    private static func take(_ text: inout String, _ field: WireFields.Field, _ fields: inout WireFields) -> Bool {
        guard let bytes = fields.bytes(field) else { return false }
        text = String(decoding: bytes, as: UTF8.self)
        return true
    }

    /// A full name, which has a dot before it.
    private func takeType(_ text: inout String, _ field: WireFields.Field, _ fields: inout WireFields) -> Bool {
        guard Self.take(&text, field, &fields) else { return false }
        if text.hasPrefix(".") { text.removeFirst() }
        return true
    }

    /// The text in field `number` of a message, of several the last; empty: it has none, nil: it cannot be read.
    private static func text(_ number: UInt32, of bytes: UnsafeRawBufferPointer) -> String? {
        var text = ""
        let isRead = eachField(bytes) { field, fields in
            field.number == number ? take(&text, field, &fields) : fields.skip(field)
        }
        return isRead ? text : nil
    }
}
