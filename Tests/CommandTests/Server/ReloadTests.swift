import Foundation
import TestSupport
import Testing

@Suite struct `SIGHUP to a server` {
    @Test func `takes up changed packs and limits, and says what waits for the next start`() throws {
        try Program.withFolder { folder in
            let server = try Running(in: folder)
            let before = try server.digests()
            // A pack of the same rules with another text.
            let pack = folder.appendingPathComponent("policies/yantai.yaml")
            let text = try String(contentsOf: pack, encoding: .utf8)
            try Data((text + "\n# 2025\n").utf8).write(to: pack)
            try server.configure("idle-minutes: 3\ndrain-seconds: 7\n")
            try server.reload(until: "for the next start")
            let after = try server.digests()
            #expect(before.count == after.count && zip(before, after).filter { $0 != $1 }.count == 1, "\(after)")
            let log = try server.log()
            #expect(log.contains("jiesuan: reload: settling for yantai by policy "), "\(log)")
            #expect(log.contains("; limits of connections changed"))
            #expect(log.contains("reload: drain-seconds waits for the next start"), "\(log)")
            #expect(server.stop() == 0)
        }
    }

    @Test func `changes nothing where a pack or a setting is wrong, and says what`() throws {
        try Program.withFolder { folder in
            let server = try Running(in: folder)
            let before = try server.digests()
            let pack = folder.appendingPathComponent("policies/yantai.yaml")
            let text = try String(contentsOf: pack, encoding: .utf8)
            let wrong: [(pack: String, configuration: String, says: String)] = [
                (text + "\nno_such_key: 1\n", "", "yantai.yaml"), ("region: [", "", "yantai.yaml"),
                (text + "\n# sound\n", "idle-minutes: never\n", "idle-minutes: The value 'never'"),
                (text + "\n# sound\n", "idle-minuts: 3\n", "did you mean 'idle-minutes'?"),
                (text.replacing("region: yantai", with: "region: weihai"), "", "restart the server with them"),
            ]
            for (number, (written, configuration, says)) in wrong.enumerated() {
                try Data(written.utf8).write(to: pack)
                try server.configure(configuration)
                try server.reload(until: "the server goes on as it was", times: number + 1)
                let log = try server.log()
                #expect(log.contains(says), "\(says): \(log)")
                #expect(try server.digests() == before)
            }
            #expect(server.stop() == 0)
        }
    }

    @Test func `of a closed terminal does not end it`() throws {
        let server = try Server()
        kill(server.processID, SIGHUP)
        usleep(100_000)
        let listed = try Program.run("policy", "list", "--json")
        #expect(listed.code == 0)
        #expect(try Program.run("policy", "show", "yantai", "--server", server.address).code == 0)
        #expect(server.stop() == 0)
    }

    /// A server with a configuration file, a folder of packs and a log.
    private struct Running {
        private let folder: URL
        private let process: ChildProcess
        private let address: String

        init(in folder: URL) throws {
            self.folder = folder
            let policies = folder.appendingPathComponent("policies")
            try FileManager.default.createDirectory(at: policies, withIntermediateDirectories: true)
            let shown = try Program.run("policy", "show", "yantai")
            try Data(shown.output.utf8).write(to: policies.appendingPathComponent("yantai.yaml"))
            try Data("idle-minutes: 5\n".utf8).write(to: folder.appendingPathComponent("jiesuan.yaml"))
            let log = folder.appendingPathComponent("log")
            try Data().write(to: log)
            process = try ChildProcess(
                Product.program,
                [
                    "serve", "--config", folder.appendingPathComponent("jiesuan.yaml").path, "--port", "0",
                    "--policies", policies.path, "--ledger", folder.appendingPathComponent("ledger.db").path,
                ], output: .pipe, errors: .file(log.path))
            address = try process.readLine().replacing("listening on ", with: "")
        }

        func configure(_ text: String) throws {
            try Data(text.utf8).write(to: folder.appendingPathComponent("jiesuan.yaml"))
        }

        func log() throws -> String {
            try String(contentsOf: folder.appendingPathComponent("log"), encoding: .utf8)
        }

        /// Sends the signal and waits until the log has `text` so often.
        func reload(until text: String, times: Int = 1) throws {
            process.send(SIGHUP)
            for _ in 0..<3_000 {
                if try log().components(separatedBy: text).count > times { return }
                usleep(10_000)
            }
            Issue.record("no '\(text)' in \(try log())")
        }

        /// Digests of the packs that it settles by.
        func digests() throws -> [String] {
            let listed = try Program.run("call", "PolicyService/List", "{}", "--server", address)
            return listed.output.matches(of: #/"digest": "([0-9a-f]{64})"/#).map { String($0.1) }
        }

        func stop() -> Int32 {
            process.send(SIGTERM)
            return (try? process.waitForEnd()) ?? .min
        }
    }
}
