import Ledger
import LedgerFormat
import Policy
import Population
import Records
import Registry
import Settlement
import Text

/// Processes one person-year after the other: settles it again if a late fact affects it (YE-1, G-13), and adds it to
/// the sums. One per worker.
final class Resettler {
    let source: any YearSource
    let packs: YearPacks
    let options: YearOptions
    let run: UInt64
    let reader: any YearGroup
    let admission = Admission()
    private(set) var output: PartOutput
    // Unchecked: nothing that is handed a part of these reaches them again.
    @exclusivity(unchecked) var sums: PartSums
    @exclusivity(unchecked) var clearing = ClearingTable()
    var assessments: [UInt32: AssessmentCell] = [:]

    @exclusivity(unchecked) private var items: [YearItem] = []
    /// What the run itself books for the person beside settlements (SY-4, YT-7), by region.
    var booked: [(region: Int, id: String, owed: OwedItem)] = []
    /// The year's accumulators, by slots of the region's present pack.
    private let slots: UnsafeMutablePointer<Fen>
    private let noAccounts: UnsafeMutablePointer<Fen>
    private let outcome: UnsafeMutablePointer<Outcome>

    init(_ source: any YearSource, _ options: YearOptions, run: UInt64, output: PartOutput) {
        self.source = source
        self.options = options
        self.run = run
        self.output = output
        packs = source.packs
        sums = PartSums(source.packs.regions)
        let refusals = RefusedRowCount(output[.refused])
        refusedRows = refusals
        reader = source.makeGroup(refused: { refusals.add($0) })
        slots = .allocate(capacity: CalculatorLimit.slotsMax)
        slots.initialize(repeating: 0, count: CalculatorLimit.slotsMax)
        noAccounts = .allocate(capacity: CalculatorLimit.accountsMax)
        noAccounts.initialize(repeating: 0, count: CalculatorLimit.accountsMax)
        outcome = .allocate(capacity: 1)
        outcome.initialize(to: Outcome())
    }

    deinit {
        slots.deallocate()
        noAccounts.deallocate()
        outcome.deallocate()
    }

    private let refusedRows: RefusedRowCount

    /// Call after the partition's last person: returns its sums.
    func finish() throws -> PartSums {
        if let failure = refusedRows.failure { throw failure }
        sums.marks = try output.finish()
        sums.hasPersonNos = source.hasPersonNos
        sums.refusedRows = refusedRows.counts
        sums.clearing = clearing.sorted
        sums.assessments = assessments.values.sorted { $0.institution < $1.institution }
        return sums
    }

    func add(_ group: SpoolGroup) throws {
        try reader.load(group, &items)
        var order = items.indices.filter { items[$0].counts }
        guard !items.isEmpty || !reader.recognitionPayments.isEmpty else { return }
        sums.persons += 1
        for index in items.indices {
            items[index].final = items[index].recorded
            items[index].finalCounted = items[index].counted
        }
        // Settled in order by position: stable where the dates are the same.
        order.sort { (items[$0].serviceDate, items[$0].position) < (items[$1].serviceDate, items[$1].position) }
        // Who moved has a year in each region, with deductibles and limits of its own.
        let regions = Set(order.map { items[$0].region }).sorted()
        var isAdjusted = false
        for region in regions {
            let year = regions.count == 1 ? order : order.filter { items[$0].region == region }
            if options.resettles, isTouched(year) {
                if try settleAgain(year, group) { isAdjusted = true }
            } else {
                for index in year { count(items[index], items[index].current, Difference()) }
            }
        }
        if isAdjusted { sums.adjustedPersons += 1 }
        booked.removeAll(keepingCapacity: true)
        try report(items, order, group)
        try countPayees(items, group.person)
    }

    // MARK: Settling again

    /// Whether a late fact touches the year, or a settlement that came late; an audit looks at every one.
    private func isTouched(_ order: [Int]) -> Bool {
        options.isAudit || zip(order, order.dropFirst()).contains { $0 > $1 }
            || order.contains { items[$0].isTouched }
    }

    /// True: something of it changes.
    private func settleAgain(_ order: [Int], _ group: SpoolGroup) throws -> Bool {
        sums.resettled += 1
        slots.update(repeating: 0, count: CalculatorLimit.slotsMax)
        var recorded = [Fen](repeating: 0, count: CalculatorLimit.slotsMax)
        var before = recorded
        var isAdjusted = false
        for index in order {
            for slot in recorded.indices {
                recorded[slot] = 0
                before[slot] = slots[slot]
            }
            try reader.recordedChange(items[index], group, into: &recorded)
            try settle(&items[index], group)
            for slot in recorded.indices { before[slot] = slots[slot] - before[slot] - recorded[slot] }
            let item = items[index]
            let difference = item.current.difference(to: item.final.funds)
            var final = item.current
            final.add(difference)
            count(item, final, difference)
            var recognition = AdjustmentEntry.RecognitionChange()
            recognition.counted = item.finalCounted - item.counted
            recognition.part = item.final.recognised - item.recorded.recognised
            guard !difference.isNone || !recognition.isNone || before.contains(where: { $0 != 0 }) else { continue }
            isAdjusted = true
            let entry = try adjust(item, difference, before, recognition, group.person)
            items[index].owed.append(OwedItem(kind: .adjustment, shares: entry.shares))
        }
        return isAdjusted
    }

