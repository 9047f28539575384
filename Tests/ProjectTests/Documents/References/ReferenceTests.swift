import Foundation
import TestSupport
import Testing

@Suite struct `What the documents have to name` {
    /// The text of every page below docs/, of one language.
    private static func text(_ isWanted: (String) -> Bool = { !$0.hasPrefix("docs/zh/") }) throws -> String {
        try MarkdownPage.all().map(\.path).filter { $0.hasPrefix("docs/") && isWanted($0) }.map(Repository.text)
            .joined(separator: "\n")
    }

    @Test func `docs/operating/commands.md has every command with its options, as --help tells them`() throws {
        let expected = CommandPage(try CommandTree.ofProduct()).markdown
        try MadeTable.expect("docs/operating/commands.md", "commands", is: expected)
    }

    @Test func `every command and every option that its help shows stands in docs`() throws {
        let text = try Self.text()
        let words = Set(text.split { !($0.isLetter || $0.isNumber || $0 == "-") })
        var missing: [String] = []
        for (path, command) in try CommandTree.ofProduct().all {
            let name = path.joined(separator: " ")
            if command.inner.isEmpty, !text.contains(name) { missing.append(name) }
            let options = command.shown.map(\.title).filter { $0.hasPrefix("--") && !words.contains(Substring($0)) }
            missing += options.map { "\(name) \($0)" }
        }
        #expect(missing.isEmpty, "not in docs: \(missing.joined(separator: ", "))")
    }

    @Test func `docs/calling/methods.md has every method with its messages, as Proto declares them`() throws {
        let services = try WireService.all()
        #expect(services.count >= 8 && services.flatMap(\.methods).count >= 60)
        try MadeTable.expect("docs/calling/methods.md", "methods", is: MethodPage.markdown(services))
    }

    @Test func `every method that a page or a command's help names is one of Proto, and every one stands in docs`() throws {
        let services = try WireService.all()
        let known = Set(services.flatMap { service in service.methods.map { "\(service.name)/\($0.name)" } })
        let proto = try Repository.files(below: "Proto/jiesuan", endings: [".proto"])
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        #expect(proto.matches(of: /(?m)^\s*rpc \w/).count == known.count, "every rpc is read")
        let method = /\b([A-Z][A-Za-z]+Service)\/([A-Z][A-Za-z]+)\b/
        var named: Set<String> = []
        for page in try MarkdownPage.all() where page.path.hasPrefix("docs/") || page.path == "README.md" {
            // Not in blocks, where a page may show what becomes of a misspelt one.
            for piece in page.prose {
                for match in piece.text.matches(of: method) {
                    let name = "\(match.1)/\(match.2)"
                    named.insert(name)
                    if !known.contains(name) { Issue.record("\(page.path): there is no method \(name)") }
                }
            }
        }
        let missing = known.subtracting(named).sorted()
        #expect(missing.isEmpty, "not in docs: \(missing.joined(separator: ", "))")
        let help = try Product.output("--experimental-dump-help")
        for match in help.replacing("\\/", with: "/").matches(of: method) where !known.contains("\(match.1)/\(match.2)") {
            Issue.record("a command's help names the method \(match.1)/\(match.2), which is none")
        }
    }

    @Test func `every example in a command's help is one that the program takes`() throws {
        let tree = try CommandTree.ofProduct()
        let dump = try JSONSerialization.jsonObject(with: Data(try Product.output("--experimental-dump-help").utf8))
        var count = 0
        func look(_ command: [String: Any]) {
            let help = (command["discussion"] as? String ?? "").replacing("\\\n", with: " ")
            for line in help.split(separator: "\n") where line.hasPrefix("  jiesuan ") {
                // What stands behind the example, in a column of its own, is words.
                let example = line.dropFirst(2).split(separator: "    ").first ?? ""
                for use in CommandUse.all(in: String(example), line: 0) {
                    count += 1
                    if let problem = use.problem(in: tree) { Issue.record("\(line): \(problem)") }
                }
            }
            for inner in command["subcommands"] as? [[String: Any]] ?? [] { look(inner) }
        }
        look((dump as? [String: Any])?["command"] as? [String: Any] ?? [:])
        #expect(count > 100)
    }

    @Test func `every error code stands in docs/calling/errors.md, number and name in one line`() throws {
        let codes = try ErrorCode.all()
        #expect(codes.count > 45 && codes.allSatisfy { !$0.name.isEmpty })
        let lines = try Repository.text("docs/calling/errors.md").split(separator: "\n")
        let missing = codes.filter { !$0.stands(in: lines) }.map { "\($0.number) \($0.name)" }
        #expect(missing.isEmpty, "not in docs/calling/errors.md: \(missing.joined(separator: ", "))")
        for number in try Self.text().matches(of: /\b(4[0-3]\d\d) `?([A-Z][A-Z_]{4,})\b/) {
            let code = ErrorCode(number: Int(number.1)!, name: String(number.2))
            #expect(codes.contains(code), "there is no error \(code.number) \(code.name)")
        }
    }

    @Test func `what is missing and what is wrong would be found`() throws {
        let code = ErrorCode(number: 4107, name: "STORE_UNAVAILABLE")
        #expect(code.stands(in: ["| 4107 | `STORE_UNAVAILABLE` | later |"]))
        #expect(!code.stands(in: ["| 4106 | `STORE_UNAVAILABLE` |", "| 4107 | `NOT_STORE_UNAVAILABLE` |", "| 14107 |"]))
        let services = WireService.services(
            of: "// Lists.\n// All.\nservice A {\n  // One.\n  rpc B(C) returns (D);  // 一\n  rpc E(F) returns (G);\n}\n")
        #expect(services.count == 1 && services[0].words == "Lists. All.")
        #expect(services[0].methods.map(\.name) == ["B", "E"])
        #expect(services[0].methods.map(\.words) == ["One. 一", ""])
        let page = "a\n<!-- made: x -->\n\nold\n\n<!-- made until here -->\n"
        #expect(MadeTable.range(of: "x", in: page).map { String(page[$0]) } == "old\n")
        #expect(MadeTable.range(of: "y", in: page) == nil)
    }
}
