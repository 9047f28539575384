import Ledger
import LedgerFormat
import Policy
import Records
import Registry
import Settlement
import Text

/// A person's year as a ledger recorded it, against the register as known now.
final class LedgerGroup: YearGroup {
    private let packs: YearPacks
    private let facts: YearFacts
    private let year: Int32
    private let entry = SettlementEntry()
    private let reversal = ReversalEntry()
    private let admission = Admission()
    private var adjustments: [UInt64: [AdjustmentEntry]] = [:]
    private(set) var recognitionPayments: [RecognitionPayment] = []
    private var command = SettleCommand(
        person: 0, claim: Claim(kind: .unspecified, serviceDate: .none, cost: CostSplit(total: 0)))

    init(_ packs: YearPacks, _ facts: YearFacts, year: Int32) {
        self.packs = packs
        self.facts = facts
        self.year = year
    }

    func load(_ group: SpoolGroup, _ items: inout [YearItem]) throws {
        items.removeAll(keepingCapacity: true)
        if !adjustments.isEmpty { adjustments.removeAll() }
        if !recognitionPayments.isEmpty { recognitionPayments.removeAll() }
        for (number, record) in group.records.enumerated() {
            switch record.kind {
            case .settlement:
                try read(record, group)
                guard let pack = packs[entry.pack] else { throw packs.problem(ofUnserved: entry.pack) }
                items.append(item(number, record, pack))
            case .reversal:
                try decode(record) { () throws(DamagedBytes) in
                    try group.withBytes(of: record) { bytes throws(DamagedBytes) in try reversal.read(bytes) }
                }
                guard let index = items.lastIndex(where: { $0.position == reversal.settlement.number }) else {
                    continue
                }
                items[index].reversedMonth = record.time.month
                takeBack(record, &items[index])
            case .adjustment:
                let adjustment = try decode(record) { () throws(DamagedBytes) in
                    try group.withBytes(of: record) { bytes throws(DamagedBytes) in try AdjustmentEntry(row: bytes) }
                }
                guard let index = items.lastIndex(where: { $0.position == adjustment.settlement.number }) else {
                    continue
                }
                try add(adjustment, to: &items[index])
                items[index].owed.append(
                    OwedItem(
                        kind: .adjustment, sequence: record.position, month: record.time.month,
                        shares: adjustment.shares))
            case .secondRound:
                let payment = try decode(record) { () throws(DamagedBytes) in
                    try group.withBytes(of: record) { bytes throws(DamagedBytes) in try SecondRoundPayment(row: bytes) }
                }
                guard let index = items.lastIndex(where: { $0.position == payment.settlement.number }) else {
                    continue
                }
                items[index].rounds += Beside(payment.amount, payment.cash, payment.recoverable)
                items[index].owed.append(
                    OwedItem(
                        kind: payment.takesBack == .none ? .secondRound : .secondRoundReversed,
                        sequence: record.position, month: record.time.month, shares: [payment.share]))
            case .recognition:
                let payment = try decode(record) { () throws(DamagedBytes) in
                    try group.withBytes(of: record) { bytes throws(DamagedBytes) in
                        bytes.first == RowKind.recognition.rawValue
                            ? try RecognitionPayment(earlier: bytes) : try RecognitionPayment(row: bytes)
                    }
                }
                if var payment {
                    payment.position = Position(number: record.position)
                    payment.paidAt = record.time
                    recognitionPayments.append(payment)
                }
            case .claim, .person, .repeated: throw RunProblem("the spool is not of a ledger; remove the run's folder")
            }
        }
    }

    /// What the settlement and its adjustments owed to the person and accounts is owed no more (G-12).
    private func takeBack(_ record: SpoolGroup.Record, _ item: inout YearItem) {
        guard !item.owed.isEmpty else { return }
        var back = OwedItem(
            kind: item.isManual ? .manualReversed : .adjustmentReversed, sequence: record.position,
            month: record.time.month)
        for owed in item.owed where owed.kind == .manual || owed.kind == .adjustment {
            for share in owed.shares { back.shares.add(share, sign: -1) }
        }
        item.owed.append(back)
    }

    private func decode<Result>(
        _ record: SpoolGroup.Record, _ body: () throws(DamagedBytes) -> Result
    ) throws(RunProblem) -> Result {
        do { return try body() } catch {
            throw RunProblem("number \(record.position) of the journal cannot be read: run 'jiesuan ledger verify'")
        }
    }

    /// Reads a settlement's record into `entry`, where it is not there already.
    private func read(_ record: SpoolGroup.Record, _ group: SpoolGroup) throws(RunProblem) {
        if entry.position.number == record.position { return }
        do {
            try group.withBytes(of: record) { bytes throws(DamagedBytes) in try entry.read(bytes) }
        } catch {
            throw RunProblem("number \(record.position) of the journal cannot be read: run 'jiesuan ledger verify'")
        }
        entry.position = Position(number: record.position)
    }

