import CShims
import Glibc
import ProtoJSON
import RPC

/// The text fields of a message type at any depth, from protobuf-c's descriptor; made once per type.
///
/// protobuf-c gives a text up to its first zero byte, so that two different ids could be taken for one.
struct TextFields: Sendable {
    /// Of one kind of message; a bit for each field.
    private struct Node {
        var texts: UInt64 = 0
        /// Messages that have texts.
        var messages: UInt64 = 0
    }

    private static let numbersMax = 64

    private var nodes: [Node] = []
    /// The node of the message in a field, `numbersMax` of them a node.
    private var inner: [Int] = []

    /// nil: it has none.
    init?(_ message: MessageType) {
        add(message)
        if nodes[0].texts == 0, nodes[0].messages == 0 { return nil }
    }

    /// Adds a kind of message; its node. The .proto files nest, but no message into itself.
    @discardableResult
    private mutating func add(_ message: MessageType) -> Int {
        let node = nodes.count
        nodes.append(Node())
        inner.append(contentsOf: repeatElement(0, count: Self.numbersMax))
        for field in message.fields {
            let number = Int(field.id)
            if field.type == PROTOBUF_C_TYPE_STRING {
                precondition(number < Self.numbersMax, "\(message.name): texts have numbers below \(Self.numbersMax)")
                nodes[node].texts |= 1 << UInt64(number)
            } else if field.holdsMessages,
                let type = field.descriptor?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
            {
                let below = add(MessageType(type))
                if nodes[below].texts == 0, nodes[below].messages == 0 { continue }
                precondition(number < Self.numbersMax, "\(message.name): texts have numbers below \(Self.numbersMax)")
                nodes[node].messages |= 1 << UInt64(number)
                inner[node * Self.numbersMax + number] = below
            }
        }
        return node
    }

    /// Whether no text of `message` has a zero byte; true for bytes that are no message, which unpacking then refuses.
    ///
    /// Most small requests have no zero byte at all, and those are not walked through: proto3 leaves zeros out, and a
    /// varint's only zero byte is that of 0.
    @inline(__always)
    func areWhole(_ message: UnsafeRawBufferPointer) -> Bool {
        guard let start = message.baseAddress, memchr(start, 0, message.count) != nil else { return true }
        return areWhole(message, 0)
    }

    private func areWhole(_ message: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        let node = nodes[index]
        var fields = WireFields(message)
        while !fields.isAtEnd {
            guard let field = fields.next() else { return true }
            let bit: UInt64 = field.number < UInt32(Self.numbersMax) ? 1 << UInt64(field.number) : 0
            guard (node.texts | node.messages) & bit != 0 else {
                guard fields.skip(field) else { return true }
                continue
            }
            guard let bytes = fields.bytes(field) else { return true }
            if node.texts & bit != 0 {
                if let start = bytes.baseAddress, memchr(start, 0, bytes.count) != nil { return false }
            } else if !areWhole(bytes, inner[index * Self.numbersMax + Int(field.number)]) {
                return false
            }
        }
        return true
    }
}

extension Method {
    /// The method, which answers EREQUEST where a text of the request has a zero byte: by the description of its
    /// request, so that a field which is added is looked at.
    func withWholeTexts() -> Method {
        let described = MethodCatalog.methods.first { $0.service == service && $0.name == name }
        guard let described else { preconditionFailure("\(service)/\(name) is in no .proto file") }
        guard let texts = TextFields(described.request) else { return self }
        if let preparation {
            return Method(service: service, name: name) { message, context in
                texts.areWhole(message) ? preparation(message, context) : .refused(refused(zeroInText, nil))
            }
        }
        let handler = handler
        return Method(service: service, name: name, placement: placement, shardKey: shardKey, isLight: isLight) {
            message, reply, context in
            guard texts.areWhole(message) else { return refused(zeroInText, nil) }
            return handler(message, &reply, context)
        }
    }
}

/// EREQUEST for a text with a zero byte.
private let zeroInText = RequestProblem.malformed("a text has a zero byte: texts end at their length; leave it out")
