import Audit
import Glibc
import TestSupport
import Testing

/// Whatever is done to a log afterwards is found, and where.
@Suite struct `A changed audit log is found` {
    @Test func `canary: a log that nobody touched has no finding`() throws {
        let rig = AuditRig()
        try rig.fill(20)
        #expect(try rig.findings() == [])
    }

    @Test func `one changed character anywhere is found in its line`() throws {
        let rig = AuditRig()
        try rig.fill(6)
        let lines = try rig.lines()
        var random = SeededRandom.printed()
        for index in lines.indices {
            for _ in 0..<10 {
                var bytes = Array(lines[index].utf8)
                let place = random.number(0...(bytes.count - 1))
                bytes[place] = bytes[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
                var spoilt = lines
                spoilt[index] = String(decoding: bytes, as: UTF8.self)
                try rig.write(spoilt)
                let found = try rig.verify().findings
                // A changed hash shows in the next line, or at the head.
                #expect(
                    found.contains { $0.line == index + 1 || $0.line == index + 2 },
                    "line \(index + 1), byte \(place): \(found)")
            }
        }
    }

    @Test func `a removed line, one that is put elsewhere, one that stands twice`() throws {
        let rig = AuditRig()
        try rig.fill(6)
        let lines = try rig.lines()
        for index in 0..<(lines.count - 1) {
            var spoilt = lines
            spoilt.remove(at: index)
            try rig.write(spoilt)
            #expect(try rig.findings() == ["audit-000001.jsonl line \(index + 1): 1 before it is missing"])
        }
        var spoilt = lines
        spoilt.swapAt(2, 3)
        try rig.write(spoilt)
        let found = try rig.verify().findings
        #expect(found.first?.line == 3 && found.count >= 2)
        try rig.write(lines[..<4] + [lines[3]] + lines[4...])
        #expect(try rig.findings() == ["audit-000001.jsonl line 5: number 4 stands behind number 4"])
    }

    @Test func `lines that are missing at the end, whole files too`() throws {
        let rig = AuditRig()
        try rig.fill(6)
        let lines = try rig.lines()
        try rig.write(lines.dropLast(3))
        #expect(try rig.findings() == ["audit-000001.jsonl: ends with number 5, and number 8 was written"])
        let other = AuditRig()
        for _ in 0..<3 { try other.fill(3, fileBytesMax: 1) }
        let files = other.files
        #expect(files.count >= 3)
        try other.write([], files[1])
        #expect(try !other.findings().isEmpty)
    }

    @Test func `all files, or the folder's whole content`() throws {
        let rig = AuditRig()
        try rig.fill(3)
        for file in rig.files { #expect(remove(rig.folder + "/" + file) == 0) }
        #expect(try rig.findings() == ["the folder: ends with number 0, and number 5 was written"])
        #expect(remove(rig.folder + "/audit.head") == 0)
        #expect(throws: AuditProblem.self) { try rig.verify() }
    }

    @Test func `a log that was made anew has not the hash that was kept elsewhere`() throws {
        let rig = AuditRig()
        try rig.fill(6)
        let kept = try rig.verify().head.chain
        #expect(try rig.verify(expected: kept).findings.isEmpty)
        let forged = AuditRig()
        try forged.fill(5)
        #expect(try forged.verify().findings.isEmpty)
        #expect(try forged.verify(expected: kept).findings.map(\.fault) == [.unknownHash])
    }
}
