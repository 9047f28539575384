import Policy
import Records
import Registry
import Settlement
import TestSupport
import Testing

/// A register over the built-in packs, and short words to fill it.
struct Office {
    static let library = Result { () throws(PolicyProblems) in try PolicyLibrary.load() }

    let registry: Registry
    let admission = Admission()
    /// When the next event is recorded.
    var now = Moment(startOf: CalendarDate(2022_01_01))

    /// The ledger's day (G-16).
    var today = CalendarDate(2026_12_31)

    init() throws { registry = Registry(library: try Office.library.get()) }

    init(_ library: PolicyLibrary) { registry = Registry(library: library) }

    func put(_ fact: PersonFact, of person: UInt64, supersedes: UInt16 = 0) {
        registry.apply(.person(person, PersonEvent(fact, supersedes: supersedes)), recorded: now)
    }

    func person(_ number: UInt64, region: String = "chongqing", born: Int32 = 1960_05) {
        put(.basics(PersonBasics(region: region, birthMonth: born)), of: number)
    }

    /// A person with an open enrolment since 2022.
    func insured(
        _ number: UInt64, _ insurance: Insurance = .employee, _ membership: Membership = .employer,
        _ status: WorkStatus = .active, region: String = "chongqing"
    ) {
        person(number, region: region)
        put(
            .enrolment(
                Enrolment(
                    insurance, membership: membership, status: status,
                    covered: DateRange(from: CalendarDate(2022_01_01)))),
            of: number)
    }

    /// Registers an institution and returns its number.
    @discardableResult
    func institution(_ record: InstitutionRecord) -> UInt32 {
        registry.apply(.institution(.registered(record)), recorded: now)
        return registry.institutions.number(ofCode: record.code) ?? 0
    }

    /// What `admit` answers: nil where it admits.
    func refusal(of command: SettleCommand, at hypothetical: Institution? = nil) -> DomainRefusal? {
        do throws(DomainRefusal) {
            try registry.admit(command, at: hypothetical, today: today, into: admission)
            return nil
        } catch { return error }
    }
}

/// A claim of 100 元, all in policy.
func command(
    _ person: UInt64, at institution: UInt32, _ kind: ClaimKind = .outpatient, on date: Int32 = 2024_03_01
) -> SettleCommand {
    var command = SettleCommand(
        person: person,
        claim: Claim(kind: kind, serviceDate: CalendarDate(date), cost: CostSplit(total: 10_000, inPolicy: 10_000)))
    command.institution = institution
    return command
}

/// Values as a register may hold them.
extension SeededRandom {
    mutating func date() -> CalendarDate {
        CalendarDate(year: .random(in: 1950...2030, using: &self), month: .random(in: 1...12, using: &self), day: .random(in: 1...28, using: &self))
    }

    mutating func optionalDate() -> CalendarDate { Bool.random(using: &self) ? date() : .none }

    mutating func range() -> DateRange { DateRange(from: optionalDate(), until: optionalDate()) }

    mutating func amount() -> Fen { .random(in: 0...RegistryLimit.premiumMax, using: &self) }

    mutating func text(upTo count: Int) -> String {
        String((0..<Int.random(in: 1...count, using: &self)).map { _ in "abc019-病元".randomElement(using: &self)! })
    }

    mutating func value<Value: CaseIterable>(_ type: Value.Type = Value.self) -> Value {
        Value.allCases.randomElement(using: &self)!
    }
}
