import Audit
import Foundation
import Records
import Synchronization
import TestSupport
import Testing

/// What is written into the log, and that it survives what happens to a server.
@Suite struct `The audit log is written` {
    @Test func `a line says who did what to which record, when, and how it ended, and no more`() throws {
        let rig = AuditRig()
        let log = try rig.open()
        log.record(AuditRig.settled("003-1"))
        log.record(AuditRig.settled("003-2", caller: "", decision: .denied(4118)))
        log.end()
        let lines = try rig.lines()
        #expect(lines.count == 4)
        let fields = try #require(
            try JSONSerialization.jsonObject(with: Data(lines[1].utf8)) as? [String: Any])
        #expect(fields["time"] as? String == "2024-07-01T08:00:00.000+08:00")
        #expect(fields["record"] as? [String: String] == ["settlement": "003-1"])
        #expect(
            Set(fields.keys)
                == ["sequence", "time", "caller", "role", "operator", "peer", "call", "record", "decision", "chain"])
        #expect(lines[2].contains(#""decision":"denied","code":4118"#) && !lines[2].contains(#""caller""#))
        #expect(lines[0].contains(#""log":"opened""#) && lines[3].contains(#""log":"closed""#))
        let result = try rig.verify()
        #expect(result.findings.isEmpty && result.lines == 4 && result.files == 1 && result.head == log.head)
    }

    @Test func `values that would break a line or a log are told safely and bounded`() throws {
        let rig = AuditRig()
        let log = try rig.open()
        let long = String(repeating: "长", count: 1_000)
        log.record(AuditEvent(caller: "a\"b\\\n\u{1b}c", call: long, decision: .done))
        log.end()
        let line = try rig.lines()[1]
        #expect(line.utf8.count < 1_000)
        let fields = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(fields["caller"] as? String == "a\"b\\\n\u{1b}c")
        #expect(try rig.verify().findings.isEmpty)
    }

    @Test func `the chain goes on over restarts, sizes and days`() throws {
        let rig = AuditRig()
        for _ in 0..<3 {
            let log = try rig.open(fileBytesMax: 2_000)
            for number in 0..<20 { log.record(AuditRig.settled("s\(number)")) }
            log.end()
        }
        #expect(rig.files.count >= 3)
        let result = try rig.verify()
        #expect(result.findings.isEmpty && result.lines == 3 * 22, "\(result.findings)")
        #expect(result.files == rig.files.count)
    }

    @Test func `a day begins a file`() throws {
        let rig = AuditRig()
        let log = try rig.open()
        rig.time.withLock { $0 = Moment(milliseconds: $0.milliseconds + 86_400_000) }
        log.record(AuditRig.settled("tomorrow"))
        log.end()
        #expect(rig.files.count == 2)
        #expect(try rig.text(rig.files[1]).contains("2024-07-02T08:00:00.000+08:00"))
        #expect(try rig.verify().findings.isEmpty)
    }

    @Test func `events of many threads each have a line`() async throws {
        let rig = AuditRig()
        let log = try rig.open()
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<8 {
                group.addTask { for number in 0..<500 { log.record(AuditRig.settled("t\(thread)-\(number)")) } }
            }
        }
        log.end()
        let text = try rig.text()
        for thread in 0..<8 {
            for number in [0, 250, 499] { #expect(text.contains("\"settlement\":\"t\(thread)-\(number)\"")) }
        }
        let result = try rig.verify()
        #expect(result.findings.isEmpty && result.lines == 4_002)
    }

    @Test func `an end torn by a kill is taken off, said, and the log goes on`() throws {
        let rig = AuditRig()
        try rig.fill(10)
        let lines = try rig.lines()
        let torn = #"{"sequence":13,"time":"2024-07-01T08:0"#
        try rig.write(lines, torn: torn)
        #expect(try rig.findings() == ["audit-000001.jsonl: ends with \(torn.utf8.count) bytes of an unfinished line"])
        let log = try rig.open()
        log.end()
        #expect(rig.told.withLock { $0.contains { $0.contains("unfinished line") } })
        #expect(try rig.text().contains("\"log\":\"repaired\",\"count\":\(torn.utf8.count)"))
        #expect(try rig.verify().findings.isEmpty && rig.lines().count == lines.count + 3)
    }

    @Test func `nobody writes on to a log that is not sound, and no second server to one that is written`() throws {
        let rig = AuditRig()
        try rig.fill(10)
        let lines = try rig.lines()
        let first = try rig.open()
        #expect(throws: AuditProblem.self) { try rig.open() }
        first.end()
        for spoilt in [lines.dropLast(3), lines[..<4] + lines[5...]] {
            let other = AuditRig()
            try other.fill(10)
            try other.write(Array(spoilt))
            #expect(throws: AuditProblem.self) { try other.open() }
        }
    }

    @Test func `where the disk takes nothing that is said, calls are counted, and the log tells how many are lost`() throws {
        let rig = AuditRig()
        let log = try rig.open(fileBytesMax: 1, waitingMax: 5)
        // Every group begins a file, and the folder is no more.
        let away = rig.folder + "-away"
        try FileManager.default.moveItem(atPath: rig.folder, toPath: away)
        log.record(AuditRig.settled("first"))
        Patience.until("the log finds out") { log.failure != nil }
        for number in 0..<20 { log.record(AuditRig.settled("s\(number)")) }
        #expect(log.failure != nil && rig.told.withLock { $0.count } == 1)
        try FileManager.default.moveItem(atPath: away, toPath: rig.folder)
        Patience.until("the log is written again") { log.failure == nil }
        log.end()
        let text = try rig.files.map { try rig.text($0) }.joined()
        #expect(text.contains("\"settlement\":\"first\"") && text.contains("\"settlement\":\"s4\""))
        #expect(text.contains("\"log\":\"lost\",\"count\":15"))
        #expect(try rig.verify().findings.isEmpty)
    }

    @Test func `files and folder are closed to others`() throws {
        let rig = AuditRig()
        let before = umask(0)
        defer { umask(before) }
        try rig.fill(1)
        var status = stat()
        #expect(stat(rig.folder, &status) == 0 && status.st_mode & 0o777 == 0o700)
        for file in rig.files + ["audit.head"] {
            #expect(stat(rig.folder + "/" + file, &status) == 0 && status.st_mode & 0o777 == 0o600, "\(file)")
        }
    }
}
