import Audit
import CShims
import ProtoJSON
import RPC
import WireMessages

/// What a request of one method says of the records that it is about: ids, codes, numbers of persons, and of columns
/// how many rows. Read from the message by its description, so that a field of one of these names is found wherever it
/// is added; nothing else of a message is told.
struct AuditedRecord: Sendable {
    /// Parts of one line; messages within a message are entered once.
    private static let partsMax = 8
    private static let depthMax = 2

    /// What a field's value is called in the log.
    private static let names: [String: String] = [
        "settlement_id": "settlement", "institution": "institution", "person": "person", "owner": "person",
        "person_no": "person_no", "code": "code", "batch": "batch", "id": "id", "region": "region", "number": "number",
        "institutions": "institution",
    ]
    /// Of the year's end, where it is a run's.
    private static let runName = "name"

    private enum Kind: Sendable {
        case text, number
        /// A message a row.
        case rows
        /// A column of numbers of eight bytes each.
        case column
        case message([UInt32: Field])
    }

    private struct Field: Sendable {
        let name: String
        let kind: Kind
    }

    private let fields: [UInt32: Field]

    init(_ method: MethodType) {
        let namesRuns = method.shortService == "YearEndService"
        fields = Self.fields(of: method.request, namesRuns, depth: 1)
    }

    private static func fields(of message: MessageType, _ namesRuns: Bool, depth: Int) -> [UInt32: Field] {
        var found: [UInt32: Field] = [:]
        for field in message.fields {
            let proto = field.protoName
            let name = proto == runName && namesRuns ? "run" : names[proto]
            if field.isRepeated {
                guard depth == 1 else { continue }
                if field.holdsMessages {
                    found[field.id] = Field(name: "rows", kind: .rows)
                } else if field.type == PROTOBUF_C_TYPE_FIXED64, name == "person" {
                    found[field.id] = Field(name: "rows", kind: .column)
                } else if field.type == PROTOBUF_C_TYPE_STRING, let name {
                    found[field.id] = Field(name: name, kind: .text)
                }
            } else if field.holdsMessages {
                let inner = depth < depthMax ? fields(of: field.messageType, namesRuns, depth: depth + 1) : [:]
                if !inner.isEmpty { found[field.id] = Field(name: proto, kind: .message(inner)) }
            } else if let name {
                found[field.id] = Field(name: name, kind: field.type == PROTOBUF_C_TYPE_STRING ? .text : .number)
            }
        }
        return found
    }

    /// The parts that `message` has; empty where it cannot be read.
    func parts(_ message: UnsafeRawBufferPointer) -> [AuditEvent.Part] {
        var parts: [AuditEvent.Part] = []
        var rows = 0
        Self.collect(message, fields, &parts, &rows)
        if rows > 0 { parts.append(AuditEvent.Part("rows", String(rows))) }
        return parts
    }

    private static func collect(
        _ message: UnsafeRawBufferPointer, _ known: [UInt32: Field], _ parts: inout [AuditEvent.Part],
        _ rows: inout Int
    ) {
        var reader = WireFields(message)
        while !reader.isAtEnd {
            guard let field = reader.next() else { return }
            guard let found = known[field.number] else {
                guard reader.skip(field) else { return }
                continue
            }
            guard field.wireType == 2 else {
                guard let value = reader.number(ofWireType: field.wireType) else { return }
                if case .number = found.kind, value != 0 { add(found.name, String(value), to: &parts) }
                continue
            }
            guard let bytes = reader.bytes(field) else { return }
            switch found.kind {
            case .text:
                let cut = bytes.prefix(AuditLimit.valueBytesMax + 1)
                if !cut.isEmpty { add(found.name, String(decoding: cut, as: UTF8.self), to: &parts) }
            case .message(let inner): collect(bytes, inner, &parts, &rows)
            case .rows: rows += 1
            case .column: rows += bytes.count / 8
            case .number: break
            }
        }
    }

    /// Adds a part; values of one name stand together, up to what a line takes.
    private static func add(_ name: String, _ value: String, to parts: inout [AuditEvent.Part]) {
        guard let earlier = parts.firstIndex(where: { $0.name == name }) else {
            if parts.count < partsMax { parts.append(AuditEvent.Part(name, value)) }
            return
        }
        guard parts[earlier].value.utf8.count <= AuditLimit.valueBytesMax else { return }
        parts[earlier] = AuditEvent.Part(name, parts[earlier].value + "," + value)
    }
}
