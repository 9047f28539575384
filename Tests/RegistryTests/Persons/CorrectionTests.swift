import Population
import Records
import Registry
import RegistryFiles
import Settlement
import Testing

@Suite struct `What is registered can be corrected` {
    private let office: Office

    init() throws {
        office = try Office()
        office.person(1, born: 1950_01)
    }

    private func born(_ month: Int32, corrects: UInt16 = 0) -> RegistryRequest {
        .person(1, PersonBasics(region: "chongqing", birthMonth: month), corrects: corrects)
    }

    private func move(_ region: String, _ day: Int32, corrects: UInt16 = 0) -> RegistryRequest {
        .person(1, PersonBasics(region: region, birthMonth: 1950_01, since: CalendarDate(day)), corrects: corrects)
    }

    private func region(on day: Int32) -> String? {
        office.registry.people.basics(of: 1, on: CalendarDate(day))?.region
    }

    private var standing: [UInt16] { office.registry.people.standing(of: 1).map(\.number) }

    @Test func `CQ-30: a month of birth corrected to another and back is what it was`() {
        #expect(office.ask(born(1960_01)) == nil)
        #expect(office.ask(born(1950_01)) == nil)
        #expect(office.registry.people.basics(of: 1, on: CalendarDate(2024_06_01))?.birthMonth == 1950_01)
        #expect(office.events(born(1950_01)) == [], "put again it stands")
        #expect(standing == [3])
        #expect(office.registry.people.history(of: 1).map(\.supersededBy) == [2, 3, 0])
    }

