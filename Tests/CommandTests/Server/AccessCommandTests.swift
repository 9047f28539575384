import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct `A server with a list of callers` {
    private func add(_ list: String, _ name: String, _ more: String...) throws -> String {
        let added = try Program.run(["access", "add", name, "--access", list] + more)
        #expect(added.code == 0, "\(added.complaint)")
        return added.output.trimmingCharacters(in: .newlines)
    }

    private func serve(_ arguments: [String], _ body: (HTTPSocket) throws -> Void) throws {
        let server = try ChildProcess(
            Product.program, ["serve", "--port", "0", "--quiet"] + arguments, output: .pipe, errors: .nothing)
        let port = try #require(Int(server.readLine().split(separator: ":").last ?? ""))
        try body(HTTPSocket(port: port))
        server.send(SIGTERM)
        #expect(try server.waitForEnd() == 0)
    }

    private func status(_ http: HTTPSocket, _ path: String, _ token: String?, _ json: String = "{}") -> Int {
        http.call("/\(path)", json, fields: token.map { "Authorization: Bearer \($0)\r\n" } ?? "")?.status ?? 0
    }

    /// Waits until a call is answered with `wanted`: the server looks at the list once a second.
    private func waitFor(_ wanted: Int, _ http: HTTPSocket, _ path: String, _ token: String) -> Bool {
        let end = Date().addingTimeInterval(60)
        while Date() < end {
            if status(http, path, token) == wanted { return true }
            usleep(100_000)
        }
        return false
    }

    @Test func `answers those who are in it, takes up a new list, and keeps the old one where that is bad`() throws {
        try Program.withFolder { folder in
            let list = folder.appendingPathComponent("access.list").path
            let ledger = folder.appendingPathComponent("ledger.db").path
            let hospital = try add(list, "hospital", "--role", "institution", "--institution", "H1")
            let night = try add(list, "night", "--role", "operator")
            let shown = try Program.run("access", "list", "--access", list)
            #expect(shown.output.contains("hospital") && !shown.output.contains(hospital))
            #expect(try !String(contentsOfFile: list, encoding: .utf8).contains(hospital))
            try serve(["--access", list, "--ledger", ledger]) { http in
                #expect(status(http, "PolicyService/List", nil) == 401)
                #expect(status(http, "PolicyService/List", hospital) == 200)
                #expect(status(http, "RegistryService/ListPersons", hospital) == 403)
                #expect(status(http, "YearEndService/ListRuns", night) == 200)
                // Maintenance is the operator's.
                #expect(status(http, "MaintenanceService/Set", hospital, #"{"readOnly":true}"#) == 403)
                #expect(status(http, "MaintenanceService/Set", night, #"{"readOnly":true}"#) == 200)
                #expect(status(http, "RegistryService/PutArea", night) == 503)
                #expect(status(http, "MaintenanceService/Set", night, #"{"readOnly":false}"#) == 200)
                #expect(status(http, "RegistryService/PutArea", night) != 503)
                let later = try add(list, "later", "--role", "auditor")
                #expect(waitFor(200, http, "YearEndService/ListRuns", later))
                try "jiesuan-access 1\nlater role=king\n".write(toFile: list, atomically: false, encoding: .utf8)
                usleep(1_500_000)
                #expect(status(http, "PolicyService/List", hospital) == 200)
                try? FileManager.default.removeItem(atPath: list)
                let again = try add(list, "again", "--role", "auditor")
                #expect(waitFor(200, http, "PolicyService/List", again))
                // The tokens that were nobody's until then count: the next one waits.
                #expect([401, 503].contains(status(http, "PolicyService/List", hospital)))
            }
        }
    }

    @Test func `does not start where others may read the list, or it is none`() throws {
        try Program.withFolder { folder in
            let list = folder.appendingPathComponent("access.list").path
            _ = try add(list, "night", "--role", "operator")
            chmod(list, 0o644)
            let open = try Program.run("serve", "--port", "0", "--access", list)
            #expect(open.code == 3 && open.complaint.contains("chmod 600"), "\(open.complaint)")
            chmod(list, 0o600)
            try "jiesuan-access 1\nnight role=king\n".write(toFile: list, atomically: false, encoding: .utf8)
            let bad = try Program.run("serve", "--port", "0", "--access", list)
            #expect(bad.code == 3 && bad.complaint.contains("access.list:2: role is none of"), "\(bad.complaint)")
            let missing = try Program.run("serve", "--port", "0", "--access", list + ".none")
            #expect(missing.code == 3 && missing.complaint.contains("cannot be read"))
        }
    }

    @Test func `takes no writes from the start where it is told so`() throws {
        try Program.withFolder { folder in
            let ledger = folder.appendingPathComponent("ledger.db").path
            try serve(["--ledger", ledger, "--read-only"]) { http in
                #expect(status(http, "RegistryService/PutArea", nil) == 503)
                #expect(status(http, "RegistryService/ListAreas", nil) == 200)
                #expect(status(http, "MaintenanceService/Set", nil) == 200)
                #expect(status(http, "RegistryService/PutArea", nil) != 503)
            }
        }
    }

    @Test(arguments: [
        (["x", "--role", "institution"], "needs institution=CODE"), (["x", "--role", "office"], "needs region=REGION"),
        (["-x", "--role", "auditor"], "x"), (["x", "--role", "auditor", "--until", "tomorrow"], "is no day as"),
        (["x", "--role", "auditor", "--rate", "0"], "--rate is not A or A/B"),
    ])
    func `refuses what is no caller, and leaves the list`(arguments: [String], why: String) throws {
        try Program.withFolder { folder in
            let list = folder.appendingPathComponent("access.list").path
            let added = try Program.run(["access", "add"] + arguments + ["--access", list])
            #expect(added.code == 2 && added.complaint.contains(why), "\(added.complaint)")
            #expect(!FileManager.default.fileExists(atPath: list))
        }
    }
}
