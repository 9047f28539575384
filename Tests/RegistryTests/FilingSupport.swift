import Glibc
import Policy
import Records
import Registry
import Settlement
import TestSupport
import Testing

/// Values as filings hold them.
extension SeededRandom {
    mutating func day(_ years: ClosedRange<Int> = 2020...2025) -> CalendarDate {
        CalendarDate(year: Int32(number(years)), month: Int32(number(1...12)), day: Int32(number(1...28)))
    }

    mutating func text() -> String { pick(["", "诊断不明确", "meets the standard", "超出范围 \u{1F600}"]) }
}

/// A register with its packs and a few institutions: number 1 a township hospital of the county, 2 the county hospital
/// that certifies, 3 a city hospital, 4 a health centre for two diseases, 5 a service point.
final class FilingDesk {
    static let library = Result { () throws(PolicyProblems) in try PolicyLibrary.load() }

    let registry: Registry
    private var clock = Moment(startOf: CalendarDate(2020_01_01))

    init() throws {
        registry = Registry(library: try Self.library.get())
        let records = [
            InstitutionRecord(code: "H1", region: "chongqing", kind: .primary, level: .one, isCountyArea: true),
            InstitutionRecord(code: "H2", region: "chongqing", level: .two, isCountyArea: true, treatsSpecialDiseases: true),
            InstitutionRecord(code: "H3", region: "chongqing", level: .three),
            InstitutionRecord(code: "H4", region: "chongqing", kind: .primary, level: .one, doesPublicHealthAndPooling: true),
            InstitutionRecord(code: "H5", region: "chongqing", kind: .primary, level: .one),
        ]
        for record in records { registry.apply(.institution(.registered(record)), recorded: clock) }
        apply(.designated(institution: 2, .certifier))
        apply(.designated(institution: 5, .servicePoint))
    }

    var filings: FilingRegister { registry.filings }

    func pack(_ region: String) throws -> PolicyPack { try #require(registry.library[region]) }

    func institution(_ number: UInt32) -> FilingInstitution? {
        registry.institutions[number].map { FilingInstitution(number: number, record: $0) }
    }

    /// Records an event a second after the one before, through its coding.
    func apply(_ event: FilingEvent) {
        clock.milliseconds += 1_000
        var writer = ByteWriter()
        RegistryEvent.filing(event).encode(to: &writer)
        var reader = ByteReader(writer.bytes)
        let read = try? RegistryEvent(from: &reader)
        #expect(read == .filing(event) && reader.isAtEnd)
        if let read { registry.apply(read, recorded: clock) }
    }

    var now: Moment { clock }

    func file(
        _ disease: String, of person: UInt64, from: Int32 = 2023_01_01, until: Int32 = 0, at institution: UInt32,
        region: String = "chongqing", way: FilingWay = .certified, facts: PersonFacts? = nil
    ) throws {
        let filing = Filing(
            person: person, disease: disease,
            inForce: DateRange(from: CalendarDate(from), until: CalendarDate(until)),
            institution: self.institution(institution), way: way)
        apply(try filings.file(filing, try pack(region), facts: facts))
    }

    /// What `admit` says of a claim; nil: it is admitted.
    func refusal(
        _ disease: String, of person: UInt64, on day: Int32, _ kind: ClaimKind = .special, at institution: UInt32 = 2,
        region: String = "chongqing", into admission: Admission = Admission()
    ) throws -> DomainRefusal? {
        let pack = try pack(region)
        let claim = Claim(kind: kind, serviceDate: CalendarDate(day), cost: CostSplit(total: 100_00, inPolicy: 100_00))
        do throws(DomainRefusal) {
            try filings.admit(
                person: person, pack: pack, disease: disease, institution: registry.institutions[institution],
                claim: claim, into: admission)
            return nil
        } catch {
            return error
        }
    }
}

/// The code that `body` is refused with; nil: it is not refused.
func code(_ body: () throws -> Void) throws -> DomainCode? {
    do {
        try body()
        return nil
    } catch let refusal as DomainRefusal {
        return refusal.code
    }
}
