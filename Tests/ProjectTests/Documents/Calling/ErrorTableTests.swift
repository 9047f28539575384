import Testing

@Suite struct `The page of errors` {
    private static let path = "docs/calling/errors.md"

    @Test func `every code has its meaning, who acts, and whether to send again`() throws {
        let codes = try ErrorTable.codes()
        #expect(codes.count > 45 && codes[1001] == "ENOSERVICE" && codes[4107] == "STORE_UNAVAILABLE")
        let table = ErrorTable(rows: ErrorTableRow.all(in: try Repository.text(Self.path)))
        for fault in table.faults(codes) { Issue.record("\(Self.path): \(fault)") }
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
