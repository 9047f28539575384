import Foundation

/// A line of the audit log for people.
struct AuditShownLine {
    private struct Line: Decodable {
        var time: String
        var caller: String?
        var role: String?
        var `operator`: String?
        var peer: String?
        var call: String?
        var record: [String: String]?
        var decision: String?
        var code: Int?
        var log: String?
        var count: Int?
    }

    private let line: Line

    /// nil: it is no line of a log.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes)) else { return nil }
        self.line = line
    }

    var day: String { String(line.time.prefix(10)) }
    var caller: String { line.caller ?? "" }
    var operatorCode: String { line.operator ?? "" }
    var decision: String { line.decision ?? "" }

    /// Whether a value of its record is this; several of one name stand with commas between them.
    func isAbout(_ value: String) -> Bool {
        line.record?.values.contains { $0 == value || $0.split(separator: ",").contains(value[...]) } ?? false
    }

    /// "2024-07-01T08:00:00.000+08:00  H1 0017  SettlementService/Settle  settlement 003-1  done".
    var text: String {
        if let log = line.log {
            return "\(line.time)  the log: \(log)" + (line.count.map { " \($0)" } ?? "")
        }
        let who = [line.caller ?? "-", line.operator].compactMap(\.self).joined(separator: " ")
        let record = (line.record ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            .joined(separator: ", ")
        let end = decision + (line.code.map { " \($0)" } ?? "")
        let parts = [line.time, who, line.call ?? "-", record, end, line.peer ?? ""]
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }
}
