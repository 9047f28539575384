import Foundation
import TestSupport
import Testing

@Suite struct `A server's configuration` {
    @Test func `is taken from the command line before the environment, that before the file`() throws {
        try Program.withFolder { folder in
            let file = try configuration(
                """
                # of an office
                host: 127.0.0.2
                workers: 3
                drain-seconds: 4
                http-host: [settle.hospital.local, 'settle, too']
                no-grpc: yes

                """, in: folder)
            let shown = try Program.run(
                URL(fileURLWithPath: "/usr/bin/env"),
                [
                    "JIESUAN_WORKERS=2", "JIESUAN_QUIET=on", "JIESUAN_NO_GRPC=off", Product.program.path, "config",
                    "show", file, "--from",
                ])
            let expected = [
                ("host", "127.0.0.2", "\(file):2"), ("port", "8123", "default"), ("workers", "2", "JIESUAN_WORKERS"),
                ("drain-seconds", "4", "\(file):4"), ("quiet", "true", "JIESUAN_QUIET"),
                ("http-host", "settle.hospital.local, settle, too", "\(file):5"),
                ("no-grpc", "false", "JIESUAN_NO_GRPC"),
            ]
            for (setting, value, source) in expected {
                let line = shown.output.split(separator: "\n").first { $0.hasPrefix(setting + " ") }
                let words = try #require(line, "\(setting): \(shown.complaint)")
                #expect(words.contains(" \(value) ") && words.hasSuffix(source), "\(words)")
            }
        }
    }

    @Test func `is what the server does, and options go before it`() throws {
        try Program.withFolder { folder in
            let file = try configuration("port: 0\nhost: 127.0.0.3\nno-http: true\n", in: folder)
            let server = try ChildProcess(Product.program, ["serve", "--config", file], output: .pipe, errors: .nothing)
            #expect(try server.readLine().hasPrefix("listening on 127.0.0.3:"))
            server.send(SIGTERM)
            #expect(try server.waitForEnd() == 0)
            let other = try ChildProcess(
                Product.program, ["serve", "--host=127.0.0.4", "--config=\(file)"], output: .pipe, errors: .nothing)
            #expect(try other.readLine().hasPrefix("listening on 127.0.0.4:"))
            other.send(SIGTERM)
            #expect(try other.waitForEnd() == 0)
        }
    }

    @Test func `changes nothing where it is printed and read again`() throws {
        try Program.withFolder { folder in
            let file = try configuration("port: 8200\nhttp-host: ['*', a-b.c]\nquiet: true\n", in: folder)
            let printed = try Program.run("config", "show", file)
            let again = try configuration(printed.output, in: folder, name: "again.yaml")
            let values = try [file, again].map { try Program.run("config", "show", $0, "--json").output }
            #expect(values[0].replacing(":1\"", with: "").contains("8200"))
            let strip = { (text: String) in text.replacing(#/"from": .*/#, with: "") }
            #expect(strip(values[0]) == strip(values[1]))
            // All settings stand in it, so that it is a file to begin with.
            #expect(printed.output.contains("#ledger:") && printed.output.contains("port: 8200"))
        }
    }

    @Test func `is refused with file, line and what to do`() throws {
        let cases: [(text: String, says: [String])] = [
            ("host: 127.0.0.1\nprot: 1\n", [":2: there is no setting 'prot'; did you mean 'port'?"]),
            ("port: [1, 2]\n", [":1: port takes one value, not a list"]),
            ("port: x\nworkers: y\n", [":1: port: The value 'x' is invalid", ":2: workers: The value 'y' is invalid"]),
            ("quiet: perhaps\n", [":1: quiet is true or false, not 'perhaps'"]),
            ("port: 1\nport: 2\n", [":1: 'port' stands twice in the same table: keep one"]),
            ("http-host: [a, [b]]\n", [":1: http-host takes a value, or a list of values, not a list"]),
            ("- port\n", [":1: a configuration is a table of 'setting: value' lines"]),
            ("port: {\n", ["not YAML"]), ("port: &a 1\n", ["anchors and aliases"]),
            ("policies: /no/such/folder\n", ["/no/such/folder", "cannot be read"]),
            ("leave-year-ends: true\n", [":1: there is no setting 'leave-year-ends'"]),
            ("config: other.yaml\n", [":1: there is no setting 'config'"]),
            ("drain-seconds: -1\n", ["--drain-seconds is below 0"]),
        ]
        try Program.withFolder { folder in
            for (text, says) in cases {
                let file = try configuration(text, in: folder)
                for arguments in [["config", "check", file], ["serve", "--port", "0", "--config", file]] {
                    let ended = try Program.run(arguments)
                    #expect(ended.code == 3 || ended.code == 2, "\(arguments): \(ended.complaint)")
                    for sentence in says where !(text.hasPrefix("port: x") && arguments.first == "serve") {
                        #expect(ended.complaint.contains(sentence), "\(arguments) \(text): \(ended.complaint)")
                    }
                }
            }
            let none = try Program.run("config", "check", "/no/such/file.yaml")
            #expect(none.code == 3 && none.complaint.contains("/no/such/file.yaml:0: cannot be read: No such file"))
            let empty = try Program.run("config", "check", try configuration("# nothing yet\n", in: folder))
            #expect(empty.code == 0 && empty.output.contains("0 settings of "), "\(empty.complaint)")
        }
    }

    @Test func `names variables that are no settings, and hides passwords`() throws {
        let shown = try Program.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            [
                "JIESUAN_PROT=1", "JIESUAN_LEDGER=postgresql://office:secret@db/jiesuan", "JIESUAN_QUIET=maybe",
                Product.program.path, "config", "show", "--from",
            ])
        #expect(shown.code == 2 && shown.complaint.contains("JIESUAN_QUIET is true or false, not 'maybe'"))
        try Program.withFolder { folder in
            let file = try configuration("port: 1\n", in: folder)
            let checked = try Program.run(
                URL(fileURLWithPath: "/usr/bin/env"),
                ["JIESUAN_PROT=1", Product.program.path, "config", "check", file])
            #expect(checked.code == 0)
            #expect(checked.complaint.contains("JIESUAN_PROT in the environment is no setting"), "\(checked.complaint)")
            #expect(checked.complaint.contains("did you mean JIESUAN_PORT?"))
        }
        let hidden = try Program.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["JIESUAN_LEDGER=postgresql://office:secret@db/jiesuan", Product.program.path, "config", "show", "--json"])
        #expect(hidden.output.contains("postgresql://office:…@db/jiesuan") && !hidden.output.contains("secret"))
    }

    private func configuration(_ text: String, in folder: URL, name: String = "jiesuan.yaml") throws -> String {
        let file = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file.path
    }
}
