import Accounts
import LedgerFormat
import LedgerIndex
import LedgerStore
import Policy
import Records
import Registry
import Settlement

/// Recomputes a ledger from its settled claims: every outcome by the calculator from the recorded claim, facts and
/// pack, every person's year, every account, every link and every checksum, and says what differs from the record.
///
/// Read-only; of a ledger in use it sees the state at the beginning of the reading.
package final class Verifier {
    private let archive: PackArchive
    private let books: Books
    private let derived: DerivedFiles
    private let store: any LedgerStore
    private let entry = SettlementEntry()
    private let recomputed = SettlementEntry()
    private let reversal = ReversalEntry()
    private let balances: UnsafeMutablePointer<Fen>
    private var packs: [UInt32: PolicyPack] = [:]
    /// Reads records that other records refer to.
    private let reader: RowReader
    private var reversed: Set<UInt64> = []
    private var result = Verification()

    package init(store: any LedgerStore, library: PolicyLibrary) throws(LedgerProblem) {
        self.store = store
        reader = RowReader(store)
        archive = try PackArchive(store: store)
        derived = try DerivedFiles.unsaved(store)
        books = Books(
            library: library, layouts: try Layouts(archive, library), identity: store.identity, ids: derived.ids,
            institutions: derived.institutions, visits: derived.visits)
        balances = .allocate(capacity: CalculatorLimit.accountsMax)
        balances.initialize(repeating: 0, count: CalculatorLimit.accountsMax)
    }

    deinit { balances.deallocate() }

    /// - Parameters:
    ///   - last: the last block to verify, where more may be appended meanwhile.
    ///   - progress: called after every block with the blocks done.
    package func verify(
        through last: UInt64 = .max, progress: (Int) -> Void
    ) throws(LedgerProblem) -> Verification {
        var end = JournalEnd()
        var damage: LedgerDamage?
        do throws(StoreFailure) {
            try store.scan(after: 0) { block in
                guard block.sequence <= last else { return false }
                do throws(LedgerDamage) {
                    try verify(block, after: &end)
                    progress(result.blocks)
                    return true
                } catch {
                    damage = error
                    return false
                }
            }
        } catch {
            throw .store(error)
        }
        // The rows after a damaged block cannot be judged.
        if let damage { result.differs("\(damage); what follows was not read") }
        if let mismatch = books.accounts.mismatch { result.differs("accounts: \(mismatch)") }
        result.personYears = books.years.count
        return result
    }

    /// Compares the state of a ledger opened the usual way, from its snapshot and indexes, with the recomputed one;
    /// both are as of the same block.
    package func compare(with ledger: Ledger) -> Verification {
        for yearIndex in 0..<books.years.count {
            let year = books.years.years[yearIndex]
            let amounts = books.years.amounts(of: yearIndex)
            guard let live = ledger.books.years.find(year.person, year.year, region: Int(year.region))
            else {
                result.differs("person \(year.person), \(year.year): the year is missing in the state")
                continue
            }
            let state = ledger.books.years.years[live]
            if ledger.books.years.amounts(of: live) != amounts {
                result.differs("person \(year.person), \(year.year): accumulators differ from the recomputed ones")
            }
            if state.lastStanding != year.lastStanding || state.lastRecord != year.lastRecord {
                result.differs("person \(year.person), \(year.year): the last records differ")
            }
        }
        if ledger.books.years.count != books.years.count {
            result.differs("\(ledger.books.years.count) persons' years in the state, \(books.years.count) recomputed")
        }
        for owner in books.accounts.owners
        where ledger.accounts.account(of: owner) != books.accounts.account(of: owner) {
            result.differs("account of \(owner): the balance differs from the recomputed one")
        }
        if ledger.books.recognitions != books.recognitions {
            result.differs("the recognitions (YT-7) differ from the recomputed ones")
        }
        if let difference = ledger.books.payees.difference(from: books.payees) {
            result.differs("\(difference) differ from the recomputed ones")
        }
        do throws(DerivedFailure) {
            if let difference = try ledger.derived.visits.difference(from: derived.visits) {
                result.differs("the index of visits: \(difference)")
            }
        } catch {
            result.differs("the index of visits: \(error)")
        }
        return result
    }

    // MARK: Blocks and rows

    private func verify(_ block: SealedBlock, after end: inout JournalEnd) throws(LedgerDamage) {
        if block.sequence != end.sequence + 1 {
            result.differs("block \(block.sequence) follows block \(end.sequence)")
        }
        let last = end
        let block = try block.checked()
        reader.take(block)
        end = try block.read { view throws(LedgerDamage) in try verify(view, after: last) }
        result.blocks += 1
    }

    private func verify(_ view: BlockView, after end: JournalEnd) throws(LedgerDamage) -> JournalEnd {
        let sequence = view.sequence
        if view.previousChecksum != end.checksum {
            result.differs(
                "block \(sequence) does not continue block \(end.sequence): the chain of checksums is broken")
        }
        if let problem = ClockEra.problem(of: view, after: end) { result.differs(problem) }
        for index in 0..<view.rowCount {
            guard let row = view.row(index) else { continue }
            try verify(row, at: Position(block: sequence, row: index), time: view.time)
        }
        derived.seal(sequence)
        derived.confirm(sequence, mark: UInt64(view.checksum))
        _ = derived.hasRoom || derived.waitForRoom()
        return JournalEnd(sequence: sequence, checksum: view.checksum, time: view.time, era: view.era)
    }

    private func verify(_ row: UnsafeRawBufferPointer, at position: Position, time: Moment) throws(LedgerDamage) {
        switch row.first.flatMap({ RowKind(rawValue: $0) }) {
        case .settlement:
            result.settlements += 1
            try verifySettlement(row, position, time)
        case .reversal:
            result.reversals += 1
            try verifyReversal(row, position)
        case .registry: result.registryRows += 1
        case .accounts: result.accountRows += 1
        case .adjustment:
            result.adjustments += 1
            try verifyAdjustment(row, position)
        case .secondRound, .recognitionPayment:
            result.payments += 1
            try verifyPayment(row, position, time)
        // What the next row finds before it.
        case .origin: _ = try reader.origin(of: Position(block: position.block, row: position.row + 1))
        default: break
        }
        try books.apply(row, at: position, time: time, Replay()) { position, entry throws(LedgerDamage) in
            try reader.load(position, into: entry)
        }
        if row.first == RowKind.settlement.rawValue { verifyAfter(position) }
    }

    // MARK: Settlements

    private func verifySettlement(
        _ row: UnsafeRawBufferPointer, _ position: Position, _ time: Moment
    ) throws(LedgerDamage) {
        do { try SettlementRow.read(row, into: entry) } catch { throw .row(position, "cannot be read") }
        entry.position = position
        let name = "settlement \(position.number)"
        let key = books.key(entry.id)
        var isTwice = false
        do throws(DerivedFailure) {
            try books.ids.find(high: key.high, low: key.low) { _ in
                isTwice = true
                return false
            }
        } catch {
            throw .index(error)
        }
        if isTwice { result.differs("\(name): its id was settled before") }
        if entry.outcome.pointee.fundTotal + entry.accountTotal + entry.outcome.pointee.cash
            != entry.outcome.pointee.total
        {
            result.differs("\(name): funds + accounts + cash are not the total (G-7)")
        }
        try verifyPrescription(name)
        verifyLinks(name)
        try verifyOutcome(name)
    }

    /// Checks that no earlier settlement in force used the same prescription (CQ-16, I-37).
    private func verifyPrescription(_ name: String) throws(LedgerDamage) {
        guard !entry.extras.prescription.isEmpty else { return }
        let key = books.prescriptionKey(entry.prescribing, entry.extras.prescription)
        var earlier: [Position] = []
        do throws(DerivedFailure) {
            try books.ids.find(high: key.high, low: key.low) { value in
                if !reversed.contains(value) { earlier.append(Position(number: value)) }
                return earlier.count < 2
            }
        } catch {
            throw .index(error)
        }
        for position in earlier {
            try reader.load(position, into: other)
            guard other.prescribing == entry.prescribing, other.extras.prescription == entry.extras.prescription
            else { continue }
            result.differs("\(name): settlement \(position.number) stands and used the same prescription")
        }
    }

    /// Checks that the settlement's year before and its links to earlier records agree with the journal so far.
    private func verifyLinks(_ name: String) {
        guard let layout = books.layouts[entry.pack] else {
            return result.differs("\(name): its pack is not kept, or its region has no pack")
        }
        let yearIndex = books.years.find(entry.person, entry.year, region: layout.region)
        let year = yearIndex.map { books.years.years[$0] }
        for slot in 0..<entry.slotCount {
            let amount = year.map { $0.slots[layout.slot(slot)] } ?? 0
            if amount != entry.yearBefore[slot] {
                result.differs(
                    "\(name): accumulator \(slot) before it is \(entry.yearBefore[slot]), recomputed \(amount)")
            }
        }
        if entry.previousStanding != year?.lastStanding ?? .none || entry.previousRecord != year?.lastRecord ?? .none {
            result.differs("\(name): the records before it are others")
        }
        for index in 0..<entry.accountCount {
            let account = entry.accounts[index]
            let before = books.accounts.balance(of: account.owner)
            if before - account.paid != account.balanceAfter {
                result.differs(
                    "\(name): account \(account.owner) had \(before) before it, \(account.balanceAfter) after it")
            }
            balances[index] = before
        }
    }

    /// Checks that the calculator's outcome of the recorded claim, facts and pack is the recorded one.
    private func verifyOutcome(_ name: String) throws(LedgerDamage) {
        guard let pack = pack(entry.pack) else { return result.differs("\(name): its pack cannot be read") }
        let counted = entry.outcome.pointee.identity
        let identities = counted == .none ? [] : [DatedIdentity(counted, given: CalendarDate(1900_01_01))]
        let filings =
            entry.claim.disease == 0 ? [] : [DatedFiling(disease: entry.claim.disease, inForce: DateRange())]
        recomputed.yearAfter.update(from: entry.yearBefore, count: entry.slotCount)
        let rows = PersonRows(
            year: entry.year, identities: 0..<identities.count, filings: 0..<filings.count,
            accounts: 0..<entry.accountCount)
        let refusal = pack.tables.settle(
            entry.claim, entry.facts, rows, identities, filings, year: recomputed.yearAfter, accounts: balances,
            outcome: recomputed.outcome)
        recomputed.person = entry.person
        recomputed.pack = entry.pack
        recomputed.claim = entry.claim
        if refusal.isNone { books.addRecognition(to: recomputed) }
        guard refusal.isNone else {
            return result.differs("\(name): recomputed, it is refused (\(refusal.code))")
        }
        if let difference = difference(entry, recomputed) { result.differs("\(name): \(difference)") }
    }

    /// Checks that the year after the settlement is the same in the row and in the state that applying the row made.
    private func verifyAfter(_ position: Position) {
        guard let layout = books.layouts[entry.pack],
            let yearIndex = books.years.find(entry.person, entry.year, region: layout.region)
        else {
            return result.differs("settlement \(position.number): it left no year")
        }
        let slots = books.years.years[yearIndex].slots
        for slot in 0..<entry.slotCount where slots[layout.slot(slot)] != entry.yearAfter[slot] {
            result.differs("settlement \(position.number): accumulator \(slot) after it differs")
        }
    }

    private func difference(_ recorded: SettlementEntry, _ again: SettlementEntry) -> String? {
        let (a, b) = (recorded.outcome, again.outcome)
        for fund in 0..<CalculatorLimit.fundCategories where a.pointee.funds[fund] != b.pointee.funds[fund] {
            return "fund \(fund) paid \(a.pointee.funds[fund]), recomputed \(b.pointee.funds[fund])"
        }
        if a.pointee.cash != b.pointee.cash {
            return "cash is \(a.pointee.cash), recomputed \(b.pointee.cash)"
        }
        if a.pointee.accountPaid != b.pointee.accountPaid
            || a.pointee.familyAccountPaid != b.pointee.familyAccountPaid
            || a.pointee.deductiblePaid != b.pointee.deductiblePaid || a.pointee.identity != b.pointee.identity
            || a.pointee.hasNoRule != b.pointee.hasNoRule || a.pointee.plan != b.pointee.plan
            || a.pointee.layerCount != b.pointee.layerCount
        {
            return "accounts, deductible, identity, plan or count of layers differ from the recomputed ones"
        }
        for position in 0..<a.pointee.layerCount where a.pointee.layers[position] != b.pointee.layers[position] {
            return "layer \(position) differs from the recomputed one"
        }
        for slot in 0..<recorded.slotCount where recorded.yearAfter[slot] != again.yearAfter[slot] {
            return "accumulator \(slot) after it is \(recorded.yearAfter[slot]), recomputed \(again.yearAfter[slot])"
        }
        return nil
    }

    private func pack(_ number: UInt32) -> PolicyPack? {
        if let pack = packs[number] { return pack }
        packs[number] = try? archive.pack(number)
        return packs[number]
    }

    // MARK: Adjustments

    /// Checks that an adjustment names a settlement in force of the same year, that it adds up, and that its accounts'
    /// balances are the recorded ones.
    private func verifyAdjustment(_ row: UnsafeRawBufferPointer, _ position: Position) throws(LedgerDamage) {
        let adjustment: AdjustmentEntry
        do { adjustment = try AdjustmentRow.read(row) } catch { throw .row(position, "cannot be read") }
        let name = "adjustment \(position.number)"
        try reader.load(adjustment.settlement, into: other)
        if other.idText != adjustment.id || other.person != adjustment.person || other.year != adjustment.year {
            result.differs("\(name): it names another settlement than it is about")
        }
        if reversed.contains(adjustment.settlement.number) {
            result.differs("\(name): its settlement was reversed before")
        }
        if !adjustment.isConserving { result.differs("\(name): funds, accounts and person do not add up (G-7)") }
        verifyLink(name, adjustment.person, adjustment.year, adjustment.pack, adjustment.previousRecord)
        for account in adjustment.accounts
        where books.accounts.held(of: account.owner) + account.paid != account.balanceAfter {
            result.differs("\(name): account \(account.owner) has another balance after it")
        }
    }

    // MARK: Reversals

    private func verifyReversal(_ row: UnsafeRawBufferPointer, _ position: Position) throws(LedgerDamage) {
        do { try ReversalRow.read(row, into: reversal) } catch { throw .row(position, "cannot be read") }
        let name = "reversal \(position.number)"
        try reader.load(reversal.settlement, into: other)
        if !reversed.insert(reversal.settlement.number).inserted {
            result.differs("\(name): the settlement was reversed before")
        }
        if other.idText != reversal.id || other.person != reversal.person || other.year != reversal.year {
            result.differs("\(name): it names another settlement than it takes back")
        }
        guard let layout = books.layouts[other.pack],
            let yearIndex = books.years.find(reversal.person, reversal.year, region: layout.region)
        else {
            return result.differs("\(name): there is no year to take back from")
        }
        if books.years.years[yearIndex].lastStanding != reversal.settlement {
            result.differs("\(name): a later settlement stood (G-12)")
        }
        for account in reversal.accounts
        where books.accounts.held(of: account.owner) + account.paid != account.balanceAfter {
            result.differs("\(name): account \(account.owner) has another balance after it")
        }
        let booked =
            try booked(under: books.adjustmentKey(reversal.id))
            + booked(under: books.secondRoundKey(reversal.id))
        for problem in BookedCheck.reversal(reversal, booked) { result.differs("\(name): \(problem)") }
    }

    // MARK: Payments to persons

    /// Checks a payment's link to the record before it, and that the payment is possible.
    private func verifyPayment(
        _ row: UnsafeRawBufferPointer, _ position: Position, _ time: Moment
    ) throws(LedgerDamage) {
        let found: BookedRow?
        do { found = try BookedRow(row, at: position, time: time) } catch { throw .row(position, "cannot be read") }
        switch found {
        case .secondRound(let payment):
            let name = "second-round entry \(position.number)"
            try reader.load(payment.settlement, into: other)
            if other.idText != payment.id || other.person != payment.person || other.year != payment.year {
                result.differs("\(name): it names another settlement than it is about")
            }
            if reversed.contains(payment.settlement.number) {
                result.differs("\(name): its settlement was reversed before")
            }
            let earlier = try booked(under: books.secondRoundKey(payment.id))
            for problem in BookedCheck.secondRound(payment, earlier) { result.differs("\(name): \(problem)") }
            verifyLink(name, payment.person, payment.year, payment.pack, payment.previousRecord)
        case .recognition(let payment):
            let name = "recognition's payment \(position.number)"
            let state = books.recognitions[payment.person] ?? RecognitionState()
            let earlier = try booked(under: books.recognitionKey(payment.person))
            for problem in BookedCheck.recognition(payment, state, earlier) { result.differs("\(name): \(problem)") }
            verifyLink(name, payment.person, payment.year, payment.pack, payment.previousRecord)
        case .adjustment, nil: break
        }
    }

    /// The entries booked before under a key of the ids' index, the oldest first.
    private func booked(under key: (high: UInt64, low: UInt64)) throws(LedgerDamage) -> [BookedRow] {
        var positions: [Position] = []
        do throws(DerivedFailure) {
            try books.ids.find(high: key.high, low: key.low) { value in
                positions.append(Position(number: value))
                return true
            }
        } catch {
            throw .index(error)
        }
        var rows: [BookedRow] = []
        for position in positions.sorted() {
            if let row = try reader.booked(position) { rows.append(row) }
        }
        return rows
    }

    private func verifyLink(
        _ name: String, _ person: UInt64, _ year: Int32, _ pack: UInt32, _ previous: Position
    ) {
        let yearIndex = books.layouts[pack].flatMap { books.years.find(person, year, region: $0.region) }
        if (yearIndex.map { books.years.years[$0].lastRecord } ?? .none) != previous {
            result.differs("\(name): the record before it is another")
        }
    }

    private let other = SettlementEntry()
}
