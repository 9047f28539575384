import Foundation
import ProtoJSON
import TestSupport
import Testing

/// Google's own mapping, asked through Python: what it makes of a message is what ours has to make of it.
enum Google {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Runs the script beside this file with `arguments`; its lines.
    static func lines(_ arguments: [String], input: String = "") throws -> [String] {
        let proto = Project.root.appending(path: "Proto").path()
        let ended = try ChildProcess.run(
            URL(filePath: "/usr/bin/python3"), ["-B", Project.root.appending(path: "Tests/ProtoJSONTests/googles_json.py").path(), proto] + arguments,
            input: input)
        guard ended.code == 0 else {
            throw Failure(description: "python3 ended with \(ended.code): \(ended.complaint)")
        }
        return ended.output.components(separatedBy: "\n").dropLast()
    }
}

/// Every message type that a method takes or answers, and those in them, by full name.
let messageTypes: [String: MessageType] = {
    var found: [String: MessageType] = [:]
    var waiting = MethodCatalog.methods.flatMap { [$0.request, $0.response] }
    while let type = waiting.popLast() {
        guard found.updateValue(type, forKey: type.name) == nil else { continue }
        waiting += type.fields.filter(\.holdsMessages).map(\.messageType)
    }
    return found
}()

func wire(_ hex: Substring) -> [UInt8] {
    var digits = hex[...]
    var bytes: [UInt8] = []
    while !digits.isEmpty {
        bytes.append(UInt8(digits.prefix(2), radix: 16)!)
        digits = digits.dropFirst(2)
    }
    return bytes
}

func hex(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }.joined()
}

func encoded(_ json: String, _ type: MessageType) throws(JSONProblem) -> [UInt8] {
    try encoded(Array(json.utf8), type)
}

func encoded(_ json: [UInt8], _ type: MessageType) throws(JSONProblem) -> [UInt8] {
    let result: Result<[UInt8], JSONProblem> = json.withUnsafeBytes { bytes in
        Result { () throws(JSONProblem) in try MessageEncoder.encode(bytes, as: type) }
    }
    return try result.get()
}

func decoded(_ bytes: [UInt8], _ type: MessageType, indents: Bool = false) throws(JSONProblem) -> String {
    let result: Result<[UInt8], JSONProblem> = bytes.withUnsafeBytes { bytes in
        Result { () throws(JSONProblem) in try MessageDecoder.decode(bytes, as: type, indents: indents) }
    }
    return String(decoding: try result.get(), as: UTF8.self)
}
