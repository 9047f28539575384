/// What the fields about content say.
package enum HTTP1Content {
    /// How the message of a request is written; nil: in no way that is read here.
    ///
    /// Types that a page may send to another site without asking (forms, plain text) are none of them.
    package static func form(_ type: UnsafeRawBufferPointer) -> MessageForm? {
        let (name, parameters) = split(type)
        if HTTP1HeadParser.equals(name, "application/json") { return isUTF8(parameters) ? .json : nil }
        let isProtobuf =
            HTTP1HeadParser.equals(name, "application/proto") || HTTP1HeadParser.equals(name, "application/x-protobuf")
            || HTTP1HeadParser.equals(name, "application/protobuf")
        return isProtobuf ? .protobuf : nil
    }

    /// How a body is compressed; nil: in a way that is not read here.
    package static func compression(_ encoding: UnsafeRawBufferPointer?) -> Compression? {
        guard let encoding, !encoding.isEmpty else { return Compression.none }
        if HTTP1HeadParser.equals(encoding, "gzip") || HTTP1HeadParser.equals(encoding, "x-gzip") { return .gzip }
        if HTTP1HeadParser.equals(encoding, "deflate") { return .zlib }
        return HTTP1HeadParser.equals(encoding, "identity") ? Compression.none : nil
    }

    /// How an answer may be compressed for a client that takes this.
    package static func accepted(_ list: UnsafeRawBufferPointer?) -> Compression {
        guard let list else { return .none }
        var best = Compression.none
        for item in list.split(separator: UInt8(ascii: ",")) {
            let (name, parameters) = split(UnsafeRawBufferPointer(rebasing: item).trimmed)
            guard !isRefused(parameters) else { continue }
            if HTTP1HeadParser.equals(name, "gzip") || HTTP1HeadParser.equals(name, "*") { return .gzip }
            if HTTP1HeadParser.equals(name, "deflate") { best = .zlib }
        }
        return best
    }

    /// What stands before the first semicolon, and what behind it.
    private static func split(
        _ value: UnsafeRawBufferPointer
    ) -> (name: UnsafeRawBufferPointer, parameters: UnsafeRawBufferPointer) {
        let end = value.firstIndex(of: UInt8(ascii: ";")) ?? value.count
        return (
            UnsafeRawBufferPointer(rebasing: value[..<end]).trimmed,
            UnsafeRawBufferPointer(rebasing: value[min(end + 1, value.count)...]).trimmed
        )
    }

    /// Whether a charset, if one is named, is UTF-8.
    private static func isUTF8(_ parameters: UnsafeRawBufferPointer) -> Bool {
        for parameter in parameters.split(separator: UInt8(ascii: ";")) {
            let text = UnsafeRawBufferPointer(rebasing: parameter).trimmed
            guard text.count >= 8, HTTP1HeadParser.equals(UnsafeRawBufferPointer(rebasing: text[..<8]), "charset=")
            else { continue }
            let name = UnsafeRawBufferPointer(rebasing: text[8...])
            guard HTTP1HeadParser.equals(name, "utf-8") || HTTP1HeadParser.equals(name, "\"utf-8\"") else {
                return false
            }
        }
        return true
    }

    /// Whether the weight is 0.
    private static func isRefused(_ parameters: UnsafeRawBufferPointer) -> Bool {
        guard parameters.count >= 3, HTTP1HeadParser.lower(parameters[0]) == UInt8(ascii: "q"),
            parameters[1] == UInt8(ascii: "=")
        else { return false }
        return parameters[2...].allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
    }
}
