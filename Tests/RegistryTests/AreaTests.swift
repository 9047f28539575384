import Policy
import Records
import Registry
import Settlement
import Testing

@Suite struct `Areas, rule G-17` {
    private let office: Office

    init() throws {
        office = try Office()
        #expect(office.ask(.area(AreaRecord(code: "500236", name: "奉节县", region: "chongqing"))) == nil)
        #expect(office.ask(.area(AreaRecord(code: "500236101", name: "永安街道", parent: "500236"))) == nil)
        #expect(office.ask(.area(AreaRecord(code: "500236102", name: "鱼复街道", parent: "500236"))) == nil)
        #expect(office.ask(.area(AreaRecord(code: "370602", name: "芝罘区", region: "yantai"))) == nil)
    }

    @Test func `G-17: an area has two levels, and a county holds its townships`() {
        let areas = office.registry.areas
        #expect(areas.county(of: "500236101")?.name == "奉节县")
        #expect(areas.township(of: "500236101")?.name == "永安街道")
        #expect(areas.county(of: "500236")?.name == "奉节县" && areas.township(of: "500236") == nil)
        #expect(areas.region(of: "500236101") == "chongqing")
        #expect(areas.contains("500236", "500236101") && areas.contains("500236", "500236"))
        #expect(!areas.contains("500236101", "500236") && !areas.contains("500236", "370602"))
        #expect(areas.contains("", "500236") && areas.contains("", "") && !areas.contains("500236", ""))
        #expect(areas.county(of: "9") == nil && areas.region(of: "") == "")
    }

    @Test(arguments: [
        (AreaRecord(code: "1", name: "", region: "chongqing"), "area.name"),
        (AreaRecord(code: "1 2", name: "甲", region: "chongqing"), "area.code"),
        (AreaRecord(code: "1", name: "甲", region: "nowhere"), "area.region"),
        (AreaRecord(code: "1", name: "甲"), "area.region"),
        (AreaRecord(code: "1", name: "甲", parent: "500239"), "area.parent"),
        // A township has no townships, and a county that has some does not become one.
        (AreaRecord(code: "1", name: "甲", parent: "500236101"), "area.parent"),
        (AreaRecord(code: "500236", name: "奉节县", parent: "370602"), "area.parent"),
        (AreaRecord(code: "1", name: "甲", parent: "500236", region: "yantai"), "area.region"),
    ])
    func `G-17: an area that cannot be is refused by field`(record: AreaRecord, field: String) {
        #expect(office.ask(.area(record))?.field == field)
        #expect(office.registry.areas["1"] == nil)
    }

    @Test func `G-17: an area is corrected under its code, back and forth, and what stood before stays on record`() {
        let right = AreaRecord(code: "500236102", name: "鱼复街道", parent: "500236")
        #expect(office.events(.area(right)) == [])
        let wrong = AreaRecord(code: "500236102", name: "渔复街道", parent: "500236")
        #expect(office.ask(.area(wrong)) == nil)
        #expect(office.registry.areas["500236102"]?.name == "渔复街道")
        #expect(office.ask(.area(right)) == nil)
        #expect(office.registry.areas["500236102"] == right)
        #expect(office.registry.areas.history("500236102").map(\.record.name) == ["鱼复街道", "渔复街道", "鱼复街道"])
        #expect(office.registry.areas.count == 4)
    }

