import Foundation

/// An error code that a caller may see.
struct ErrorCode: Hashable {
    var number: Int
    var name: String

    /// The domain's of Proto and the transport's.
    static func all() throws -> [ErrorCode] {
        let proto = try Repository.text("Proto/jiesuan/v1/error.proto")
        let domain = proto.matches(of: /(?m)^  ([A-Z_]+) = ([1-9]\d+);/).map { ErrorCode(number: Int($0.2)!, name: String($0.1)) }
        let file = try Repository.files(below: "Sources", endings: ["CallStatus.swift"]).first
        let swift = try file.map { try String(contentsOf: $0, encoding: .utf8) } ?? ""
        let names = Dictionary(
            swift.matches(of: /case \.(\w+): "(E[A-Z]+)"/).map { (String($0.1), String($0.2)) }
        ) { first, _ in first }
        let transport = swift.matches(of: /case (\w+) = (\d{4})/).map {
            ErrorCode(number: Int($0.2)!, name: names[String($0.1)] ?? "")
        }
        return transport + domain
    }

    /// True where a line has the number and the name.
    func stands(in lines: [Substring]) -> Bool {
        lines.contains { line in
            line.contains(name) && line.split { !($0.isASCII && $0.isNumber) }.contains { $0 == "\(number)" }
                && line.split { !($0.isLetter || $0 == "_") }.contains { $0 == name }
        }
    }
}