    @Test func `a snapshot and the journal of an earlier version give the same person`() throws {
        // Earlier a correction did not say what it corrects.
        for month in [1960_01, 1950_01] as [Int32] {
            office.put(.basics(PersonBasics(region: "chongqing", birthMonth: month)), of: 1)
        }
        #expect(standing == [3])
        var writer = ByteWriter()
        office.registry.people.encodeSnapshot(of: 1, to: &writer)
        let copy = PersonRegister()
        try [UInt8](writer.bytes).withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            try copy.decodeSnapshot(of: 1, from: &reader)
        }
        #expect(copy.history(of: 1) == office.registry.people.history(of: 1))
    }

    @Test func `CQ-32: a move is corrected, also to another day, and withdrawn`() {
        #expect(office.ask(move("yantai", 2024_03_01)) == nil)
        // Recorded for the wrong month: with the record's number, or it would be another move.
        #expect(office.ask(move("yantai", 2024_05_01, corrects: 2)) == nil)
        #expect(region(on: 2024_04_30) == "chongqing" && region(on: 2024_05_01) == "yantai")
        // On the same day another region takes its place without a number.
        #expect(office.ask(move("shenyang", 2024_05_01)) == nil)
        #expect(region(on: 2024_05_01) == "shenyang" && standing == [1, 4])
        #expect(office.ask(move("anhui", 2024_02_01))?.code == .recordConflict, "a later move stands")
        #expect(office.ask(move("anhui", 2024_09_01)) == nil)
        #expect(office.ask(.withdraw(1, 4)).map(\.code) == .recordConflict, "it corrected record 3")
        #expect(office.ask(.withdraw(1, 4, whole: true)) == nil)
        #expect(region(on: 2024_08_31) == "chongqing" && region(on: 2024_09_01) == "anhui")
        #expect(office.ask(.withdraw(1, 1))?.code == .recordConflict, "the registration itself")
        // The registration keeps no day, a move keeps one.
        #expect(office.ask(move("yantai", 2024_01_01, corrects: 1))?.field == "person.since")
        #expect(office.ask(born(1951_01, corrects: 5))?.field == "person.since")
        #expect(office.ask(born(1951_01, corrects: 1)) == nil)
    }

    @Test func `a person registered in the wrong region is corrected by the record's number though enrolled`() {
        office.put(
            .enrolment(Enrolment(.employee, covered: DateRange(from: CalendarDate(2022_01_01)))), of: 1)
        let right = PersonBasics(region: "yantai", birthMonth: 1950_01)
        let refusal = office.ask(.person(1, right))
        #expect(refusal?.field == "person.since" && refusal?.message.contains("record 1") == true)
        #expect(office.ask(.person(1, right, corrects: 1)) == nil)
        #expect(region(on: 2022_01_01) == "yantai")
        #expect(office.events(.person(1, right, corrects: 1)) == [])
    }

    // MARK: Ends

    @Test func `an office's list with those who left ends what it names, and once more changes nothing (G-11)`() {
        func row(ended: Int32) -> RegistryRequest {
            let dated = DatedIdentity(.lowIncome, given: CalendarDate(2024_01_10), ended: CalendarDate(ended))
            return .identity(1, IdentityRecord(dated, department: .civilAffairs), corrects: 0)
        }
        #expect(office.ask(row(ended: 0)) == nil)
        #expect(office.ask(row(ended: 2024_05_10)) == nil)
        #expect(standing == [1, 3])
        #expect(office.events(row(ended: 2024_05_10)) == [])
        #expect(office.ask(row(ended: 2024_06_10))?.code == .recordConflict, "another end is a correction")
        #expect(office.ask(row(ended: 0))?.code == .recordConflict, "it does not open again by itself")
    }

    @Test func `CQ-42: an ended special registration ends`() {
        func row(until: Int32, from: Int32 = 2020_01_01, corrects: UInt16 = 0) -> RegistryRequest {
            let days = DateRange(from: CalendarDate(from), until: CalendarDate(until))
            return .special(1, SpecialRegistration(disease: "haemophilia", inForce: days), corrects: corrects)
        }
        #expect(office.ask(row(until: 0)) == nil)
        #expect(office.events(row(until: 0)) == [])
        #expect(office.ask(row(until: 2023_12_31)) == nil)
        #expect(standing == [1, 3], "the open one does not stand beside it")
        #expect(office.ask(row(until: 0, from: 2023_06_01))?.rule == "CQ-42", "overlapping")
        #expect(office.ask(row(until: 0, from: 2024_06_01)) == nil, "registered anew")
        #expect(office.ask(row(until: 2024_03_31, corrects: 3)) == nil)
        #expect(office.ask(row(until: 2024_07_31, corrects: 5))?.code == .recordConflict)
    }

    @Test func `CQ-31: a relation ends on whoever's record it stands`() {
        office.person(2)
        #expect(office.ask(.family(1, FamilyMember(.child, 2), corrects: 0)) == nil)
        let ended = DateRange(until: CalendarDate(2024_06_30))
        #expect(office.ask(.family(2, FamilyMember(.parent, 1, inForce: ended), corrects: 0)) == nil)
        let people = office.registry.people
        #expect(people.relation(of: 2, to: 1, on: CalendarDate(2024_06_30)) == .child)
        #expect(people.relation(of: 2, to: 1, on: CalendarDate(2024_07_01)) == nil)
        #expect(people.standing(of: 2).count == 1)
    }

    @Test func `CQ-45: a row that tells less of an enrolment ends it; one that tells otherwise is refused`() {
        var enrolment = Enrolment(
            .employee, membership: .employer, status: .active, covered: DateRange(from: CalendarDate(2020_01_01)),
            contributionBase: 8_000_00)
        #expect(office.ask(.enrol(1, EnrolmentRequest(enrolment))) == nil)
        enrolment.contributionBase = 0
        #expect(office.events(.enrol(1, EnrolmentRequest(enrolment))) == [])
        enrolment.covered.until = CalendarDate(2024_06_30)
        var other = enrolment
        other.membership = .tier1
        #expect(office.ask(.enrol(1, EnrolmentRequest(other)))?.code == .recordConflict)
        #expect(office.ask(.enrol(1, EnrolmentRequest(enrolment))) == nil)
        let known = office.registry.people.enrolment(of: 1, on: CalendarDate(2024_06_30))
        #expect(known?.contributionBase == 8_000_00 && known?.covered.until == enrolment.covered.until)
        #expect(office.registry.people.enrolment(of: 1, on: CalendarDate(2024_07_01)) == nil)
        #expect(office.events(.enrol(1, EnrolmentRequest(enrolment))) == [])
    }

    @Test func `CQ-45: an enrolment that goes on as another record is not ended halfway`() {
        let work = Enrolment(
            .employee, membership: .employer, status: .active, covered: DateRange(from: CalendarDate(2020_01_01)))
        office.ask(.enrol(1, EnrolmentRequest(work)))
        office.ask(.change(1, EnrolmentChange(on: CalendarDate(2024_07_01), contributionBase: 9_000_00)))
        let refusal = office.ask(.endEnrolment(1, CalendarDate(2024_05_31)))
        #expect(refusal?.code == .recordConflict && refusal?.message.contains("record 4") == true)
        #expect(office.ask(.endEnrolment(1, CalendarDate(2024_08_31))) == nil)
    }

    @Test func `CQ-15, CQ-30: who retires is retired in the enrolments recorded for later, too`() {
        let work = Enrolment(
            .employee, membership: .employer, status: .active, covered: DateRange(from: CalendarDate(2020_01_01)))
        office.ask(.enrol(1, EnrolmentRequest(work)))
        office.ask(.change(1, EnrolmentChange(on: CalendarDate(2024_07_01), contributionBase: 9_000_00)))
        let retires = RegistryRequest.change(1, EnrolmentChange(on: CalendarDate(2024_05_01), status: .retired))
        #expect(office.ask(retires) == nil)
        func status(_ day: Int32) -> WorkStatus? {
            office.registry.people.enrolment(of: 1, on: CalendarDate(day))?.status
        }
        #expect(status(2024_04_30) == .active && status(2024_05_01) == .retired && status(2024_07_01) == .retired)
        #expect(office.events(retires) == [])
    }

    @Test func `a death that was corrected and was none is withdrawn as a whole`() {
        office.ask(.endPerson(1, Departure(.death, on: CalendarDate(2024_06_01)), corrects: 0))
        #expect(office.ask(.endPerson(1, Departure(.death, on: CalendarDate(2024_06_02)), corrects: 2)) == nil)
        #expect(office.ask(.withdraw(1, 3))?.message.contains("whole") == true)
        #expect(office.ask(.withdraw(1, 3, whole: true)) == nil)
        #expect(office.registry.people.departure(of: 1) == nil && standing == [1])
        #expect(office.events(.withdraw(1, 3, whole: true)) == [])
    }

    // MARK: Files

    @Test func `a row corrects the record whose number it has, and an exported row corrects nothing`() throws {
        let text = "person,region,birth_month,corrects\n1,chongqing,1951-02,1\n"
        var reader = try RegistryFileReader(.persons, MemorySource(text))
        guard case .row(_, let request) = try reader.next() else {
            Issue.record("no row")
            return
        }
        #expect(request == born(1951_02, corrects: 1))
        #expect(office.ask(request) == nil)
        let writer = RegistryFileWriter(.persons, hasNumbers: true)
        var bytes: [UInt8] = []
        for entry in office.registry.people.standing(of: 1) { writer.append(entry, of: 1, to: &bytes) }
        #expect(String(decoding: bytes, as: UTF8.self) == "1,chongqing,195102,,,2,,\n")
        #expect(office.events(born(1951_02, corrects: 2)) == [])
    }

    @Test(arguments: ["x", "-1", "70000", "1.0"]) func `a number that no record can have is refused`(number: String) throws {
        let text = "person,reason,date,corrects\n1,death,2024-06-01,\(number)\n"
        var reader = try RegistryFileReader(.departures, MemorySource(text))
        guard case .bad(let problem) = try reader.next() else {
            Issue.record("\(number) was read")
            return
        }
        #expect(problem.column == "corrects" && problem.value == number)
    }

    @Test func `the month's retirements and deaths are read`() throws {
        let changes = "person,date,status\n1,2024-05-01,退休\n"
        var reader = try RegistryFileReader(.changes, MemorySource(changes))
        guard case .row(_, let change) = try reader.next() else {
            Issue.record("no row")
            return
        }
        #expect(change == .change(1, EnrolmentChange(on: CalendarDate(2024_05_01), status: .retired)))
        let deaths = "人员编号,终止原因,终止日期\n1,死亡,2024-06-01\n"
        var other = try RegistryFileReader(.departures, MemorySource(deaths))
        guard case .row(_, let death) = try other.next() else {
            Issue.record("no row")
            return
        }
        #expect(death == .endPerson(1, Departure(.death, on: CalendarDate(2024_06_01)), corrects: 0))
    }
}
