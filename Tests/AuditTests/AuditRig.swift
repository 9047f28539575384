import Audit
import Foundation
import Records
import Synchronization
import TestSupport
import Testing

/// A folder with an audit log, and what its writer told.
final class AuditRig: Sendable {
    private let scratch = ScratchFolder(inMemory: true)
    let folder: String
    let told = Mutex<[String]>([])
    let time = Mutex(Moment(milliseconds: 1_719_792_000_000))

    init() { folder = scratch.file("audit") }

    func open(
        fileBytesMax: Int = AuditLimit.fileBytes, waitingMax: Int = AuditLimit.waitingMax
    ) throws -> AuditLog {
        try AuditLog(
            folder, fileBytesMax: fileBytesMax, waitingMax: waitingMax, now: { [self] in time.withLock { $0 } },
            observer: { [self] text in told.withLock { $0.append(text) } })
    }

    /// A log of so many settlements, closed.
    func fill(_ count: Int, fileBytesMax: Int = AuditLimit.fileBytes) throws {
        let log = try open(fileBytesMax: fileBytesMax)
        for number in 0..<count { log.record(Self.settled("s\(number)")) }
        log.end()
    }

    static func settled(
        _ id: String, caller: String = "H1", decision: AuditEvent.Decision = .done
    ) -> AuditEvent {
        AuditEvent(
            caller: caller, role: "institution", operatorCode: "0017", peer: "10.0.0.7:51234",
            call: "SettlementService/Settle", record: [AuditEvent.Part("settlement", id)], decision: decision)
    }

    var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".jsonl") }
            .sorted()
    }

    func text(_ file: String = "audit-000001.jsonl") throws -> String {
        try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
    }

    func lines(_ file: String = "audit-000001.jsonl") throws -> [String] {
        try text(file).split(separator: "\n").map(String.init)
    }

    func write(_ lines: [String], _ file: String = "audit-000001.jsonl", torn: String = "") throws {
        let text = lines.map { $0 + "\n" }.joined() + torn
        try text.write(toFile: folder + "/" + file, atomically: true, encoding: .utf8)
    }

    func verify(expected: AuditChain? = nil) throws -> AuditVerifier.Result {
        try AuditVerifier.verify(folder, expected: expected)
    }

    func findings() throws -> [String] { try verify().findings.map(\.description) }
}
