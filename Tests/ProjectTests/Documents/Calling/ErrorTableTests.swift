import RPC
import Settlement
import Testing
import Text

@Suite struct `The page of errors` {
    private static let path = "docs/calling/errors.md"

    @Test func `every code has its meaning, who acts, and whether to send again`() throws {
        let codes = try ErrorTable.codes()
        #expect(codes.count > 45 && codes[1001] == "ENOSERVICE" && codes[4107] == "STORE_UNAVAILABLE")
        let table = ErrorTable(rows: ErrorTableRow.all(in: try Repository.text(Self.path)))
        for fault in table.faults(codes) { Issue.record("\(Self.path): \(fault)") }
    }

    @Test func `both pages have the words of the registry`() throws {
        for page in [ErrorPage.english, .chinese] {
            for (name, entries) in ErrorPage.parts {
                try MadeTable.expect(page.path, name, is: page.markdown(entries))
            }
        }
    }

    @Test func `the registry has every code once, and of each what happened and what to do in both languages`() throws {
        let codes = try ErrorTable.codes()
        #expect(ErrorPage.parts.flatMap(\.entries).map(\.number) == ErrorRegistry.all.map(\.number))
        #expect(Dictionary(uniqueKeysWithValues: ErrorRegistry.all.map { (Int($0.number), $0.name) }) == codes)
        for code in RPCErrorCode.allCases { #expect(ErrorRegistry[code.rawValue]?.name == code.name) }
        for code in DomainCode.allCases where code != .none { #expect(code.entry?.name == code.name, "\(code)") }
        func isChinese(_ text: String) -> Bool { text.unicodeScalars.contains { ("\u{4e00}"..."\u{9fff}").contains($0) } }
        for entry in ErrorRegistry.all {
            for words in [entry.meaning, entry.remedy] {
                #expect(!words.english.isEmpty && !isChinese(words.english.replacing(/\([^)]*\)/, with: "")), "\(entry.name)")
                #expect(isChinese(words.chinese), "\(entry.name)")
                #expect(!words.english.contains("|") && !words.chinese.contains("|"))
            }
            #expect(!entry.actors.isEmpty)
        }
    }

    /// `RpcRetryPolicy::DoRetry` of brpc 1.x: the codes after which its clients ask again by themselves.
    private static let retriedByBrpc: Set<Int32> = [
        1009, 1014, 112, 2003, 110, 2004, 2, 32, 111, 104, 61, 1011, 1017,
    ]

    @Test func `what brpc's clients send again by themselves may be sent again as it is`() throws {
        let retried = ErrorRegistry.all.filter { Self.retriedByBrpc.contains($0.number) }
        #expect(retried.map(\.name) == ["ELOGOFF", "ELIMIT"])
        #expect(retried.allSatisfy { $0.again == .asItIs })
        for page in [ErrorPage.english, .chinese] {
            let line = try Repository.text(page.path).split(separator: "\n").first { $0.contains("`max_retry`") }
            let named = retried.filter { (line ?? "").contains("`\($0.name)`") }
            #expect(named.count == retried.count, "\(page.path) does not name what brpc sends again")
        }
    }

    @Test func `the words for who acts and for sending again are explained`() throws {
        let page = try Repository.text(Self.path)
        for word in ErrorTable.actors.union(ErrorTable.again) {
            #expect(page.contains("\n| \(word) | "), "\(Self.path) does not say what \"\(word)\" is")
        }
    }

    /// What a caller would lose money by: settling again under another id what may be recorded.
    @Test func `what is not known to be recorded, or certainly is not, is sent again as it is`() throws {
        let rows = ErrorTableRow.all(in: try Repository.text(Self.path))
        for code in [1008, 2001, 2003, 2004, 4106, 4107] {
            #expect(rows.first { $0.code == code }?.again == "as it is", "\(code)")
        }
        for code in [4102, 4105] { #expect(rows.first { $0.code == code }?.again == "new id", "\(code)") }
    }

    @Test func `planted faults of the page are found`() {
        let codes = [4101: "ID_INVALID", 4102: "ID_REUSED", 4103: "UNKNOWN"]
        let page = """
            | code | name | means | who acts | again |
            |---|---|---|---|---|
            | 4102 | `ID_REUSED` | other content | program, clerk | new id |
            | 4101 | `ID_WRONG` | | nobody | perhaps |
            | 4999 | `MADE_UP` | nothing | operator | no |
            """
        let rows = ErrorTableRow.all(in: page)
        #expect(rows.count == 3)
        #expect(
            rows[0]
                == ErrorTableRow(
                    code: 4102, name: "ID_REUSED", means: "other content", actors: ["program", "clerk"],
                    again: "new id"))
        #expect(
            ErrorTable(rows: rows).faults(codes) == [
                "4103 UNKNOWN has no row", "4101 is ID_INVALID, not ID_WRONG", "4101 is not in the order of numbers",
                "4101 has no meaning", "4101: nobody is called nobody", "4101: sending again is not \"perhaps\"",
                "there is no code 4999",
            ])
        #expect(ErrorTable(rows: Array(rows.prefix(1))).faults([4102: "ID_REUSED"]).isEmpty)
    }
}
