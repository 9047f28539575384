import Foundation
import Testing

/// Claims files as spreadsheets, databases and the platform write them.
@Suite struct `Files as they come` {
    private static let header = "id,region,person,insurance,membership,status,kind,service_date,level,total,in_policy"
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private struct Calculated {
        var code: Int32
        /// Cells of the rows, without the header.
        var results: [[String]]
        var errors: [[String]]
        var bytes: (results: Data, errors: Data)
        var output: String
    }

    private func calculate(_ text: String, _ more: String...) throws -> Calculated {
        try Program.withFolder { folder in
            let files = ["claims.csv", "results.csv", "errors.csv"].map { folder.appendingPathComponent($0) }
            try Data(text.utf8).write(to: files[0])
            let ended = try Program.run(
                ["calculate", files[0].path, "--out", files[1].path, "--errors", files[2].path] + more)
            func rows(_ file: URL) throws -> [[String]] {
                try String(decoding: Data(contentsOf: file).dropFirst(3), as: UTF8.self).split(separator: "\n").dropFirst()
                    .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
            }
            return Calculated(
                code: ended.code, results: try rows(files[1]), errors: try rows(files[2]),
                bytes: (try Data(contentsOf: files[1]), try Data(contentsOf: files[2])), output: ended.output)
        }
    }

    private func row(_ id: String, _ person: Int, _ date: String, _ amount: String) -> String {
        "\(id),chongqing,\(person),employee,employer,active,outpatient,\(date),3,\(amount),\(amount)"
    }

    @Test func `a day as a Chinese spreadsheet writes it is read: 2024/6/3`() throws {
        let read = try calculate("\u{FEFF}\(Self.header)\r\n\(row("a", 32, "2024/6/3", "1234.5"))\r\n")
        #expect(read.code == 0 && read.errors.isEmpty)
        // 50 % of what is above the deductible of 200 yuan.
        #expect(read.results.map { [$0[1], $0[4], $0[5], $0[15]] } == [["a", "1234.50", "517.25", "717.25"]])
    }

    @Test func `amounts as databases write them are read: 1234.5000 and .50`() throws {
        let read = try calculate(
            [Self.header, row("a", 32, "2024-06-03", "1234.5000"), row("b", 33, "2024-06-03", ".50")]
                .joined(separator: "\n"))
        #expect(read.code == 0 && read.results.map { $0[4] } == ["1234.50", "0.50"])
    }

    @Test func `rows of empty cells are skipped like empty lines`() throws {
        let read = try calculate(
            [Self.header, row("a", 32, "2024-06-03", "100"), ",,,,,,,,,,", ",,,,,,,,,,", ""]
                .joined(separator: "\r\n"))
        #expect(read.code == 0 && read.results.count == 1 && read.errors.isEmpty)
    }

    @Test func `tabs that the platform puts behind values are no part of them, in ids neither`() throws {
        let tabbed = row("a", 32, "2024-06-03", "100.00").split(separator: ",").map { $0 + "\t" }.joined(separator: ",")
        let read = try calculate(Self.header + "\n" + tabbed + "\n")
        #expect(read.code == 0 && read.results.map { [$0[1], $0[3], $0[4]] } == [["a", "32", "100.00"]])
    }

