import Foundation
import Policy
import Population
import Settlement
import TestSupport
import Testing

/// Files whose columns have the national platform's names.
@Suite struct `Claims files with the platform's columns` {
    private static let header =
        "medins_setl_id,psn_no,insutype,psn_type,med_type,medfee_sumamt,fulamt_ownpay_amt,overlmt_selfpay,"
        + "preselfpay_amt,inscp_scp_amt,acct_used_flag,fund_pay_sumamt,region,service_date"

    private static func read(_ text: String) throws -> (rows: [ClaimRow], problems: [RowProblem]) {
        var reader = try ClaimFileReader(MemorySource(text))
        var row = WorkedExamples.all[0]
        var rows: [ClaimRow] = []
        var problems: [RowProblem] = []
        while true {
            switch try reader.next(&row) {
            case .row: rows.append(row)
            case .bad(let problem): problems.append(problem)
            case .end: return (rows, problems)
            }
        }
    }

    @Test func `are read as ours, amounts in yuan and codes as they are`() throws {
        let (rows, problems) = try Self.read(
            Self.header + "\nS1,2,310,1201,11,100.00,10.00,20,30.5,39.50,0,25.00,chongqing,2024-06-03\n"
                + "S2,3,390,1501,21,7,0,0,0,7,1,,chongqing,2024-06-03\n")
        try #require(problems.isEmpty && rows.count == 2)
        let first = rows[0]
        #expect(first.id == "S1" && first.person.text == "2")
        #expect(first.person.facts.insurance == .employee && first.person.facts.status == .retired)
        #expect(first.claim.claim.kind == .outpatient && first.claim.claim.accountUse == .none)
        #expect(
            first.claim.claim.cost
                == CostSplit(total: 100_00, outOfCatalog: 10_00, overLimit: 20_00, firstSelfPay: 30_50, inPolicy: 39_50))
        #expect(first.printed.fund == 25_00)
        #expect(rows[1].person.facts.insurance == .resident && rows[1].person.facts.status == .unspecified)
        #expect(rows[1].claim.claim.kind == .inpatient && rows[1].claim.claim.accountUse == .standard)
    }

    @Test func `may be written in capitals, as databases do`() throws {
        let (rows, problems) = try Self.read(
            Self.header.uppercased().replacing("REGION,SERVICE_DATE", with: "region,service_date")
                + "\nS1,2,310,11,14,1,0,0,0,1,,,chongqing,2024-06-03\n")
        #expect(problems.isEmpty && rows.map(\.claim.claim.kind) == [.special])
    }

    /// Codes that cities add, or that mean something else, are not guessed at.
    @Test(arguments: [("insutype", "340"), ("psn_type", "1300"), ("med_type", "41"), ("med_type", "9901")])
    func `a code that is not the same everywhere is refused by its column and value`(name: String, code: String) throws {
        let names = Self.header.split(separator: ",").map(String.init)
        var values = ["S1", "2", "310", "11", "11", "1", "0", "0", "0", "1", "", "", "chongqing", "2024-06-03"]
        let place = try #require(names.firstIndex(of: name))
        values[place] = code
        let (rows, problems) = try Self.read(Self.header + "\n" + values.joined(separator: ",") + "\n")
        #expect(rows.isEmpty && problems.map(\.value) == [code])
    }

    @Test(arguments: [("psn_name", "G-14"), ("CERTNO", "G-14"), ("hosp_lv", "CQ-44"), ("begntime", "service_date")])
    func `a column that is not taken says why and what to do`(name: String, word: String) {
        #expect(throws: HeaderProblem.self) { try Self.read(Self.header + ",\(name)\n") }
        do { _ = try Self.read(Self.header + ",\(name)\n") } catch {
            let text = "\(error)"
            #expect(text.contains("\"\(name)\" (number 15)") && text.contains(word), "\(text)")
        }
    }

    @Test func `both names of one column are one too many`() {
        do {
            _ = try Self.read(Self.header + ",total\n")
            Issue.record("it is read")
        } catch { #expect("\(error)".contains("column \"total\" stands twice")) }
    }

    /// What the platform calls a column must not be what another of the same file is called.
    static func ambiguous(_ columns: [FileColumn]) -> [String] {
        var owners: [String: Int] = [:]
        for name in columns.flatMap({ [$0.name, $0.chinese] + $0.platform }) { owners[name, default: 0] += 1 }
        return owners.filter { $0.value > 1 }.map(\.key)
    }

    @Test func `every name that is read stands on the page of the platform's fields`() throws {
        let page = try String(
            contentsOf: Project.root.appending(path: "docs/calling/platform.md"), encoding: .utf8)
        let section = try #require(page.components(separatedBy: "## Files with the platform's column names").last)
        let files: [(PlatformColumn.File, [String])] = [
            (.claims, ClaimColumn.allCases.map(\.rawValue)),
            (.books, ["settlement_id", "is_reversal", "total", "fund_total", "account_total", "cash", "visit"]),
            (.institutions, ["code", "name"]), (.special, ["disease", "from", "until"]),
            (.other, ["person_no", "institution"]),
        ]
        for (file, columns) in files {
            for column in columns {
                let names = PlatformColumn.names(of: column, in: file)
                for name in names { #expect(section.contains("`\(name)`"), "\(file): \(column)") }
                #expect(names.isEmpty || section.contains("`\(column)`"), "\(file): \(column)")
            }
        }
    }

    @Test func `no name stands for two columns, and one that did would be found`() {
        #expect(Self.ambiguous(ClaimColumn.allCases.map(\.fileColumn)) == [])
        #expect(ClaimColumn.allCases.map(\.fileColumn).filter { !$0.platform.isEmpty }.count >= 14)
        var wrong = ClaimColumn.allCases.map(\.fileColumn)
        wrong[0].platform = ["psn_no"]
        #expect(Self.ambiguous(wrong) == ["psn_no"])
    }
}
