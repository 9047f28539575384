import Records
import Registry
import Settlement
import TestSupport
import Testing
import Text

/// The platform's number of a person (psn_no): text, unique in a region.
@Suite struct `Persons by the platform's number` {
    private let office: Office
    private static let no = "50010000000000000000000117"

    init() throws { office = try Office() }

    private func basics(_ no: String = "", region: String = "chongqing", since: Int32 = 0) -> PersonBasics {
        PersonBasics(region: region, birthMonth: 1960_05, since: CalendarDate(since), personNo: no)
    }

    /// Registers by that number alone.
    @discardableResult
    private func register(_ no: String, region: String = "chongqing") -> DomainRefusal? {
        office.ask(.person(0, basics(no, region: region)).named(PersonNames(PersonName(no: no))))
    }

    private func find(_ no: String, region: String = "", number: UInt64 = 0) -> Result<UInt64, DomainRefusal> {
        Result { () throws(DomainRefusal) in try office.registry.person(PersonName(number, no: no, region: region)) }
    }

    @Test(arguments: ["1", "0001", "50010000000000000000000117", "A-9_b.c/d#e*f", String(repeating: "9", count: 30)])
    func `a number is kept as it came`(_ text: String) throws {
        let no = try #require(PersonNo(text))
        #expect(no.text == text)
        #expect(office.ask(.person(1, basics(text))) == nil)
        #expect(office.registry.people.personNo(of: 1) == text)
        #expect(find(text) == .success(1))
    }

