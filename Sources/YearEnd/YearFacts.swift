import Ledger
import Policy
import Registry
import Settlement

/// The facts of everybody as a journal knows them at its end: the register and the recognitions.
///
/// Bounded by persons and what is registered of them, as in the ledger itself. Read by all workers at once, so what the
/// register looks up lazily is looked up once before (`prepare`).
final class YearFacts: @unchecked Sendable {
    // Unchecked: filled by one thread before the workers start, and only read by them.
    let registry: Registry
    private var rounds: [Int32: [UInt32: Fen]] = [:]
    private(set) var recognitions: [UInt64: RecognitionState] = [:]

    init(_ library: PolicyLibrary) { registry = Registry(library: library) }

    /// Takes over a row of the journal; rows of settlements are not looked at.
    func apply(_ row: JournalScan.Row) throws {
        var reader = ByteReader(row.bytes)
        do throws(DamagedBytes) {
            _ = try reader.byte()
            switch row.kind {
            case .registry:
                for _ in 0..<(try reader.count(upTo: row.bytes.count)) {
                    registry.apply(try RegistryEvent(from: &reader), recorded: row.time)
                }
            case .recognition:
                let person = try reader.number()
                recognitions[person, default: RecognitionState()].apply(try RecognitionEvent(from: &reader))
            case .secondRound:
                let payment = try SecondRoundPayment(row: row.bytes)
                rounds[payment.year, default: [:]][payment.pack, default: 0] += payment.amount
            case .recognitionPayment:
                let payment = try RecognitionPayment(row: row.bytes)
                recognitions[payment.person, default: RecognitionState()].apply(payment.event)
            default: break
            }
        } catch {
            throw RunProblem("number \(row.position.number) of the journal cannot be read")
        }
    }

    /// Persons who were recognised in the year, with the first year that their windows reach back to (YT-7).
    func windows(ofRecognitionsIn year: Int32) -> [UInt64: Int32] {
        recognitions.compactMapValues { state in
            state.recognitions.filter { $0.recognised.year == year }.map(\.window.from.year).min()
        }
    }

    /// What second rounds paid for settlements of a year, by the packs' numbers; in fen (SY-4).
    func secondRoundPaid(in year: Int32) -> [UInt32: Fen] { rounds[year] ?? [:] }

    /// Lets the register look up what it keeps per pack and per name, so that from now on it is only read.
    func prepare() {
        let admission = Admission()
        let day = CalendarDate(2000_01_01)
        let claim = Claim(kind: .outpatient, serviceDate: day, cost: CostSplit(total: 0))
        for pack in registry.library.packs {
            try? registry.filings.admit(
                person: 0, pack: pack, disease: "", institution: nil, claim: claim, into: admission)
        }
        for person in registry.people.numbers(after: 0, limit: 1) {
            let command = SettleCommand(person: person, claim: claim)
            try? registry.admit(command, at: Institution(level: .one), today: nil, into: admission)
        }
    }
}
