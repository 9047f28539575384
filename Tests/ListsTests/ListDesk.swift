import Lists
import Policy
import Population
import Records
import Registry
import Settlement
import Testing

/// A register over the built-in packs with some areas and institutions, and settled visits as a test gives them.
final class ListDesk: SettledVisits {
    static let library = Result { () throws(PolicyProblems) in try PolicyLibrary.load() }

    let registry: Registry
    /// When the next event is recorded; a second later with each.
    var now = Moment(startOf: CalendarDate(2019_01_01))
    var visits: [SettledVisit] = []
    /// The day of every list that says none.
    var today = CalendarDate(2020_09_30)

    init() throws {
        registry = Registry(library: try Self.library.get())
        let areas = [
            AreaRecord(code: "210112", name: "浑南区", region: "shenyang"),
            AreaRecord(code: "210112101", name: "甲镇", parent: "210112"),
            AreaRecord(code: "210112102", name: "乙镇", parent: "210112"),
            AreaRecord(code: "370602", name: "芝罘区", region: "yantai"),
            AreaRecord(code: "370602001", name: "向阳街道", parent: "370602"),
            AreaRecord(code: "370602002", name: "东山街道", parent: "370602"),
            AreaRecord(code: "341221", name: "临泉县", region: "anhui"),
            AreaRecord(code: "500236", name: "奉节县", region: "chongqing"),
            AreaRecord(code: "500236101", name: "永安街道", parent: "500236"),
        ]
        for area in areas { put(.area(.registered(area))) }
        let institutions = [
            InstitutionRecord(
                code: "H1", region: "shenyang", kind: .primary, level: .one, doesPublicHealthAndPooling: true,
                name: "甲镇卫生院"),
            InstitutionRecord(code: "H2", region: "chongqing", level: .two, name: "县人民医院"),
            InstitutionRecord(code: "H3", region: "chongqing", kind: .primary, level: .one, name: "永安卫生院"),
        ]
        for record in institutions { put(.institution(.registered(record))) }
    }

    /// Records an event through its coding.
    func put(_ event: RegistryEvent) {
        var writer = ByteWriter()
        event.encode(to: &writer)
        var reader = ByteReader(writer.bytes)
        let read = try? RegistryEvent(from: &reader)
        #expect(read == event && reader.isAtEnd)
        registry.apply(event, recorded: now)
        now.milliseconds += 1_000
    }

    func put(_ fact: PersonFact, of person: UInt64, supersedes: UInt16 = 0) {
        put(.person(person, PersonEvent(fact, supersedes: supersedes)))
    }

    func put(_ events: [FilingEvent]) { for event in events { put(.filing(event)) } }

    func person(_ number: UInt64, _ region: String, _ area: String = "", _ facts: PersonFact...) {
        put(.basics(PersonBasics(region: region, birthMonth: 1960_05, area: area)), of: number)
        for fact in facts { put(fact, of: number) }
    }

    static func identity(_ identity: Identity, given: Int32, ended: Int32 = 0) -> PersonFact {
        let dated = DatedIdentity(identity, given: CalendarDate(given), ended: CalendarDate(ended))
        return .identity(IdentityRecord(dated, department: .civilAffairs))
    }

    static var poor: PersonFact { identity(.registeredPoor, given: 2019_06_01) }

    func pack(_ region: String) throws -> PolicyPack { try #require(registry.library[region]) }

    func forEachSettledVisit(
        _ question: VisitQuestion, _ body: (SettledVisit) -> Void
    ) throws(DomainRefusal) {
        for visit in visits where question.wants(visit) {
            var visit = visit
            if !question.figures.contains(.payments) { (visit.funds, visit.borne, visit.inPolicy) = ([], 0, 0) }
            if !question.figures.contains(.burden) { visit.burden = 0 }
            body(visit)
        }
    }

    func table(
        _ list: OfficeList, _ region: String, _ change: (inout ListQuestion) -> Void = { _ in }
    ) throws -> ListTable {
        var question = ListQuestion(list, region: region)
        change(&question)
        return try question.answer(registry, self, today: today)
    }

    /// The rows without the headings.
    func rows(
        _ list: OfficeList, _ region: String, _ change: (inout ListQuestion) -> Void = { _ in }
    ) throws -> [String] {
        String(decoding: try table(list, region, change).body, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

/// The refusal that `body` meets; nil: none.
func refusal(_ body: () throws -> Void) throws -> DomainRefusal? {
    do {
        try body()
        return nil
    } catch let refusal as DomainRefusal { return refusal }
}
