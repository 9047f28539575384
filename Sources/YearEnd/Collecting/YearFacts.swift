import Ledger
import LedgerFormat
import Policy
import Records
import Registry
import Settlement

/// The facts of everybody as a journal knows them at its end: the register and the recognitions.
///
/// Memory is bounded by persons and their records, as in the ledger. All workers read it at once, so `prepare` fills
/// the register's lazy caches before.
final class YearFacts: @unchecked Sendable {
    // Unchecked: filled by one thread before the workers start, and only read by them.
    let registry: Registry
    private var rounds: [Int32: [UInt32: Fen]] = [:]
    private(set) var recognitions: [UInt64: RecognitionState] = [:]
    /// By the sequence of an entry that is owed to a person: the batch in which it was handed over (G-18).
    private(set) var batches: [UInt64: String] = [:]
    /// The same of institutions' lines.
    private(set) var lineBatches: [PaidLine: String] = [:]

    /// What one fund owes an institution for a month.
    struct PaidLine: Hashable {
        var institution: UInt32
        /// YYYYMM.
        var month: Int32
        var region: String
        var fund: String
    }

    private let year: Int32

    init(_ library: PolicyLibrary, year: Int32) {
        registry = Registry(library: library)
        self.year = year
    }

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
            case .payment: apply(try PaymentRow(row.bytes))
            default: break
            }
        } catch {
            throw RunProblem("number \(row.position.number) of the journal cannot be read")
        }
    }

    private func apply(_ row: PaymentRow) {
        for entry in row.entries { batches[entry.position] = row.batch.id }
        for line in row.lines where line.serviceYear == year {
            let key = PaidLine(
                institution: line.institution, month: row.batch.month, region: line.region, fund: line.fund)
            lineBatches[key] = row.batch.id
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

    /// Whether anybody has a number of the platform's (psn_no).
    var hasPersonNos: Bool { registry.people.personNoCount > 0 }

    /// The person's number at the platform in the region, else the one recorded last; nil: nobody has one.
    func personNo(of person: UInt64, in region: String) -> String? {
        hasPersonNos ? registry.people.personNo(of: person, inRegion: region) : nil
    }

    /// Fills the register's lazy caches, so that from now on it is only read.
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
