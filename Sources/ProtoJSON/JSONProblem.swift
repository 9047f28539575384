/// Why a JSON text is not the message that it should be, or a message cannot be shown as JSON.
package struct JSONProblem: Error, Equatable, CustomStringConvertible {
    /// Where: `persons[3].birthMonth`; empty where it is the whole.
    package private(set) var path = ""
    /// What stands there, cut; empty where that says nothing.
    package var value = ""
    /// What is wrong, and what to do.
    package var message: String

    init(_ message: String, value: String = "") {
        self.message = message
        self.value = value
    }

    /// The same problem, seen from the message that `field` is in.
    func inside(_ field: FieldType) -> JSONProblem { below(field.jsonName) }

    /// The same problem, seen from the field whose element it is of.
    func inside(element index: Int) -> JSONProblem { below("[\(index)]") }

    private func below(_ name: String) -> JSONProblem {
        var problem = self
        problem.path = path.isEmpty || path.hasPrefix("[") ? name + path : "\(name).\(path)"
        return problem
    }

    package var description: String {
        let location = path.isEmpty ? value : value.isEmpty ? path : "\(path)=\(value)"
        return location.isEmpty ? message : "\(location): \(message)"
    }
}

/// A caller's text in a message to people.
enum ShownText {
    private static let bytesMax = 60

    /// The text, cut, and without bytes that could confuse a terminal.
    static func cut(_ bytes: some Collection<UInt8>) -> String {
        let text = String(decoding: bytes.prefix(bytesMax), as: UTF8.self)
        let shown = String(String.UnicodeScalarView(text.unicodeScalars.map { isShown($0) ? $0 : "?" }))
        return bytes.count > bytesMax ? shown + "…" : shown
    }

    static func cut(_ text: String) -> String { cut(Array(text.utf8)) }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
    }
}

/// Bounds of the mapping.
package enum JSONLimit {
    /// Bytes of a JSON text, read or written: a large batch takes some 20 million.
    package static let textBytesMax = 256 << 20
    /// Messages inside each other; those of the .proto files nest far less.
    package static let depthMax = 32
}
