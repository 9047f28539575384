import RPC

/// The comments of a .proto file, by what they stand at.
///
/// What they stand at is a path, as protoc counts: 4, 2 is the file's third message, 4, 2, 2, 0 that one's first field.
struct Comments {
    /// Of a FileDescriptorProto: source_code_info.
    static let fieldNumber: UInt32 = 9
    /// What stands above `syntax`.
    static let head: [Int32] = [12]

    private var texts: [[Int32]: String] = [:]

    /// Of a serialized FileDescriptorProto; nil: it is none.
    init?(file: UnsafeRawBufferPointer) {
        var texts: [[Int32]: String] = [:]
        let isRead = DescriptorReader.eachField(file) { field, fields in
            guard field.number == Self.fieldNumber else { return fields.skip(field) }
            guard let source = fields.bytes(field) else { return false }
            return DescriptorReader.eachField(source) { field, fields in
                guard field.number == 1 else { return fields.skip(field) }
                guard let location = fields.bytes(field), let found = Self.location(location) else { return false }
                if !found.text.isEmpty { texts[found.path] = found.text }
                return true
            }
        }
        guard isRead else { return nil }
        self.texts = texts
    }

    /// Running text: lines are joined, paragraphs are kept; empty where nothing stands.
    func at(_ path: [Int32]) -> String { texts[path] ?? "" }

    private static func location(_ bytes: UnsafeRawBufferPointer) -> (path: [Int32], text: String)? {
        var path: [Int32] = []
        var parts: [String] = []
        let isRead = DescriptorReader.eachField(bytes) { field, fields in
            switch field.number {
            case 1:
                guard let numbers = fields.bytes(field) else { return false }
                var packed = WireFields(numbers)
                while !packed.isAtEnd {
                    guard let number = packed.number(ofWireType: 0) else { return false }
                    path.append(Int32(truncatingIfNeeded: number))
                }
                return true
            case 3, 4:
                guard let text = fields.bytes(field) else { return false }
                parts.append(running(String(decoding: text, as: UTF8.self)))
                return true
            default: return fields.skip(field)
            }
        }
        return isRead ? (path, parts.filter { !$0.isEmpty }.joined(separator: "\n\n")) : nil
    }

    private static func running(_ text: String) -> String {
        var paragraphs = [""]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if words.isEmpty {
                paragraphs.append("")
            } else {
                let before = paragraphs[paragraphs.count - 1]
                paragraphs[paragraphs.count - 1] = before.isEmpty ? words : joined(before, words)
            }
        }
        return paragraphs.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// Chinese text goes on without a space where a line was broken.
    private static func joined(_ line: String, _ next: String) -> String {
        let isChinese = [line.unicodeScalars.last!, next.unicodeScalars.first!].allSatisfy {
            (0x3000...0x9fff).contains($0.value)
        }
        return line + (isChinese ? "" : " ") + next
    }
}