    /// Settles by the final facts from the year's present accumulators, and updates them.
    private func settle(_ item: inout YearItem, _ group: SpoolGroup) throws {
        item.refusal = try reader.admit(item, group, into: admission) ?? ""
        if item.refusal.isEmpty {
            let pack = packs.present[item.region]
            var year = MutableSpan(_unsafeStart: slots, count: CalculatorLimit.slotsMax)
            var accounts = MutableSpan(_unsafeStart: noAccounts, count: CalculatorLimit.accountsMax)
            let rows = PersonRows(
                year: options.year, identities: 0..<admission.identities.count,
                filings: 0..<admission.filings.count)
            let identities = admission.identities
            let filings = admission.filings
            let refusal = pack.pack.tables.settle(
                admission.claim, person: admission.facts, rows: rows, identities: identities.span,
                filings: filings.span, year: &year, accounts: &accounts, outcome: &outcome.pointee)
            if refusal.isNone {
                item.final = pack.figures(admission.claim, outcome)
                item.finalCounted = pack.counted(item.kind, item.final)
                recognise(&item, pack)
                return
            }
            item.refusal = refusal.code.name
        }
        item.final = Figures()
        item.finalCounted = 0
    }

    /// Keeps what a recognition paid with the settlement, as far as the final facts leave room and no other assistance
    /// was given (YT-7); what that changes in the recognition is reported with it.
    private func recognise(_ item: inout YearItem, _ pack: YearPack) {
        guard item.recorded.recognised > 0, !item.final.isAssisted, let fund = pack.recognitionFund else { return }
        let part = min(item.recorded.recognised, item.current.total - item.final.funds.total)
        item.final.recognised = part
        item.final.funds[fund] += part
    }

    // MARK: Counting

    private func count(_ item: YearItem, _ final: CostShares, _ difference: Difference) {
        sums.regions[item.region].add(item, final, difference)
    }

    // MARK: Adjustments

    private func adjust(
        _ item: YearItem, _ difference: Difference, _ change: [Fen],
        _ recognition: AdjustmentEntry.RecognitionChange, _ person: UInt64
    ) throws -> AdjustmentEntry {
        // The facts of the claim itself, or what came before it in the year: other facts, another order.
        let reason = item.refusal.isEmpty ? (item.isTouched ? "FACT" : "YEAR") : item.refusal
        sums.adjustments[reason, default: 0] += 1
        let region = packs.regions[item.region]
        var entry = AdjustmentEntry()
        entry.run = run
        entry.settlement = Position(number: item.position)
        entry.id = String(decoding: item.id, as: UTF8.self)
        entry.person = person
        entry.institution = item.institution
        entry.year = options.year
        for fund in region.funds.indices where difference.funds[fund] != 0 {
            entry.funds.append(
                FundChange(region.categories[fund], region.funds[fund].id, difference.funds[fund]))
        }
        entry.cash = difference.cash
        entry.recoverable = difference.recoverable
        for (index, owner) in item.owners.enumerated().reversed() where difference.accounts[index] != 0 {
            var account = SettlementEntry.Account()
            account.owner = owner.owner
            account.relation = owner.relation
            account.paid = difference.accounts[index]
            entry.accounts.append(account)
        }
        entry.recognition = recognition
        entry.yearChange = Array(change.prefix(region.pack.tables.slotCount))
        entry.reason = reason
        try writePost(item.region) { entry.write(to: &$0) }
        try writeAdjustment(item, difference, reason, person)
        return entry
    }

    /// A row of adjustments.csv.
    func writeAdjustment(_ item: YearItem, _ difference: Difference, _ reason: String, _ person: UInt64) throws {
        let region = packs.regions[item.region]
        let funds = region.funds.indices.filter { difference.funds[$0] != 0 }
        var row = CSVLine()
        row.add(id: item.id)
        row.add(number: item.position)
        row.add(id: source.text(ofPerson: person))
        row.add(region.pack.region)
        row.add(id: source.institution(item.institution))
        row.add("\(item.kind)".snakeCased)
        row.add(date: item.serviceDate)
        row.add(yuan: item.current.total)
        row.add(reason)
        row.add(yuan: difference.funds.total)
        row.add(yuan: difference.cash)
        row.add(yuan: -difference.accounts.total)
        row.add(yuan: difference.recoverable)
        row.add(funds.map { "\(region.funds[$0].id):\(YuanText.text(difference.funds[$0]))" }.joined(separator: ";"))
        row.add(personNo: source.personNo(of: person, in: region.pack.region))
        row.end(to: output[.adjustments])
        try output[.adjustments].flushIfFull()
    }

    /// What is to be posted, as a row of the journal.
    func writePost(_ region: Int, _ write: (inout ByteWriter) -> Void) throws {
        try PostFile.append(region, to: output[.post], write)
        sums.posts += 1
    }

    func institution(_ number: UInt32) -> String { source.institution(number) }

    /// The register as the ledger has it; nil: the claims come from files.
    var registry: Registry? { source.facts?.registry }

    /// The batch in which an entry was handed over; empty: it was not.
    func batch(of sequence: UInt64) -> String { source.facts?.batches[sequence] ?? "" }
}

/// Rows of a file that were never settled: listed and counted.
private final class RefusedRowCount {
    private let writer: AtomicFileWriter
    private(set) var counts: [String: Int] = [:]
    private(set) var failure: RunProblem?

    init(_ writer: AtomicFileWriter) { self.writer = writer }

    func add(_ problem: RowProblem) {
        counts[problem.code, default: 0] += 1
        do throws(RunProblem) { try RefusedRows.append(problem, to: writer) } catch { failure = error }
    }
}
