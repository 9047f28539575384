import CShims
import Glibc
import ProtoJSON
import RPC
import Records
import Registry

/// Where a message names persons, at any depth, by protobuf-c's description of it; made once for each kind of message.
///
/// A person is named by a `fixed64` field and, beside it, a text with the same name and `_no`: `person` and
/// `person_no`, `beneficiary` and `beneficiary_no`; several by `persons` and `person_nos`.
struct PersonFields: Sendable {
    /// One person's two fields.
    struct Pair {
        let field: PersonField
        /// The text's number in the message.
        let id: UInt32
        /// Where they lie in the message's memory.
        let number: Int
        let no: Int
    }

    /// The two columns of several persons.
    struct Columns {
        let numbers: Int
        let count: Int
        let nos: Int
        let noCount: Int
    }

    private struct Inner {
        let id: UInt32
        let offset: Int
        /// Of a repeated field; nil: it is one message.
        let count: Int?
        let node: Int
    }

    private struct Node {
        var pairs: [Pair] = []
        var columns: [Columns] = []
        var inner: [Inner] = []
        /// The text that says in which region the numbers are meant; nil: none does.
        var region: Int?
    }

    /// Requests whose `region` is that of their persons, where `person_region` is not told.
    private static let regionOfPersons: Set = ["jiesuan.v1.ListOwedRequest", "jiesuan.v1.PayRequest"]

    private let isAnswer: Bool
    private var nodes: [Node] = []

    /// Those of a request or of an answer; nil: it names nobody.
    init?(_ message: MessageType, isAnswer: Bool) {
        self.isAnswer = isAnswer
        if add(message) == nil { return nil }
    }

    /// Adds a kind of message; its node, or nil where it names nobody. No message nests into itself.
    private mutating func add(_ message: MessageType) -> Int? {
        // What an answer tells of a request stands there as it was sent.
        if isAnswer, message.name.hasSuffix("Request") { return nil }
        let index = nodes.count
        nodes.append(Node())
        let fields = Dictionary(uniqueKeysWithValues: message.fields.map { ($0.protoName, $0) })
        for (name, field) in fields {
            if field.holdsMessages {
                guard let node = add(field.messageType) else { continue }
                nodes[index].inner.append(
                    Inner(
                        id: field.id, offset: Int(field.offset),
                        count: field.isRepeated ? Int(field.quantifier_offset) : nil, node: node))
                continue
            }
            guard field.type == PROTOBUF_C_TYPE_FIXED64 else { continue }
            if !field.isRepeated, let no = fields["\(name)_no"] {
                nodes[index].pairs.append(
                    Pair(
                        field: PersonField(number: name, no: "\(name)_no"), id: no.id, number: Int(field.offset),
                        no: Int(no.offset)))
            } else if field.isRepeated, name.hasSuffix("s"), let no = fields["\(name.dropLast())_nos"] {
                nodes[index].columns.append(
                    Columns(
                        numbers: Int(field.offset), count: Int(field.quantifier_offset), nos: Int(no.offset),
                        noCount: Int(no.quantifier_offset)))
            }
        }
        if isAnswer || Self.regionOfPersons.contains(message.name) { nodes[index].region = Self.text(fields["region"]) }
        if !isAnswer, nodes[index].region == nil { nodes[index].region = Self.text(fields["person_region"]) }
        let node = nodes[index]
        if !node.pairs.isEmpty || !node.columns.isEmpty || !node.inner.isEmpty { return index }
        nodes.removeSubrange(index...)
        return nil
    }

    private static func text(_ field: FieldType?) -> Int? {
        guard let field, field.type == PROTOBUF_C_TYPE_STRING, !field.isRepeated else { return nil }
        return Int(field.offset)
    }

    /// Whether a request names anybody by the platform's number; false for what is no message.
    func haveNo(_ message: UnsafeRawBufferPointer) -> Bool { haveNo(message, 0) }

    private func haveNo(_ message: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        let node = nodes[index]
        var fields = WireFields(message)
        while !fields.isAtEnd {
            guard let field = fields.next() else { return false }
            if node.pairs.contains(where: { $0.id == field.number }) {
                guard let text = fields.bytes(field) else { return false }
                if !text.isEmpty { return true }
            } else if let inner = node.inner.first(where: { $0.id == field.number }) {
                guard let bytes = fields.bytes(field) else { return false }
                if haveNo(bytes, inner.node) { return true }
            } else if !fields.skip(field) {
                return false
            }
        }
        return false
    }

    /// Hands `body` every person of an unpacked message: its memory, where in it the person's fields are, the region.
    func each<Failure>(
        _ message: UnsafeMutableRawPointer,
        _ body: (UnsafeMutableRawPointer, Pair, String) throws(Failure) -> Void
    ) throws(Failure) {
        try each(message, 0, region: "", body)
    }

    private func each<Failure>(
        _ message: UnsafeMutableRawPointer, _ index: Int, region outer: String,
        _ body: (UnsafeMutableRawPointer, Pair, String) throws(Failure) -> Void
    ) throws(Failure) {
        let node = nodes[index]
        let own = node.region.map { string(message.load(fromByteOffset: $0, as: UnsafePointer<CChar>?.self)) } ?? ""
        let region = own.isEmpty ? outer : own
        for pair in node.pairs { try body(message, pair, region) }
        for inner in node.inner {
            for below in Self.messages(inner, of: message) { try each(below, inner.node, region: region, body) }
        }
    }

    /// The same for the columns of several persons.
    func eachColumns(_ message: UnsafeMutableRawPointer, _ body: (UnsafeMutableRawPointer, Columns) -> Void) {
        for columns in nodes[0].columns { body(message, columns) }
    }

    private static func messages(_ inner: Inner, of message: UnsafeMutableRawPointer) -> [UnsafeMutableRawPointer] {
        guard let count = inner.count else {
            let below = message.load(fromByteOffset: inner.offset, as: UnsafeMutableRawPointer?.self)
            return below.map { [$0] } ?? []
        }
        let list = message.load(
            fromByteOffset: inner.offset, as: UnsafeMutablePointer<UnsafeMutableRawPointer?>?.self)
        return (0..<message.load(fromByteOffset: count, as: Int.self)).compactMap { list?[$0] }
    }
}
