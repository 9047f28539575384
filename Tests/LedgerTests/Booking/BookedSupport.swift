import Ledger
import LedgerFormat
import LedgerStore
import Policy
import Records
import Registry
import Settlement

/// What is booked beside settlements, as a year's end or the office does it.
extension World {
    /// A resident of Yantai with no identity: 因病致贫 is for those.
    static let ill: UInt64 = 401

    func registerIll() throws {
        try ledger.record([
            .person(Self.ill, PersonEvent(.basics(PersonBasics(region: "yantai", birthMonth: 1970_01)))),
            .person(
                Self.ill, PersonEvent(.enrolment(Enrolment(.resident, covered: DateRange(from: CalendarDate(2020_01_01)))))),
        ])
    }

    /// A stay whose cost is all in policy; amounts in yuan.
    func stay(_ yuan: Fen, basic: Fen, of person: UInt64, at code: String, on date: Int32) -> SettleCommand {
        var command = outpatient(yuan * 100, of: person, at: code, on: date)
        command.claim.kind = .inpatient
        command.claim.externalBasic = basic * 100
        return command
    }

    /// The last block that is there now: a run that reads up to it has seen everything.
    func sealed() throws -> UInt64 {
        try commit()
        return try store.lastSequence()
    }

    /// What a run books on the settlement of an id: `fund` more, taken off cash; accumulator 0 moves by as much.
    @discardableResult
    func adjust(_ id: String, by fund: Fen, account: Fen = 0, run: UInt64) throws -> AdjustmentPosting {
        let end = try sealed()
        _ = try standing(of: id)
        let entry = self.entry
        var adjustment = AdjustmentEntry()
        adjustment.run = run
        adjustment.settlement = entry.position
        adjustment.id = id
        adjustment.person = entry.person
        adjustment.institution = entry.institution
        adjustment.year = entry.year
        adjustment.pack = entry.pack
        adjustment.funds = [FundChange(.pool, "pool", fund)]
        if fund < 0 { adjustment.recoverable = -fund } else { adjustment.cash = account - fund }
        if account > 0 {
            var used = entry.accounts[0]
            used.paid = account
            adjustment.accounts = [used]
        }
        adjustment.yearChange = entry.slotCount > 0 ? [max(0, fund)] : []
        adjustment.reason = "FACT"
        return try ledger.post(adjustment, readThrough: end)
    }

    /// What a run's second round pays on the settlement of an id.
    @discardableResult
    func payRound(_ id: String, _ amount: Fen, run: UInt64, through end: UInt64? = nil) throws -> AdjustmentPosting {
        let end = try end ?? sealed()
        _ = try standing(of: id)
        let entry = self.entry
        var payment = SecondRoundPayment()
        payment.run = run
        payment.settlement = entry.position
        payment.id = id
        payment.person = entry.person
        payment.year = entry.year
        payment.pack = entry.pack
        payment.fund = FundChange(.supplementary, "supplementary", amount)
        if amount < 0 { payment.recoverable = -amount } else { payment.cash = -amount }
        return try ledger.post(payment, readThrough: end)
    }

    @discardableResult
    func takeBackRound(_ id: String, _ round: UInt32, reason: String = "wrong") throws -> SecondRoundPayment {
        try Array(id.utf8).withUnsafeBytes { bytes -> Result<SecondRoundPayment, DomainRefusal> in
            do throws(DomainRefusal) {
                return .success(try ledger.takeBackRound(bytes, round: round, reason: reason).payment)
            } catch {
                return .failure(error)
            }
        }.get()
    }

    func rounds(of id: String) throws -> [SecondRoundPayment] {
        _ = try standing(of: id)
        return try ledger.secondRounds(of: id, entry.position)
    }

    /// A step of the person's recognition, decided and recorded.
    @discardableResult
    func recognise(_ command: RecognitionCommand, of person: UInt64 = World.ill) throws -> RecognitionPayment? {
        guard let pack = Self.library["yantai"] else { return nil }
        let event = try ledger.recognitions(of: person).decide(
            command, pack, today: ledger.now.date, identity: { _ in .none },
            past: { window throws(DomainRefusal) in try ledger.burdens(of: person, in: window) },
            carrier: { window throws(DomainRefusal) in try ledger.recognitionCarrier(of: person, in: window) })
        return try ledger.record(event, of: person)
    }

    /// What the verification finds wrong, with the state that was opened the usual way.
    func differences() throws -> [String] {
        try commit()
        let verifier = try Verifier(store: store, library: Self.library)
        let read = try verifier.verify { _ in }
        return read.differences + verifier.compare(with: ledger).differences
    }
}
