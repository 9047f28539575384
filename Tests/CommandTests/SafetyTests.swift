import Foundation
import TestSupport
import Testing

@Suite struct `Nothing is lost by a slip` {
    @Test func `a claims file is never overwritten by its results`() throws {
        try Program.withFolder { folder in
            let claims = folder.appendingPathComponent("claims.csv")
            let text = try Program.run("examples", "--csv").output
            try text.write(to: claims, atomically: true, encoding: .utf8)
            for arguments in [
                ["--out", claims.path], ["--errors", claims.path],
                ["--out", folder.path + "/./claims.csv"], ["--out", folder.path + "/x", "--errors", folder.path + "/x"],
            ] {
                let ended = try Program.run(["calculate", claims.path] + arguments)
                #expect(ended.code == 2, "\(arguments): \(ended.complaint)")
                #expect(try String(contentsOf: claims, encoding: .utf8) == text)
            }
        }
    }

    @Test func `an institution's books are never overwritten by what is found in them`() throws {
        try Program.withFolder { folder in
            let books = folder.appendingPathComponent("books.csv")
            let text = "settlement_id,is_reversal,total,fund_total,account_total,cash\n"
            try text.write(to: books, atomically: true, encoding: .utf8)
            let asked = [
                "reconcile", "--institution", "H", "--from", "2024-06-01", "--until", "2024-06-01", "--rows", books.path,
                "--server", "127.0.0.1:1",
            ]
            let out = folder.path + "/out"
            for arguments in [["--out", books.path], ["--errors", folder.path + "/./books.csv"], ["--out", out, "--errors", out]] {
                #expect(try Program.run(asked + arguments).code == 2, "\(arguments)")
                #expect(try String(contentsOf: books, encoding: .utf8) == text)
            }
        }
    }

    @Test func `packs cannot be named for a server that has its own`() throws {
        let ended = try Program.run("calculate", "-", "--server", "127.0.0.1:1", "--policies", "/no/such")
        #expect(ended.code == 2)
    }

    /// A signal that comes as soon as the server says that it listens must not be lost.
    @Test func `a server that is stopped the moment it listens ends with 0`() throws {
        for _ in 0..<20 {
            let server = try Server()
            #expect(server.stop() == 0)
        }
    }

    /// The log may be full or gone; what is in flight must be answered all the same.
    @Test(arguments: ["2>/dev/full", "2>&-", "2>/dev/null"])
    func `a server whose log cannot be written drains and ends with 0`(redirection: String) throws {
        let process = try ChildProcess(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", "exec \"$0\" serve --port 0 \(redirection)", Product.program.path], output: .pipe)
        // The line comes when the server listens and its signal handlers stand.
        let line = try process.readLine()
        #expect(line.hasPrefix("listening on 127.0.0.1:"))
        process.send(SIGTERM)
        #expect(try process.waitForEnd() == 0)
    }
}

/// G-14: claims carry opaque numbers, and the log not even those.
@Suite struct `Nothing of a person is logged` {
    @Test func `G-14: a server's log names no person, settlement, disease or account, whatever is asked of it`() throws {
        try Program.withFolder { folder in
            let (ledger, log) = (folder.appendingPathComponent("ledger.db").path, folder.appendingPathComponent("log"))
            let server = try Server(ledger: ledger, log: log)
            func ask(_ arguments: String..., input: String = "") throws -> Int32 {
                try Program.run(arguments + ["--server", server.address], input: input).code
            }
            let person = "310299991234567"
            for (table, text) in [
                ("institutions", "code,region,kind,level,special_diseases\nSECRETPLACE,chongqing,hospital,2,1\n"),
                ("persons", "person,region,birth_month\n\(person),chongqing,1962-05\n"),
                ("enrolments", "person,insurance,membership,status,covered_from\n\(person),employee,employer,retired,20200101\n"),
            ] {
                #expect(try ask("registry", "import", table, "-", input: text) == 0)
            }
            func settle(_ id: String, _ kind: String, _ amount: String) throws -> Int32 {
                try ask(
                    "settle", id, "--person", person, "--institution", "SECRETPLACE", "--kind", kind, "--disease",
                    "cancer_therapy", "--service-date", "2024-06-30", "--in-policy", amount)
            }
            #expect(try settle("SECRETID", "outpatient", "7654.32") == 0)
            #expect(try settle("SECRETID", "outpatient", "7654.33") == 1)
            #expect(try settle("SECRETID2", "special", "7654.34") == 1)
            #expect(try ask("reverse", "SECRETID", "--reason", "SECRETREASON") == 0)
            #expect(try ask("account", "use", person, "--id", "SECRETUSE", "--amount", "1", "--purpose", "fitness") == 1)
            #expect(server.stop() == 0)
            let logged = try String(contentsOf: log, encoding: .utf8)
            #expect(logged.contains("errors by code") && logged.contains("4102"), "the log is there: \(logged)")
            for part in [person, "SECRET", "cancer", "7654", "765432", "fitness"] {
                #expect(!logged.contains(part), "\(part) stands in the log: \(logged)")
            }
        }
    }
}