    @Test func `no id becomes a formula or is shortened, and one with a control character is refused`() throws {
        let ids = ["=1+1", "@x", "+5", "-5", "44030000000009999999", "007", "S1"]
        let lines = ids.enumerated().map { row($1, 32 + $0, "2024-06-03", "100") } + [row("a\u{0}b", 60, "2024-06-03", "100")]
        let read = try calculate(([Self.header] + lines).joined(separator: "\n"))
        #expect(read.code == 1)
        #expect(
            read.results.map { $0[1] } == ["'=1+1", "'@x", "'+5", "'-5", "44030000000009999999\t", "007\t", "S1"])
        #expect(read.errors.map { [$0[0], $0[2], $0[3], $0[4]] } == [["9", "id", "a␀b", "MALFORMED"]])
        #expect(read.errors[0][6].contains("control character"))
    }

    @Test func `results and errors begin with the mark, and their header is Chinese on request`() throws {
        let text = Self.header + "\n" + row("a", 32, "2024-06-03", "-100.00") + "\n"
        let read = try calculate(text)
        #expect(read.bytes.results.starts(with: Self.mark) && read.bytes.errors.starts(with: Self.mark))
        #expect(read.errors.map { [$0[0], $0[2], $0[3], $0[4]] } == [["2", "total", "'-100.00", "AMOUNT_OUT_OF_RANGE"]])
        let chinese = try calculate(text, "--headings", "zh")
        #expect(String(decoding: chinese.bytes.errors, as: UTF8.self).contains("行号,编号,列,内容,错误代码,规则,原因\n"))
        #expect(String(decoding: chinese.bytes.results, as: UTF8.self).contains("行号,编号,统筹区,人员编号,医疗费总额,"))
    }

    @Test func `thousands separators are refused clearly`() throws {
        let read = try calculate(Self.header + "\n" + row("a", 32, "2024-06-03", "\"1,234.50\"") + "\n")
        #expect(read.code == 1 && read.errors.count == 1)
        #expect(read.errors[0].joined(separator: ",").contains("without separators"))
    }

    @Test func `calculate says that it does not compare rows`() throws {
        let twice = [Self.header, row("a", 32, "2024-06-03", "100"), row("a", 32, "2024-06-03", "100")]
        let read = try calculate(twice.joined(separator: "\n"))
        #expect(read.code == 0 && read.results.count == 2)
        #expect(read.output.contains("rows are not compared with each other"))
        let json = try object(try Program.run("calculate", "-", "--json", input: twice.joined(separator: "\n")).output)
        #expect(json["rows_compared_with_each_other"] as? Bool == false)
    }

    @Test func `a column that is named twice, in English or Chinese, is refused`() throws {
        for header in ["total,total", "total,医疗费总额"] {
            let ended = try Program.run("calculate", "-", input: "region,person,kind,service_date,\(header)\n")
            #expect(ended.code == 3 && ended.complaint.contains("\"total\" stands twice (numbers 5 and 6)"))
        }
    }
}

@Suite struct `A year's end over files as they come` {
    private static let header = "id,region,person,insurance,kind,service_date,level,total,in_policy,external_basic\n"
    private static let stay = "k1,yantai,4,resident,inpatient,2024-03-05,3,50000,50000,20000\n"