    @Test func `G-17: persons and institutions are in an area of their own region, and nobody is put into a withdrawn one`() {
        #expect(office.ask(.person(1, PersonBasics(region: "chongqing", birthMonth: 1960_05, area: "9")))?.field == "person.area")
        #expect(office.ask(.person(1, PersonBasics(region: "yantai", birthMonth: 1960_05, area: "500236101")))?.rule == "G-17")
        #expect(office.ask(.person(1, PersonBasics(region: "chongqing", birthMonth: 1960_05, area: "500236101"))) == nil)
        var hospital = InstitutionRecord(code: "H1", region: "yantai", level: .two, name: "县人民医院", area: "500236")
        #expect(office.ask(.institution(hospital))?.field == "institution.area")
        hospital.region = "chongqing"
        #expect(office.ask(.institution(hospital)) == nil)
        #expect(office.registry.institutions[1] == hospital)
        hospital.name = "县\u{7}医院"
        #expect(office.ask(.institution(hospital))?.field == "institution.name")

        let withdrawn = AreaRecord(code: "500236101", name: "永安街道", parent: "500236", isWithdrawn: true)
        #expect(office.ask(.area(withdrawn)) == nil)
        #expect(office.ask(.person(2, PersonBasics(region: "chongqing", birthMonth: 1960_05, area: "500236101")))?.field == "person.area")
        // Who is in it stays: another fact of the person can be corrected.
        #expect(office.ask(.person(1, PersonBasics(region: "chongqing", birthMonth: 1961_05, area: "500236101"))) == nil)
        #expect(office.registry.people.basics(of: 1, on: CalendarDate(2024_01_01))?.area == "500236101")
    }

    @Test func `G-17: a person moves from one area to another on a day, and an area that is not told stays`() {
        let basics = PersonBasics(region: "chongqing", birthMonth: 1960_05, area: "500236101")
        #expect(office.ask(.person(1, basics)) == nil)
        // A row of a file without the column changes nothing.
        #expect(office.events(.person(1, PersonBasics(region: "chongqing", birthMonth: 1960_05))) == [])
        let since = CalendarDate(2024_07_01)
        let moved = PersonBasics(region: "chongqing", birthMonth: 1960_05, since: since, area: "500236102")
        #expect(office.ask(.person(1, moved)) == nil)
        #expect(office.registry.people.basics(of: 1, on: CalendarDate(2024_06_30))?.area == "500236101")
        #expect(office.registry.people.basics(of: 1, on: since)?.area == "500236102")
        // Correcting the month of birth does not move the person.
        #expect(office.ask(.person(1, PersonBasics(region: "chongqing", birthMonth: 1960_06))) == nil)
        #expect(office.registry.people.basics(of: 1, on: CalendarDate(2024_06_30))?.area == "500236101")
        #expect(office.registry.people.basics(of: 1, on: since)?.area == "500236102")
        #expect(office.registry.people.basics(of: 1, on: since)?.birthMonth == 1960_06)
        // In another region the old area means nothing.
        let away = PersonBasics(region: "yantai", birthMonth: 1960_06, since: CalendarDate(2025_01_01))
        #expect(office.ask(.person(1, away)) == nil)
        #expect(office.registry.people.basics(of: 1, on: CalendarDate(2025_01_01))?.area == "")
    }

    @Test func `G-17: rows of before, without areas and names, are read as they were`() throws {
        var writer = ByteWriter()
        writer.byte(8)
        writer.text("chongqing")
        writer.number(UInt64(1960_05))
        writer.date(.none)
        writer.number(UInt64(0))
        var reader = ByteReader(writer.bytes)
        let person = try PersonEvent(from: &reader)
        #expect(person == PersonEvent(.basics(PersonBasics(region: "chongqing", birthMonth: 1960_05))))
        #expect(reader.isAtEnd)

        var row = ByteWriter()
        row.byte(1)
        row.text("H1")
        row.text("chongqing")
        for byte in [1, 2, 0b1000, 0, 0, 0] as [UInt8] { row.byte(byte) }
        var rest = ByteReader(row.bytes)
        let institution = try InstitutionEvent(from: &rest)
        #expect(institution == .registered(InstitutionRecord(code: "H1", region: "chongqing", level: .two)))
        #expect(rest.isAtEnd)
    }

    @Test func `a snapshot of the areas is the table with its history`() throws {
        #expect(office.ask(.area(AreaRecord(code: "500236101", name: "永安镇", parent: "500236"))) == nil)
        var writer = ByteWriter()
        office.registry.areas.encodeSnapshot(to: &writer)
        let copy = AreaRegister()
        var reader = ByteReader(writer.bytes)
        try copy.decodeSnapshot(from: &reader)
        #expect(reader.isAtEnd)
        #expect(copy.records() == office.registry.areas.records())
        for code in ["500236", "500236101", "500236102", "370602"] {
            #expect(copy.history(code) == office.registry.areas.history(code))
        }
    }
}
