import Policy
import Population
import Settlement
import Testing

@Suite struct `Claims files` {
    static let header = "id,region,person,kind,service_date,total,in_policy,identities,filings,accounts,level,insurance"

    /// The claims and problems of a file.
    private func read(_ text: String) throws -> (rows: [ClaimRow], problems: [RowProblem]) {
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

    @Test func `every column is written and read back`() throws {
        let claim = Claim(
            kind: .inpatient, serviceDate: CalendarDate(2023_07_01),
            cost: CostSplit(
                total: 10_00, outOfCatalog: 1_00, overLimit: 2_00, firstSelfPay: 3_00, inPolicy: 4_00,
                inPolicyDrug: 5_00, specialDrug: 6_00),
            institution: Institution(level: .two, isChineseMedicine: true, isCountyArea: true, isOutOfCity: true),
            externalBasic: 7_00, externalLargeAmount: 8_01, accountUse: .all, referredFrom: .one)
        let facts = PersonFacts(
            insurance: .employee, membership: .tier2, status: .retired,
            covered: DateRange(from: CalendarDate(2023_01_01), until: CalendarDate(2023_12_31)),
            boughtOn: CalendarDate(2022_12_01), hasPreExistingDisease: true)
        let person = PersonRecord(
            number: PersonNumbers.firstOfTexts - 1, facts: facts,
            identities: [
                DatedIdentity(.lowIncome, given: CalendarDate(2023_02_10), ended: CalendarDate(2023_09_30)),
                DatedIdentity(.monitored, given: CalendarDate(2023_05_05)),
            ],
            filings: [
                FilingRecord(disease: "copd", inForce: DateRange()),
                FilingRecord(disease: "dialysis", inForce: DateRange(until: CalendarDate(2023_12_31))),
                FilingRecord(disease: "other", inForce: DateRange(from: CalendarDate(2023_01_31))),
            ],
            product: "yukuaibao_2023_basic",
            accounts: [AccountState(balance: 1_260_00), AccountState(relation: .spouse, balance: 5)])
        let row = ClaimRow(
            line: 2, id: "a,\"b\"", region: "chongqing", person: person,
            claim: ClaimRecord(claim, disease: "dialysis"), printed: PrintedResult(fund: 1, account: 2, cash: 3))
        var bytes: [UInt8] = []
        let writer = ClaimFileWriter(hasPrinted: true)
        for isChinese in [false, true] {
            bytes.removeAll()
            writer.appendHeader(to: &bytes, hasMark: isChinese, isChinese: isChinese)
            writer.append(row, to: &bytes)
            let (rows, problems) = try read(String(decoding: bytes, as: UTF8.self))
            #expect(problems.isEmpty)
            #expect(rows == [row])
        }
    }

    @Test func `Chinese words are read`() throws {
        let (rows, problems) = try read(
            """
            统筹区,人员编号,医疗类别,服务日期,医疗费总额,险种,参保方式,人员类别,机构等级,救助身份,个人账户余额
            chongqing,1,住院,2024-01-01,1.00,职工,单位,退休,三级,低保:2023-01-01,本人:1.00;配偶:2.00

            """)
        #expect(problems.isEmpty)
        let row = try #require(rows.first)
        #expect(row.claim.claim.kind == .inpatient)
        #expect(row.person.facts.insurance == .employee)
        #expect(row.person.facts.status == .retired)
        #expect(row.claim.claim.institution.level == .three)
        #expect(row.person.identities.map(\.identity) == [.lowIncome])
        #expect(row.person.accounts.map(\.relation) == [.own, .spouse])
    }

    @Test(arguments: [
        ("person", "x1"), ("person", ""), ("person", "-1"), ("person", "1844674407370955161618446744073"),
        ("kind", "surgery"), ("kind", ""), ("service_date", "2023-02-30"), ("service_date", "1.2.2023"),
        ("service_date", ""), ("total", "0.005"), ("total", "1,000"), ("total", ""), ("total", "12345678901234"),
        ("in_policy", "abc"), ("identities", "low_income"), ("identities", "rich:2023-01-01"),
        ("identities", "low_income:2023-13-01"), ("identities", "low_income:2023-01-01..x"),
        ("filings", "copd:20230230"), ("accounts", "100"), ("accounts", "spouse:1.00"), ("accounts", "self:0.001"),
        ("accounts", "friend:1.00"), ("level", "4"), ("insurance", "private"),
        ("accounts", String(repeating: "self:1.00;", count: 9)),
        ("filings", String(repeating: "copd;", count: 65)),
        ("region", String(repeating: "x", count: 65)), ("id", String(repeating: "x", count: 65)),
    ])
    func `a bad value names its line, its column, itself, why, and what to do`(column: String, value: String) throws {
        var good = [
            "id": "7", "region": "chongqing", "person": "1", "kind": "outpatient", "service_date": "2024-01-01",
            "total": "1.00", "in_policy": "1.00", "level": "2", "insurance": "employee",
        ]
        func line() -> String {
            Self.header.split(separator: ",").map { "\"\(good[String($0)] ?? "")\"" }.joined(separator: ",")
        }
        let first = line()
        good[column] = value
        let (rows, problems) = try read([Self.header, first, line(), first].joined(separator: "\n"))
        #expect(rows.map(\.line) == [2, 4], "the rest is read")
        let problem = try #require(problems.first)
        #expect(problems.count == 1)
        #expect(problem.line == 3)
        #expect(problem.column == column)
        #expect(problem.value.hasPrefix(value.prefix(RowProblem.valueBytesMax)))
        #expect(problem.value.utf8.count <= RowProblem.valueBytesMax + 3)
        #expect(problem.message.count > 10)
    }

    @Test func `a row with too few or too many values is refused`() throws {
        let (rows, problems) = try read("region,person,kind,service_date,total\na,1\na,1,special,20240101,1.00,x\n")
        #expect(rows.isEmpty)
        #expect(problems.map(\.line) == [2, 3])
    }

    @Test(arguments: [
        ("", "empty"), ("region,person,kind,service_date,total,colour\n", "colour"),
        ("region,person,kind,service_date,total,total\n", "twice"), ("region,person,kind,service_date\n", "total"),
        ("region;person;kind\n", "unknown column"), ("\"region\n", "quote"),
    ])
    func `a bad header ends the file and says why`(text: String, word: String) {
        let problem = #expect(throws: HeaderProblem.self) { try ClaimFileReader(MemorySource(text)) }
        #expect(problem?.message.contains(word) == true, "\(problem?.message ?? "")")
    }

    @Test func `a file in another encoding is refused`() throws {
        // 统筹 in GBK, which is no column: nobody knows that it is GBK.
        let gbk: [UInt8] = [0xCD, 0xB3, 0xB3, 0xEF, 0x0A]
        let problem = #expect(throws: HeaderProblem.self) { try ClaimFileReader(MemorySource(gbk)) }
        #expect(problem?.message.contains("CSV UTF-8") == true)
        // UTF-16 without its mark.
        let wide = Array("region".utf8).flatMap { [$0, UInt8(0)] }
        let other = #expect(throws: HeaderProblem.self) { try ClaimFileReader(MemorySource(wide)) }
        #expect(other?.message.contains("UTF-16") == true)
        // 门诊 in GBK behind an English header: the value is told, not its garbled bytes' meaning.
        let text =
            Array("region,person,kind,service_date,total\nchongqing,1,".utf8) + [0xC3, 0xC5, 0xD5, 0xEF]
            + Array(",20240101,1.00\n".utf8)
        var reader = try ClaimFileReader(MemorySource(text))
        var row = WorkedExamples.all[0]
        guard case .bad(let told) = try reader.next(&row) else {
            Issue.record("it was read")
            return
        }
        #expect(told.column == "kind" && told.message.contains("CSV UTF-8"))
    }

    @Test(arguments: [
        ("a\u{0}b", "control character"), ("a\u{7F}", "control character"), ("5.00101E+29", "spreadsheet has shortened"),
        ("1E+05", "spreadsheet has shortened"),
    ])
    func `an id that nobody can compare is refused by what it is`(id: String, reason: String) throws {
        let (rows, problems) = try read("id,region,person,kind,service_date,total\n\(id),a,1,special,20240101,1.00\n")
        #expect(rows.isEmpty)
        #expect(problems.first?.column == "id" && problems.first?.message.contains(reason) == true)
    }

    @Test(arguments: ["1E5", "E+05", "1.E+05x", "5.00101E+", "A1E+05"])
    func `an id that only looks like it is taken`(id: String) throws {
        let (rows, _) = try read("id,region,person,kind,service_date,total\n\(id),a,1,special,20240101,1.00\n")
        #expect(rows.map(\.id) == [id])
    }
}
