import Lists
import Policy
import Population
import Records
import Registry
import Settlement
import Testing

@Suite struct `Contracts, two diseases and surveys by area` {
    let desk: ListDesk

    init() throws {
        desk = try ListDesk()
        for person in 1...5 as ClosedRange<UInt64> { desk.person(person, "shenyang", "210112101", ListDesk.poor) }
        desk.person(6, "shenyang", "210112102", ListDesk.poor)
        desk.person(7, "shenyang", "210112102")
        desk.person(8, "shenyang", "", ListDesk.poor)
        for (person, needs) in [(1, SurveyAnswer.yes), (2, .no), (3, .yes)] {
            let entry = SurveyEntry(
                area: "210112101", surveyed: CalendarDate(2020_09_01), knowsPolicy: .no, needsTwoDisease: needs,
                unsolved: person == 3 ? "=SUM(A1)" : "")
            desk.put([.survey(person: UInt64(person), entry)])
        }
        // Who is not poor by the register does not count, filed or not.
        for (person, day) in [(1, 2020_09_18), (2, 2020_09_19), (7, 2020_09_01)] as [(UInt64, Int32)] {
            let filing = Qualification(
                number: 1, disease: "diabetes", inForce: DateRange(from: CalendarDate(day)), institution: 1,
                way: .twoDisease)
            desk.put([.qualified(person: person, filing)])
        }
        desk.put([.contract(person: 1, OutpatientContract(institution: 1, since: CalendarDate(2020_05_01)))])
    }

