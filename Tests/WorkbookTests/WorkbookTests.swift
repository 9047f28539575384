import Foundation
import Population
import TestSupport
import Testing
import Workbook

@Suite struct `Tables as workbooks` {
    private static let columns: [TableColumn] = [
        TableColumn("settlement_id", "结算编号", .id), TableColumn("note", "说明"), TableColumn("total", "总额", .yuan),
        TableColumn("count", "笔数", .number), TableColumn("day", "日期", .date),
    ]

    /// Rows of every sheet as Python's reader shows them: each cell its type and its value.
    private func read(_ path: String) throws -> [String] {
        let script = """
            import sys, openpyxl
            book = openpyxl.load_workbook(sys.argv[1])
            for sheet in book.worksheets:
                print("sheet", sheet.title, "frozen", sheet.freeze_panes)
                for row in sheet.iter_rows():
                    print("|".join("" if c.value is None else f"{c.data_type}:{c.value}" for c in row))
            """
        let ended = try ChildProcess.run(URL(fileURLWithPath: "/usr/bin/python3"), ["-c", script, path])
        #expect(ended.code == 0, "\(ended.complaint)")
        return ended.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/jiesuan-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func line(_ id: String, _ note: String, _ fen: Int64, _ count: Int, _ day: String) -> [UInt8] {
        var row = CSVLine()
        row.add(id: id)
        row.add(note)
        row.add(yuan: fen)
        row.add(number: count)
        row.add(day)
        var bytes: [UInt8] = []
        row.end(into: &bytes)
        return bytes
    }

    @Test func `ids are texts, amounts and days what they are, and no words are a formula`() throws {
        try withFolder { folder in
            let path = folder + "/t.xlsx"
            let book = try Workbook(path: path, sheet: "a/b", Self.columns, .chinese)
            try book.append(
                csv: line("44030000000009999999", "=1+1", -123_450, 3, "2024-06-03")
                    + line("00012", "", 1_000_000_000_000_00, 0, ""))
            try book.append(csv: line("5-1", "two\nlines", 29, -1, "2024-12-31"))
            #expect(!FileManager.default.fileExists(atPath: path), "nothing is there before all of it is")
            try book.finish()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["t.xlsx"])
            #expect(
                try read(path) == [
                    "sheet a-b frozen A2", "s:结算编号|s:说明|s:总额|s:笔数|s:日期",
                    "s:44030000000009999999|s:=1+1|n:-1234.5|n:3|d:2024-06-03 00:00:00",
                    "s:00012||n:1000000000000|n:0|",
                    "s:5-1|s:two", "lines|n:0.29|n:-1|d:2024-12-31 00:00:00",
                ])
        }
    }

    @Test func `a table that is longer than a sheet goes on in the next, with its header`() throws {
        try withFolder { folder in
            let path = folder + "/t.xlsx"
            let book = try Workbook(path: path, sheet: "long", Self.columns, .english, sheetRowsMax: 3)
            for number in 1...5 { try book.append(csv: line("s\(number)", "", Int64(number), number, "")) }
            try book.finish()
            let header = "s:settlement_id|s:note|s:total|s:count|s:day"
            let rows = try read(path)
            #expect(rows.filter { $0 == header }.count == 3)
            #expect(
                rows.filter { $0.hasPrefix("sheet") }.map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
                    == ["long frozen A2", "long 2 frozen A2", "long 3 frozen A2"])
            #expect(rows.filter { $0.hasPrefix("s:s") && $0 != header }.map { $0.prefix(4) } == ["s:s1", "s:s2", "s:s3", "s:s4", "s:s5"])
        }
    }

    @Test func `the same rows give the same bytes, from memory and from a file`() throws {
        try withFolder { folder in
            let rows = line("a", "b", 1, 2, "2024-01-01") + line("c", "d", 3, 4, "")
            for name in ["1", "2"] {
                let sink = try TableSink(
                    path: "\(folder)/\(name).xlsx", sheet: "t", Self.columns, .english, isWorkbook: true)
                sink.bytes += rows
                try sink.finish()
            }
            let file = try TableSink(path: folder + "/t.csv", sheet: "t", Self.columns, .english)
            file.bytes += rows
            try file.finish()
            try Workbook.convert(csv: folder + "/t.csv", Self.columns, .english, to: folder + "/3.xlsx")
            let one = try Data(contentsOf: URL(fileURLWithPath: folder + "/1.xlsx"))
            #expect(try one == Data(contentsOf: URL(fileURLWithPath: folder + "/2.xlsx")))
            #expect(try one == Data(contentsOf: URL(fileURLWithPath: folder + "/3.xlsx")))
            let csv = try Data(contentsOf: URL(fileURLWithPath: folder + "/t.csv"))
            #expect(csv.starts(with: [0xEF, 0xBB, 0xBF]))
        }
    }

    @Test func `a workbook that cannot be written is said so`() throws {
        let problem = #expect(throws: FileProblem.self) {
            try Workbook(path: "/no/such/directory/t.xlsx", sheet: "t", Self.columns, .english)
        }
        #expect(problem?.path == "/no/such/directory/t.xlsx")
        let device = #expect(throws: FileProblem.self) {
            try Workbook(path: "/dev/full", sheet: "t", Self.columns, .english)
        }
        #expect(device?.reason.contains("no file") == true)
    }
}