    private func close(_ claims: String, persons: String? = nil, _ more: String...) throws -> (
        ended: Program.Ended, file: (String) throws -> String, folder: ScratchDirectory
    ) {
        let folder = try ScratchDirectory()
        func write(_ name: String, _ text: String) throws -> String {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/" + name))
            return folder.path + "/" + name
        }
        var arguments = [
            "year-end", "--year", "2024", "--claims", try write("claims.csv", claims), "--out", folder.path + "/out",
            "--audit",
        ]
        if let persons { arguments += ["--persons", try write("persons.csv", persons)] }
        let ended = try Program.run(arguments + more)
        return (ended, { String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder.path + "/out/" + $0)), as: UTF8.self) }, folder)
    }

    @Test func `a refused row ends the run with 1 and stands in refused.csv`() throws {
        let persons = "person,region,insurance,identities\n4,yantai,resident,low_income:2024-01-10\n"
        let slash = try close(
            Self.header + Self.stay + "k2,yantai,4,resident,inpatient,2024/6/5,3,30000,30000,10000\n", persons: persons)
        #expect(slash.ended.code == 0, "\(slash.ended.complaint)")
        #expect(slash.ended.output.contains("2024: 2 settlements"))
        let bad = try close(
            Self.header + Self.stay + "k2,yantai,4,resident,inpatient,5.6.2024,3,30000,30000,10000\n", persons: persons)
        #expect(bad.ended.code == 1 && bad.ended.complaint.contains("1 row is refused: see "))
        #expect(bad.ended.output.contains("2024: 1 settlement"))
        #expect(try bad.file("refused.csv").contains("3,k2,service_date,5.6.2024\t,MALFORMED,"))
        let person = try close(Self.header + Self.stay, persons: persons + "x,yantai,resident,\n")
        #expect(person.ended.code == 1)
        #expect(try person.file("refused.csv").contains("3,,person,x,MALFORMED,"))
        let all = try close(Self.header + "k2,yantai,4,resident,inpatient,x,3,1,1,0\n")
        #expect(all.ended.code == 1)
    }

    @Test func `SY-4, YE-1: the same row twice is paid once, and said`() throws {
        let once = try close(Self.header + Self.stay)
        let twice = try close(Self.header + Self.stay + Self.stay)
        #expect(twice.ended.code == 0 && twice.ended.output.contains("rows that stand twice, counted once: 1"))
        #expect(try twice.file("funds.csv") == once.file("funds.csv"))
        let other = try close(Self.header + Self.stay + Self.stay.replacing("50000,50000", with: "60000,60000"))
        #expect(other.ended.code == 1)
        #expect(try other.file("funds.csv") == once.file("funds.csv"))
        #expect(try other.file("refused.csv").contains("3,k1,id,k1,RECORD_CONFLICT,,\"line 2 has the same id"))
    }

    @Test func `workbooks stand beside the files, with Chinese headings on request`() throws {
        let closed = try close(Self.header + Self.stay, "--xlsx", "--headings", "zh")
        #expect(closed.ended.code == 0, "\(closed.ended.complaint)")
        #expect(try closed.file("funds.csv").hasPrefix("\u{FEFF}统筹区,承担方代码,承担方,类别,基金代码,"))
        let script = """
            import sys, glob, openpyxl
            for path in sorted(glob.glob(sys.argv[1] + "/out/*.csv")):
                sheet = openpyxl.load_workbook(path[:-4] + ".xlsx").active
                lines = open(path, encoding="utf-8-sig").read().splitlines()
                assert sheet.freeze_panes == "A2", path
                assert sheet.max_row == len(lines), path
                assert [c.value for c in sheet[1]] == lines[0].split(","), path
                print(path.split("/")[-1], sheet.max_row - 1)
            funds = openpyxl.load_workbook(sys.argv[1] + "/out/funds.xlsx").active
            for row in funds.iter_rows(min_row=2):
                assert all(cell.data_type == "n" for cell in row[5:]), row
            print("total", round(sum(row[7].value for row in funds.iter_rows(min_row=2)), 2))
            """
        let read = try Program.run(URL(fileURLWithPath: "/usr/bin/python3"), ["-c", script, closed.folder.path])
        #expect(read.code == 0, "\(read.complaint)")
        #expect(read.output.contains("clearing.csv 2\n") && read.output.contains("total 50000"), "\(read.output)")
    }

    @Test func `a total of an institution that nobody has, or two totals of one, is refused`() throws {
        let folder = try ScratchDirectory()
        func totals(_ text: String) throws -> Program.Ended {
            let path = folder.path + "/totals.csv"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return try close(Self.header + Self.stay, "--institution-totals", path).ended
        }
        #expect(try totals("institution,total\nlevel 3,1000\nlevel 3 ,1000.00\n").code == 0)
        let unknown = try totals("institution,total\nH1,1000\n")
        #expect(unknown.code == 3 && unknown.complaint.contains("H1"))
        let two = try totals("机构编号,年度总额\nlevel 3,1000\nlevel 3,1001\n")
        #expect(two.code == 3 && two.complaint.contains("lines 2 and 3"))
        #expect(try totals("institution,total\nlevel 3,x\n").complaint.contains("line 2: total \"x\""))
    }

    @Test func `a surplus of one region is named once (rule SY-4)`() throws {
        let ended = try close(Self.header + Self.stay, "--surplus", "shenyang=1", "--surplus", "shenyang=2").ended
        #expect(ended.code == 2 && ended.complaint.contains("shenyang twice"))
    }
}

/// A folder that is gone with its last user.
final class ScratchDirectory {
    let path = FileManager.default.temporaryDirectory.path + "/jiesuan-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
