import Foundation
import Testing

/// The platform's file of 3202 (case 12 of hospitals' questions): behind tabs, no line of names, a refund as a positive
/// and a negative row.
@Suite struct `Reconciling with the platform's file` {
    private static let books = """
        a\tM1\t31\t2800.00\t1890.00\t910.00\t001\tnull
        a\tM1\t31\t-2800.00\t-1890.00\t-910.00\t001\tnull
        b\tM2\t32\t1000.00\t480.00\t0.00\t000\tnull

        """

    /// Two settlements and a reversal at H2, and what an account paid at the pharmacy P0.
    private func rig() throws -> LedgerRig {
        let rig = try LedgerRig()
        try rig.settle("a")
        #expect(try rig.run("reverse", "a").code == 0)
        try rig.settle("b", "1000", person: "32")
        return rig
    }

    private func reconcile(_ rig: LedgerRig, _ file: String, at place: String = "H2", _ more: String...) throws -> Program.Ended {
        try Program.run(
            [
                "reconcile", "--institution", place, "--from", LedgerRig.today, "--until", LedgerRig.today, "--rows", file,
                "--server", rig.server.address,
            ] + more)
    }

    /// Zips `texts` as a hospital's program does.
    private func zip(_ rig: LedgerRig, _ name: String, _ texts: [String], method: String = "ZIP_DEFLATED") throws -> String {
        let path = try rig.file(name)
        let script = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1], "w", zipfile.\(method)) as target:
                target.writestr("3202/", "")
                for number, text in enumerate(sys.argv[2:]): target.writestr(f"3202/{number}.txt", text)
            """
        let made = try Program.run(URL(filePath: "/usr/bin/python3"), ["-c", script, path] + texts)
        #expect(made.code == 0, "\(made.complaint)")
        return path
    }

    @Test func `it balances as it is, zipped, in a table with names, and by insurance`() throws {
        let rig = try rig()
        let names = "setl_id\tmdtrt_id\tpsn_no\tmedfee_sumamt\tfund_pay_sumamt\tacct_pay\trefd_setl_flag\texp_content\n"
        let files = [
            try rig.file("3202.txt", Self.books), try rig.file("named.txt", names + Self.books),
            try rig.file("short.txt", Self.books.replacing("\tnull\n", with: "\r\n")),
            try zip(rig, "3202.zip", [Self.books]), try zip(rig, "stored.zip", [Self.books], method: "ZIP_STORED"),
        ]
        for file in files {
            let ended = try reconcile(rig, file, "--json")
            #expect(ended.code == 0, "\(file): \(ended.output) \(ended.complaint)")
            #expect(try object(ended.output)["equal"] as? Int == 3, "\(file)")
        }
        let employees = try reconcile(rig, files[0], "--insurance", "310", "--type", "11")
        #expect(employees.code == 0 && employees.output.contains("The books balance"))
        let residents = try object(try reconcile(rig, files[0], "--insurance", "resident", "--json").output)
        #expect((residents["only_there"] as? [Any])?.count == 3)
    }

    @Test func `the result has a row each with its code, in the platform's columns`() throws {
        let rig = try rig()
        let books = Self.books.replacing("1000.00\t480.00", with: "1000.00\t480.01") + "ghost\tnull\t9\t1.00\t0\t0.50\t0\tnull\n"
        let file = try rig.file("3202.txt", books.replacing("a\tM1\t31\t-", with: "x\tM1\t31\t-"))
        let target = try rig.file("result.txt")
        let ended = try reconcile(rig, file, "--result", target)
        #expect(ended.code == 1 && ended.complaint.contains("the books do not balance"))
        let rows = try String(contentsOfFile: target, encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        try #require(rows.count == 5 && rows.allSatisfy { $0.count == 10 }, "\(rows)")
        // The positive row of `a` is flagged, and nothing gives it back: it is the refund itself.
        #expect(rows.map { $0[2] } == ["a", "x", "b", "ghost", "a"])
        #expect(rows.map { $0[4] } == ["000000", "000102", "000103", "000102", "000101"])
        #expect(rows[1] == ["31", "M1", "x", "null", "000102", "001", "机构有医保无", "-2800.00", "-1890.00", "-910.00"])
        #expect(rows[2][6].contains("基金 480.00"))
        #expect(rows[4].suffix(3) == ["2800.00", "1890.00", "910.00"] && rows[4][5] == "000")
        _ = try reconcile(rig, file, "--result", target, "--short-codes")
        let short = try String(contentsOfFile: target, encoding: .utf8).split(separator: "\n")
        #expect(short.map { $0.split(separator: "\t").dropFirst(4).first } == ["0", "1", "1", "1", "1"])
    }

    @Test func `CQ-31: what an account paid at a pharmacy is found by its id and its owner`() throws {
        let rig = try rig()
        let used = try rig.run(
            "account", "use", "31", "--id", "u-1", "--amount", "35.50", "--purpose", "pharmacy", "--institution", "P0")
        #expect(used.code == 0, "\(used.complaint)")
        let file = try rig.file("p.txt", "u-1\tnull\t31\t35.50\t0.00\t35.50\t000\tnull\n")
        let ended = try reconcile(rig, file, at: "P0", "--type", "41", "--insurance", "310")
        #expect(ended.code == 0, "\(ended.output)")
        let wrong = try rig.file("w.txt", "u-1\tnull\t31\t35.51\t0.00\t35.51\t000\tnull\nu-1\tnull\t32\t35.50\t0\t35.50\t0\n")
        let differing = try object(try reconcile(rig, wrong, at: "P0", "--json").output)
        #expect((differing["differing"] as? [Any])?.count == 1 && (differing["refused"] as? Int) == 1)
    }

    @Test func `in our own columns a reversal's amounts may be below 0, a settlement's not; cash may be left out`() throws {
        let rig = try rig()
        let header = "结算编号,撤销,医疗费总额,基金支付,个人账户支付\n"
        let good = try rig.file("good.csv", header + "a,0,2800,1890,910\na,1,-2800.00,-1890.00,-910.00\nb,否,1000,480,0\n")
        #expect(try reconcile(rig, good).code == 0)
        for (row, words) in [
            ("a,0,-2800,-1890,-910\n", "is_reversal"), ("a,1,-2800,1890,-910\n", "of one sign"),
            ("b,0,1000,480,520.01\n", "more than the total"),
        ] {
            let bad = try reconcile(rig, try rig.file("bad.csv", header + row))
            #expect(bad.code == 1 && bad.complaint.contains(words) && bad.complaint.contains("line 2"), "\(bad.complaint)")
        }
    }

    @Test func `a row that cannot be read is told by the file's own line; a flag is one of the platform's`() throws {
        let rig = try rig()
        let file = try rig.file("3202.txt", Self.books + "c\tM3\t32\tx\t0\t0\t000\tnull\nd\tM3\t32\t1\t0\t0\t7\tnull\n")
        let ended = try reconcile(rig, file)
        #expect(ended.complaint.contains("line 4, column total, value \"x\""), "\(ended.complaint)")
        #expect(ended.complaint.contains("line 5, column is_reversal, value \"7\""))
    }

    @Test func `a ZIP file that is damaged, or holds none or two files, is refused and says so`() throws {
        let rig = try rig()
        let whole = try zip(rig, "3202.zip", [Self.books])
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: whole)))
        for cut in stride(from: 4, to: bytes.count, by: 41) {
            let path = try rig.file("cut.zip")
            try Data(bytes.prefix(cut)).write(to: URL(filePath: path))
            let ended = try reconcile(rig, path)
            #expect(ended.code == 3 && ended.complaint.contains("ZIP"), "\(cut): \(ended.complaint)")
        }
        var turned = bytes
        // Inside the packed rows: behind the folder's entry and the file's own header.
        turned[100] ^= 0x10
        let path = try rig.file("turned.zip")
        try Data(turned).write(to: URL(filePath: path))
        #expect(try reconcile(rig, path).code == 3)
        for texts in [[], [Self.books, Self.books]] {
            let ended = try reconcile(rig, try zip(rig, "many.zip", texts))
            #expect(ended.code == 3 && ended.complaint.contains("holds \(texts.count) files"), "\(ended.complaint)")
        }
    }

    @Test func `what does not go together is told before anything is asked`() throws {
        let faults = [
            (["--result", "x"], "go with --rows"), (["--rows", "a", "--short-codes"], "goes with --result"),
            (["--insurance", "340"], "310 (employee) or 390 (resident), not 340"),
            (["--rows", "a", "--result", "x", "--out", "x"], "name the same file twice"),
        ]
        for (arguments, words) in faults {
            let ended = try Program.run(
                ["reconcile", "--institution", "H2", "--from", "2024-01-01", "--until", "2024-01-01", "--server", ":1"]
                    + arguments)
            #expect(ended.code == 2 && ended.complaint.contains(words), "\(arguments): \(ended.complaint)")
        }
    }
}