    @Test(arguments: [
        "", " ", "1 2", "-1", "=1", "1,2", "1;2", "\"1\"", "1'", "5.1E+19", "编号", "1\n", "1\u{0}",
        String(repeating: "9", count: 31),
    ])
    func `what is no number is refused`(_ text: String) {
        #expect(PersonNo(text) == nil)
        if text.isEmpty { return }
        let refusal = office.ask(.person(1, basics(text)))
        #expect(refusal?.code == .factInvalid && refusal?.field == "person_no")
        #expect(office.registry.people.count == 0)
        guard case .failure(let unread) = find(text) else { return #expect(Bool(false), "\(text) found somebody") }
        #expect(unread.code == .factInvalid)
    }

    @Test func `case and leading zeros matter`() {
        for (person, no) in zip([1, 2, 3, 4] as [UInt64], ["7", "007", "a7", "A7"]) {
            #expect(office.ask(.person(person, basics(no))) == nil)
        }
        #expect(find("007") == .success(2) && find("a7") == .success(3) && find("A7") == .success(4))
        guard case .failure(let refusal) = find("07") else { return #expect(Bool(false), "07 is nobody's") }
        #expect(refusal.code == .personUnknown && refusal.field == "person_no" && refusal.value == "07")
    }

    @Test func `whoever is registered by it alone gets a number of ours, once`() throws {
        #expect(register(Self.no) == nil)
        let person = try find(Self.no).get()
        #expect(person == 9_000_000_000_000_000_001)
        #expect(register(Self.no) == nil)
        #expect(office.registry.people.count == 1)
        #expect(office.registry.people.entryCount(of: person) == 1)
        // A number of ours that is taken is not given out.
        office.ask(.person(person + 1, basics()))
        office.ask(.person(person + 2, basics()))
        #expect(register("2") == nil)
        #expect(try find("2").get() == person + 3)
    }

    @Test func `a number is one person's in a region, and may be another's elsewhere`() {
        #expect(office.ask(.person(1, basics("5"))) == nil)
        let refusal = office.ask(.person(2, basics("5")))
        #expect(refusal?.code == .recordConflict && refusal?.field == "person_no" && refusal?.value == "5")
        // The other person is nobody's business.
        #expect(refusal?.message.contains("1") == false)
        #expect(!office.registry.people.contains(2))
        #expect(office.ask(.person(2, basics("5", region: "yantai"))) == nil)
        #expect(find("5", region: "chongqing") == .success(1) && find("5", region: "yantai") == .success(2))
        guard case .failure(let several) = find("5") else { return #expect(Bool(false), "5 is two persons'") }
        #expect(several.code == .recordConflict && several.field == "person_no")
        #expect(several.message.contains("chongqing") && several.message.contains("yantai"))
        guard case .failure(let none) = find("5", region: "anhui") else { return #expect(Bool(false), "nobody's there") }
        #expect(none.code == .personUnknown && none.message.contains("anhui"))
    }

    @Test func `both numbers must be the same person's`() {
        office.ask(.person(1, basics("5")))
        office.ask(.person(2, basics("6")))
        #expect(find("5", number: 1) == .success(1))
        guard case .failure(let refusal) = find("5", number: 2) else { return #expect(Bool(false), "they differ") }
        #expect(refusal.code == .factInvalid && refusal.field == "person_no" && refusal.value == "5")
    }

    @Test func `a number is corrected, freed for another, and taken away`() {
        office.ask(.person(1, basics("5")))
        #expect(office.ask(.person(1, basics("6"))) == nil)
        #expect(find("6") == .success(1))
        #expect((try? find("5").get()) == nil)
        #expect(office.ask(.person(2, basics("5"))) == nil)
        #expect(find("5") == .success(2))
        // Not told, it stays; the history has both.
        #expect(office.events(.person(1, basics())) == [])
        #expect(office.ask(.person(1, basics(PersonBasics.noPersonNo))) == nil)
        #expect(office.registry.people.personNo(of: 1).isEmpty && office.registry.people.personNo(of: 2) == "5")
        #expect(office.events(.person(1, basics(PersonBasics.noPersonNo))) == [])
        let numbers = office.registry.people.history(of: 1).map { entry -> String in
            if case .basics(let basics) = entry.fact { basics.personNo } else { "?" }
        }
        #expect(numbers == ["5", "6", ""])
        #expect(office.registry.people.everHad("5", 1) && !office.registry.people.everHad("5", 3))
    }

    @Test func `who moves keeps the old region's number, and has the new one's there`() {
        office.ask(.person(1, basics("5")))
        #expect(office.ask(.person(1, basics("", region: "yantai", since: 2024_03_01))) == nil)
        #expect(find("5") == .success(1) && find("5", region: "chongqing") == .success(1))
        #expect((try? find("5", region: "yantai").get()) == nil)
        #expect(office.ask(.person(1, basics("37", region: "yantai", since: 2024_03_01))) == nil)
        #expect(find("37", region: "yantai") == .success(1) && find("5") == .success(1))
        let people = office.registry.people
        #expect(people.personNo(of: 1) == "37" && people.personNo(of: 1, inRegion: "chongqing") == "5")
        // By that number alone, as the platform tells a move.
        let move = basics("5", region: "anhui", since: 2025_01_01)
        #expect(office.ask(.person(0, move).named(PersonNames(PersonName(no: "5", region: "chongqing")))) == nil)
        #expect(people.count == 1 && people.personNo(of: 1, inRegion: "anhui") == "5")
        #expect(find("5") == .success(1))
        // The move is withdrawn, and its number with it.
        #expect(office.ask(.withdraw(1, 2)) == nil || office.ask(.withdraw(1, 3, whole: true)) == nil)
        #expect((try? find("37").get()) == nil)
    }

    @Test func `every request may name its persons so, and is refused in those words`() {
        office.ask(.person(1, basics("5")))
        office.ask(.person(2, basics("6")))
        let names = PersonNames(PersonName(no: "5"), other: PersonName(no: "6"))
        let member = FamilyMember(.spouse, 0)
        #expect(office.ask(.family(0, member, corrects: 0).named(names)) == nil)
        #expect(office.registry.people.relation(of: 2, to: 1, on: office.today) == .spouse)
        let end = RegistryRequest.endPerson(0, Departure(.death, on: CalendarDate(2024_03_01)), corrects: 0)
        #expect(office.ask(end.named(PersonNames(PersonName(no: "6")))) == nil)
        let unknown = office.ask(end.named(PersonNames(PersonName(no: "8"))))
        #expect(unknown?.code == .personUnknown && unknown?.field == "person_no" && unknown?.value == "8")
        let herself = office.ask(
            .family(0, member, corrects: 0).named(PersonNames(PersonName(no: "5"), other: PersonName(no: "5"))))
        #expect(herself?.code == .factInvalid && herself?.field == "family.other_no" && herself?.value == "5")
    }

    @Test func `a snapshot of a person has the numbers`() throws {
        office.ask(.person(1, basics("5")))
        office.ask(.person(1, basics("6")))
        office.ask(.person(1, basics("37", region: "yantai", since: 2024_03_01)))
        var writer = ByteWriter()
        office.registry.people.encodeSnapshot(of: 1, to: &writer)
        let other = try Office()
        try Array(writer.bytes).withUnsafeBytes { raw -> Result<Void, DamagedBytes> in
            var reader = ByteReader(raw)
            return Result { () throws(DamagedBytes) in
                try other.registry.people.decodeSnapshot(of: 1, from: &reader)
            }
        }.get()
        #expect(other.registry.people.history(of: 1) == office.registry.people.history(of: 1))
        #expect(other.registry.people.person(withNo: "6") == 1 && other.registry.people.person(withNo: "5") == nil)
    }

    @Test func `bytes that are no number are nobody's`() {
        #expect(office.ask(.person(1, basics("117"))) == nil)
        func found(_ bytes: [UInt8]) -> UInt64? {
            bytes.withUnsafeBytes { office.registry.people.person(withNo: $0) }
        }
        #expect(found(Array("117".utf8)) == 1)
        #expect(found([]) == nil && found(Array("117 ".utf8)) == nil && found(Array("=117".utf8)) == nil)
        #expect(found(Array("117".utf8) + [0xFF]) == nil)
        #expect(found(Array(repeating: UInt8(ascii: "1"), count: 31)) == nil)
        #expect(found(Array(repeating: UInt8(ascii: "1"), count: 1 << 20)) == nil)
    }

    @Test func `a look-up finds what stands, whatever was recorded before`() throws {
        let seed: UInt64 = 26
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let regions = ["chongqing", "yantai", "shenyang"]
        var found = 0
        for _ in 0..<40 {
            let office = try Office()
            for _ in 0..<400 {
                let person = UInt64.random(in: 1...60, using: &random)
                let no = ["", "-", "\(Int.random(in: 1...40, using: &random))"].randomElement(using: &random)!
                let region = regions.randomElement(using: &random)!
                let isMove = office.registry.people.contains(person) && Bool.random(using: &random)
                let since = isMove ? Int32.random(in: 2020...2024, using: &random) * 10_000 + 101 : 0
                if Int.random(in: 0..<10, using: &random) == 0 {
                    office.ask(.withdraw(person, .random(in: 2...5, using: &random), whole: true))
                } else {
                    office.ask(.person(person, basics(no, region: region, since: since)))
                }
            }
            // What every person's standing records say.
            var holders: [String: [String: Set<UInt64>]] = [:]
            for person in office.registry.people.numbers {
                for entry in office.registry.people.standing(of: person) {
                    guard case .basics(let basics) = entry.fact, !basics.personNo.isEmpty else { continue }
                    holders[basics.personNo, default: [:]][basics.region, default: []].insert(person)
                }
            }
            for no in (1...40).map(String.init) {
                let all = Set((holders[no] ?? [:]).values.joined())
                #expect(office.registry.people.person(withNo: no) == (all.count == 1 ? all.first : nil))
                let byBytes = Array(no.utf8).withUnsafeBytes { office.registry.people.person(withNo: $0) }
                #expect(byBytes == (all.count == 1 ? all.first : nil))
                for region in regions {
                    let there = holders[no]?[region] ?? []
                    #expect(there.count <= 1, "\(no) is two persons' in \(region)")
                    #expect(office.registry.people.person(withNo: no, inRegion: region) == there.first)
                    found += there.count
                }
            }
        }
        #expect(found > 500)
    }
}