    @Test func `SY-8: the share is of all registered poor of the area, surveyed or not, against the deadline`() throws {
        #expect(
            try desk.table(.contractProgress, "shenyang").csv == """
                county,area_code,area,registered_poor,surveyed,two_disease_needed,filed_in_time,filed_late,not_filed,\
                filed_percent,contracted,without_contract,contracted_percent
                "",,,1,0,0,0,0,0,0.00,0,1,0.00
                浑南区,210112101,甲镇,5,3,2,1,1,1,40.00,1,4,20.00
                浑南区,210112102,乙镇,1,0,0,0,0,0,0.00,0,1,0.00

                """)
        // On the deadline itself the late one is still missing.
        let earlier = try desk.rows(.contractProgress, "shenyang") {
            $0.day = CalendarDate(2020_09_18)
            $0.area = "210112101"
        }
        #expect(earlier == ["浑南区,210112101,甲镇,5,3,2,1,0,1,20.00,1,4,20.00"])
        let county = try desk.rows(.contractProgress, "shenyang") { ($0.byCounty, $0.area) = (true, "210112") }
        #expect(county == ["浑南区,210112,,6,3,2,1,1,1,33.33,1,5,16.67"])
    }

    @Test func `SY-10: the results report of a day, with two diseases in use`() throws {
        func used(_ person: UInt64, _ day: Int32) {
            desk.visits.append(
                SettledVisit(
                    person: person, disease: "", level: .one, kind: .twoDisease, serviceDate: CalendarDate(day)))
        }
        used(1, 2020_09_19)
        used(2, 2020_09_21)
        // Not filed: a claim alone is no use of a filing.
        used(3, 2020_09_19)
        let rows = try desk.rows(.poorResults, "shenyang") { ($0.day, $0.area) = (CalendarDate(2020_09_20), "210112") }
        #expect(
            rows == [
                "浑南区,210112101,甲镇,5,1,20.00,2,40.00,1,20.00", "浑南区,210112102,乙镇,1,0,0.00,0,0.00,0,0.00",
            ])
        #expect(try refusal { _ = try desk.table(.poorResults, "yantai") }?.code == .noRule)
    }

    @Test func `SY-8: the register says who has filed or signed, where and since when, with names`() throws {
        #expect(
            try desk.rows(.contracts, "shenyang") { $0.language = .chinese } == [
                "1,浑南区,210112101,甲镇,两病备案,diabetes,糖尿病,H1,甲镇卫生院,2020-09-18,",
                "1,浑南区,210112101,甲镇,门诊统筹签约,,,H1,甲镇卫生院,2020-05-01,",
                "2,浑南区,210112101,甲镇,两病备案,diabetes,糖尿病,H1,甲镇卫生院,2020-09-19,",
                "7,浑南区,210112102,乙镇,两病备案,diabetes,糖尿病,H1,甲镇卫生院,2020-09-01,",
            ])
    }

    @Test func `SY-8, YE-6: the problem ledger has exactly the columns of annex 2, and no cell that begins a formula`() throws {
        let table = try desk.table(.problems, "shenyang") { $0.language = .chinese }
        #expect(
            table.csv == """
                序号,乡镇,姓名,是否了解医保扶贫政策,是否为高血压、糖尿病应纳入两病保障范围,是否需要纳入门诊慢性病保障范围,是否纳入门诊统筹或住院保障范围,解决的问题,需要解决的其他问题
                1,甲镇,1,否,是,,,,
                2,甲镇,2,否,否,,,,
                3,甲镇,3,否,是,,,,'=SUM(A1)

                """)
        #expect(try desk.rows(.problems, "shenyang") { $0.day = CalendarDate(2020_08_31) }.isEmpty)
    }

    @Test func `SY-8: who had high cost or repeated stays in two years, the highest cost first`() throws {
        func stay(_ person: UInt64, _ day: Int32, _ total: Fen) {
            desk.visits.append(
                SettledVisit(
                    person: person, disease: "", level: .two, kind: .inpatient, serviceDate: CalendarDate(day),
                    total: total))
        }
        stay(1, 2018_10_01, 30_000_00)
        stay(2, 2018_09_30, 90_000_00)
        for day: Int32 in [2020_01_01, 2020_02_01, 2020_03_01] { stay(6, day, 100_50) }
        stay(7, 2020_01_01, 90_000_00)
        let rows = try desk.rows(.inspection, "shenyang") { ($0.costFrom, $0.staysFrom) = (30_000_00, 3) }
        #expect(
            rows == [
                "1,浑南区,210112101,甲镇,30000.00,1,yes,no", "6,浑南区,210112102,乙镇,301.50,3,no,yes",
            ])
    }

    @Test func `G-17: a list is taken by an area of its region, and of no other`() throws {
        #expect(try refusal { _ = try desk.table(.contracts, "shenyang") { $0.area = "370602" } }?.code == .recordConflict)
        #expect(try refusal { _ = try desk.table(.contracts, "shenyang") { $0.area = "9" } }?.code == .recordUnknown)
        #expect(try desk.rows(.contracts, "shenyang") { $0.area = "210112102" }.count == 1)
        #expect(try desk.rows(.contracts, "shenyang") { $0.area = "210112" }.count == 4)
    }

    @Test func `G-17: what townships come to together is what their county comes to, whoever lives where`() throws {
        let seed: UInt64 = 20_200_930
        print("seed \(seed)")
        var random = RandomStream(seed: seed)
        for person in 100...400 as ClosedRange<UInt64> {
            let area = ["210112101", "210112102", "210112"][Int(random.below(3))]
            desk.person(person, "shenyang", area)
            if random.below(2) == 0 { desk.put(ListDesk.poor, of: person) }
            if random.below(3) == 0 {
                desk.put([.contract(person: person, OutpatientContract(institution: 1, since: CalendarDate(2020_05_01)))])
            }
        }
        func sums(_ rows: [String]) -> [Int] {
            rows.map { $0.split(separator: ",", omittingEmptySubsequences: false).dropFirst(3).compactMap { Int($0) } }
                .reduce([]) { sum, row in sum.isEmpty ? row : zip(sum, row).map(+) }
        }
        for list in [OfficeList.contractProgress, .poorResults] {
            let towns = try desk.rows(list, "shenyang") { $0.area = "210112" }
            let county = try desk.rows(list, "shenyang") { ($0.area, $0.byCounty) = ("210112", true) }
            #expect(county.count == 1 && sums(towns) == sums(county))
        }
    }
}