    private func item(_ number: Int, _ record: SpoolGroup.Record, _ pack: YearPack) -> YearItem {
        var item = YearItem()
        item.record = number
        item.position = record.position
        item.id = [UInt8](entry.id)
        item.settledMonth = record.time.month
        item.serviceDate = entry.claim.serviceDate
        item.isEarlier = item.serviceDate.year != year
        item.institution = entry.institution
        item.kind = entry.claim.kind
        item.region = pack.region
        item.outOfCatalog = entry.claim.cost.outOfCatalog
        if let document = packs.regions[pack.region].consentDocument {
            item.hasConsent = entry.extras.documents.contains(document)
        }
        item.recorded = pack.figures(entry.claim, entry.outcome)
        item.counted = pack.counted(item.kind, item.recorded)
        item.current.total = entry.claim.cost.total
        item.current.funds = item.recorded.funds
        item.current.cash = entry.outcome.pointee.cash
        for index in 0..<entry.accountCount {
            item.current.accounts[index] = entry.accounts[index].paid
            item.owners.append((entry.accounts[index].owner, entry.accounts[index].relation))
        }
        item.settled = item.recorded.funds
        item.outside = item.recorded.outside
        item.settledAccounts = entry.accountTotal
        if entry.channel == .manual {
            item.isManual = true
            let shares = entry.sharesOfPerson(pack.pack.tables, pack.pack.funds.map(\.id))
            item.owed.append(
                OwedItem(kind: .manual, sequence: record.position, month: item.settledMonth, shares: shares))
        }
        item.isTouched = !item.isEarlier && isTouched(pack)
        return item
    }

    private func add(_ adjustment: AdjustmentEntry, to item: inout YearItem) throws(RunProblem) {
        let region = packs.regions[item.region]
        for change in adjustment.funds {
            guard let fund = region.fund(change.fund) else {
                throw RunProblem("an adjustment names the fund '\(change.fund)', which no pack of the region has")
            }
            item.current.funds[fund] += change.amount
            item.recorded.funds[fund] += change.amount
            switch change.category {
            case .pool, .largeAmount, .criticalIllness: item.recorded.burden -= change.amount
            default: break
            }
        }
        item.current.cash += adjustment.cash
        item.current.recoverable += adjustment.recoverable
        for account in adjustment.accounts {
            guard let index = item.owners.firstIndex(where: { $0.owner == account.owner }) else { continue }
            item.current.accounts[index] -= account.paid
        }
        item.counted += adjustment.recognition.counted
        item.recorded.recognised += adjustment.recognition.part
        item.adjustments += 1
        item.isTouched = true
        adjustments[item.position, default: []].append(adjustment)
    }

    // MARK: Final facts

    /// Whether the facts that the outcome looks at are others by now than those recorded with the settlement.
    private func isTouched(_ pack: YearPack) -> Bool {
        if !pack.isPresent { return true }
        if admitEntry(pack, into: admission) != nil { return true }
        let now = admission.facts
        let then = entry.facts
        if now.insurance != then.insurance || now.membership != then.membership || now.status != then.status
            || now.product != then.product
        {
            return true
        }
        if now.product != 0,
            now.boughtOn != then.boughtOn || now.hasPreExistingDisease != then.hasPreExistingDisease
        {
            return true
        }
        var recorded = entry.claim
        // Settled by hand before G-18, with accounts: what the funds pay is the same.
        if entry.channel == .manual { recorded.accountUse = admission.claim.accountUse }
        if admission.region != pack.region || admission.claim != recorded { return true }
        let date = entry.claim.serviceDate
        let identities = admission.identities
        let identity = pack.pack.tables.identity(on: date, among: identities.span, range: identities.indices)
        if identity != entry.outcome.pointee.identity { return true }
        let disease = entry.claim.disease
        return disease != 0 && !admission.filings.contains { $0.disease == disease && $0.inForce.contains(date) }
    }

    func admit(_ item: YearItem, _ group: SpoolGroup, into admission: Admission) throws -> String? {
        try read(group.records[item.record], group)
        guard let pack = packs[entry.pack] else { return "REGION_UNKNOWN" }
        if let refusal = admitEntry(pack, into: admission) { return refusal }
        return admission.region == item.region ? nil : "REGION_CHANGED"
    }

    /// Asks the register about the claim in `entry`, as settling it now would.
    private func admitEntry(_ pack: YearPack, into admission: Admission) -> String? {
        let disease = Int(entry.claim.disease)
        command.person = entry.person
        command.institution = entry.institution
        command.prescribing = entry.prescribing
        command.claim = entry.claim
        command.disease = disease == 0 ? "" : pack.pack.diseases[disease - 1].code
        command.channel = entry.channel
        command.familyAccounts = entry.extras.familyAccounts
        command.documents = entry.extras.documents
        command.prescriptionWeeks = entry.extras.prescriptionWeeks
        command.referral = entry.extras.referral
        command.prescription = entry.extras.prescription
        command.prescriptionDate = entry.extras.prescriptionDate
        do throws(DomainRefusal) {
            // A comparison by levels never becomes a settlement, so the institution is always the claim's own.
            try facts.registry.admit(command, today: nil, into: admission)
        } catch {
            return error.code.name
        }
        if let state = facts.recognitions[entry.person] { admission.identities += state.identities }
        return nil
    }

    func recordedChange(_ item: YearItem, _ group: SpoolGroup, into change: inout [Fen]) throws {
        try read(group.records[item.record], group)
        guard let pack = packs[entry.pack] else { return }
        for slot in 0..<entry.slotCount {
            change[pack.presentSlots[slot]] += entry.yearAfter[slot] - entry.yearBefore[slot]
        }
        for adjustment in adjustments[item.position] ?? [] {
            guard let pack = packs[adjustment.pack] else { continue }
            for (slot, amount) in adjustment.yearChange.enumerated() { change[pack.presentSlots[slot]] += amount }
        }
    }

    func recognitions(of person: UInt64) -> RecognitionState? { facts.recognitions[person] }
}

extension Moment {
    /// The month that it falls in, as YYYYMM.
    var month: Int32 { date.number / 100 }
}
