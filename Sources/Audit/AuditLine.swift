import Records
import Settlement
import Text

/// A line of the log: JSON whose first field is the sequence number and whose last one is the chain's hash.
///
///     {"sequence":7,"time":"2024-07-01T08:00:00.000+08:00","caller":"H1",…,"chain":"6b86b2…"}
package enum AuditLine {
    /// Of the first field.
    static let start = Array(#"{"sequence":"#.utf8)
    /// Before the hash, and after it.
    static let chainStart = Array(#","chain":""#.utf8)
    static let end = Array("\"}".utf8)
    /// Bytes behind the text that is hashed.
    static var suffixBytes: Int { chainStart.count + AuditChain.hashBytes + end.count }

    /// A line about an event, without its hash and end.
    static func text(_ event: AuditEvent, sequence: UInt64, at time: Moment) -> [UInt8] {
        text(sequence: sequence, at: time) { json in
            json.value("caller", event.caller)
            json.value("role", event.role)
            json.value("operator", event.operatorCode)
            json.value("peer", event.peer)
            json.value("call", event.call)
            if !event.record.isEmpty {
                json.object("record") { json in for part in event.record { json.value(part.name, part.value) } }
            }
            json.field("decision", event.decision.word)
            if let code = event.decision.code { json.field("code", code) }
        }
    }

    /// A line about the log itself.
    static func text(_ note: AuditNote, sequence: UInt64, at time: Moment) -> [UInt8] {
        text(sequence: sequence, at: time) { json in
            json.field("log", note.word)
            if let count = note.count { json.field("count", count) }
        }
    }

    private static func text(sequence: UInt64, at time: Moment, _ body: (inout JSONText) -> Void) -> [UInt8] {
        var json = JSONText(indents: false)
        json.object { json in
            json.field("sequence", sequence)
            json.field("time", time.zoned)
            body(&json)
        }
        // Without its closing brace: the hash follows.
        return Array(json.text.utf8.dropLast())
    }

    /// The line with the hash that binds it; moves the chain on.
    static func bound(_ text: [UInt8], _ chain: inout AuditChain) -> [UInt8] {
        text.withUnsafeBytes { chain.add($0) }
        return text + chainStart + chain.head + end + [UInt8(ascii: "\n")]
    }

    /// A line's text, hash and number; nil: it has not the form of one.
    static func parts(
        _ line: UnsafeRawBufferPointer
    ) -> (text: UnsafeRawBufferPointer, hash: UnsafeRawBufferPointer, sequence: UInt64)? {
        guard line.count > start.count + suffixBytes, line.starts(with: start) else { return nil }
        let textEnd = line.count - suffixBytes
        let hashStart = textEnd + chainStart.count
        let text = UnsafeRawBufferPointer(rebasing: line[..<textEnd])
        guard line[textEnd..<hashStart].elementsEqual(chainStart), line.suffix(end.count).elementsEqual(end) else {
            return nil
        }
        var sequence: UInt64 = 0
        let digits = text[start.count...].prefix { $0 &- UInt8(ascii: "0") < 10 }
        guard (1...19).contains(digits.count) else { return nil }
        for digit in digits { sequence = sequence * 10 + UInt64(digit - UInt8(ascii: "0")) }
        let hash = UnsafeRawBufferPointer(rebasing: line[hashStart..<(hashStart + AuditChain.hashBytes)])
        return (text, hash, sequence)
    }
}

/// What the log says of itself.
package enum AuditNote: Sendable, Equatable {
    /// A server began to write it.
    case opened
    /// A server stopped in order.
    case closed
    /// Its end was torn by a kill or a power failure: so many bytes of an unfinished line were taken off.
    case repaired(bytes: Int)
    /// So many events found no room while the disk took nothing.
    case lost(Int)

    var word: String {
        switch self {
        case .opened: "opened"
        case .closed: "closed"
        case .repaired: "repaired"
        case .lost: "lost"
        }
    }

    var count: Int? {
        switch self {
        case .opened, .closed: nil
        case .repaired(let bytes): bytes
        case .lost(let events): events
        }
    }
}

extension JSONText {
    /// A field with a text of bounded length; nothing where it is empty.
    fileprivate mutating func value(_ key: String, _ text: String) {
        guard !text.isEmpty else { return }
        guard text.utf8.count > AuditLimit.valueBytesMax else { return field(key, text) }
        field(key, String(decoding: text.utf8.prefix(AuditLimit.valueBytesMax), as: UTF8.self) + "…")
    }
}

extension Moment {
    /// "2024-07-01T08:00:00.000+08:00": China Standard Time with its zone.
    package var zoned: String {
        let day = date
        let passed = Int(milliseconds - Moment(startOf: day).milliseconds)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let clock = [passed / 3_600_000, passed / 60_000 % 60, passed / 1_000 % 60].map { padded($0, 2) }
        return "\(day.description)T\(clock.joined(separator: ":")).\(padded(passed % 1_000, 3))+08:00"
    }
}
