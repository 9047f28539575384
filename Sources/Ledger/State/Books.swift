import Accounts
import LedgerFormat
import LedgerIndex
import Policy
import Records
import Registry
import Settlement

/// The state made by the rows of the journal.
///
/// Live, a row's effects are applied as it is written; at replay, as it is read: by the same functions.
final class Books {
    let registry: Registry
    let accounts = AccountBook()
    let years = YearBook()
    let payees: PayeeBooks
    /// Recognitions of poverty through illness, of the few persons who applied (YT-7).
    @exclusivity(unchecked) private(set) var recognitions: [UInt64: RecognitionState] = [:]
    /// The eras of the clock: each acceptance while the journal was ahead of it.
    var clockEras = ClockEras()
    /// Settlement ids → positions.
    let ids: SortedRunIndex
    /// Institution and day → positions.
    let institutions: SortedRunIndex
    /// The index of visits for lists; nil: not kept.
    let visits: VisitIndex?
    @exclusivity(unchecked) private(set) var layouts: Layouts
    private let identity: UInt64
    /// Settlements recorded, reversed ones included.
    @exclusivity(unchecked) private(set) var settlementCount = 0
    /// The day of the rows' time, which a whole block shares.
    @exclusivity(unchecked) private var lastDay = (moment: Moment(milliseconds: 0), date: Moment(milliseconds: 0).date)

    func setSettlementCount(_ count: Int) { settlementCount = count }

    private let entry = SettlementEntry()
    private let reversal = ReversalEntry()

    /// - Parameter identity: the store's.
    init(
        library: PolicyLibrary, layouts: Layouts, identity: UInt64, ids: SortedRunIndex, institutions: SortedRunIndex,
        visits: VisitIndex? = nil
    ) {
        registry = Registry(library: library)
        self.identity = identity
        self.layouts = layouts
        payees = PayeeBooks(layouts)
        self.ids = ids
        self.institutions = institutions
        self.visits = visits
    }

    /// Reads and books rows of one more pack, which has the slots of its region's present pack.
    func take(_ pack: PolicyPack, number: UInt32, region: Int) {
        layouts.add(pack, number: number, region: region)
        payees.months.funds.take(layouts)
    }

    // MARK: Keys of the indexes

    /// Marks keys of reversals, which are in the same index as the settlements.
    private static let reversalMark: UInt64 = 0x5245_5645_5253_414c

    /// Index key of a settlement's id, hashed with the ledger's identity.
    func key(_ id: UnsafeRawBufferPointer) -> (high: UInt64, low: UInt64) { hash128(id, key: identity) }

    static func reversalKey(_ key: (high: UInt64, low: UInt64)) -> (high: UInt64, low: UInt64) {
        (key.high ^ reversalMark, key.low)
    }

    /// Orders by institution, then by day.
    static func institutionKey(_ institution: UInt32, _ day: CalendarDate) -> UInt64 {
        UInt64(institution) << 32 | UInt64(UInt32(bitPattern: day.number))
    }

    // MARK: Effects of a settlement

    /// Debits the accounts' payments, and fills in the accounts' previous entries.
    @inline(__always)
    func useAccounts(_ entry: SettlementEntry, _ replay: Replay?) {
        for index in 0..<entry.accountCount where entry.accounts[index].paid != 0 {
            let owner = entry.accounts[index].owner
            if let replay, replay.has(owner, entry.position) { continue }
            entry.accounts[index].previous = accounts.use(
                entry.accounts[index].paid, of: owner, at: entry.position.number)
        }
    }

    /// Sets the person's year to the settlement's amounts after.
    @inline(__always)
    func moveYear(_ entry: SettlementEntry, _ layout: Layouts.Layout, at yearIndex: Int) {
        let slots = years.years[yearIndex].slots
        for slot in 0..<entry.slotCount { slots[layout.slot(slot)] = entry.yearAfter[slot] }
        years.setLast(yearIndex, standing: entry.position, record: entry.position)
    }

    @inline(__always)
    func file(_ entry: SettlementEntry, _ key: (high: UInt64, low: UInt64), _ replay: Replay?) {
        insert(key, entry.institution, entry.settledAt, entry.position)
        visits?.append(entry, layouts.pack(entry.pack))
        if !entry.extras.prescription.isEmpty {
            let prescription = prescriptionKey(entry.prescribing, entry.extras.prescription)
            ids.insert(
                IndexEntry(high: prescription.high, low: prescription.low, value: entry.position.number))
        }
        if replay?.hasTotals(entry.position) == true { return }
        payees.add(entry, on: day(of: entry.settledAt))
        settlementCount += 1
    }

    /// Adds a record to the indexes. At a replay an index drops entries that it has already when the block is sealed.
    @inline(__always)
    private func insert(
        _ key: (high: UInt64, low: UInt64), _ institution: UInt32, _ time: Moment, _ position: Position
    ) {
        ids.insert(IndexEntry(high: key.high, low: key.low, value: position.number))
        institutions.insert(
            IndexEntry(
                high: Self.institutionKey(institution, day(of: time)), low: position.number, value: position.number))
    }

    @inline(__always)
    func day(of moment: Moment) -> CalendarDate {
        if moment != lastDay.moment { lastDay = (moment, moment.date) }
        return lastDay.date
    }

    // MARK: Recognitions (YT-7)

    /// Adds the recognition's payment with this settlement to its outcome; none for nearly everybody.
    func addRecognition(to entry: SettlementEntry) {
        guard let state = recognitions[entry.person], let pack = layouts.pack(entry.pack),
            let layer = pack.recognitionLayer, let burden = pack.burden(of: entry.claim, entry.outcome.pointee),
            let result = state.result(of: burden, layer: layer)
        else { return }
        entry.outcome.pointee.add(result, of: pack)
    }

    /// Adds the settlement's burden and part to the person's recognition.
    func moveRecognition(_ entry: SettlementEntry) {
        guard recognitions[entry.person] != nil, let pack = layouts.pack(entry.pack),
            let burden = pack.burden(of: entry.claim, entry.outcome.pointee)
        else { return }
        recognitions[entry.person]?.settled(burden)
    }

    /// The burden of a recorded settlement in a recognition, and the part that it carries; in fen.
    func counted(_ entry: SettlementEntry) -> AdjustmentEntry.RecognitionChange {
        var counted = AdjustmentEntry.RecognitionChange()
        guard let pack = layouts.pack(entry.pack), let burden = pack.burden(of: entry.claim, entry.outcome.pointee),
            !burden.isAssisted
        else { return counted }
        counted.counted = burden.burden
        counted.part = entry.outcome.pointee.recognitionPaid(pack)
        return counted
    }

    /// Removes a reversed settlement and its adjustments from the recognition.
    func takeBackRecognition(_ entry: SettlementEntry, _ adjusted: ReversalEntry.Adjusted) {
        guard recognitions[entry.person] != nil else { return }
        let recorded = counted(entry)
        changeRecognition(
            of: entry.person, on: entry.claim.serviceDate, counted: adjusted.recognition.counted - recorded.counted,
            part: adjusted.recognition.part - recorded.part)
    }

    func changeRecognition(of person: UInt64, on serviceDate: CalendarDate, counted: Fen, part: Fen) {
        recognitions[person]?.changed(on: serviceDate, counted: counted, part: part)
    }

    func apply(_ event: RecognitionEvent, to person: UInt64) {
        recognitions[person, default: RecognitionState()].apply(event)
    }

    func setRecognitions(_ state: RecognitionState, of person: UInt64) {
        recognitions[person] = state.isEmpty ? nil : state
    }

    // MARK: Effects of a reversal

    /// Undoes exactly the changes of the settlement and its adjustments to its year (rule G-12); returns the
    /// accumulators afterwards in the slots of the settlement's pack.
    func takeBackYear(
        _ entry: SettlementEntry, _ adjusted: ReversalEntry.Adjusted, _ layout: Layouts.Layout, at yearIndex: Int,
        record: Position
    ) -> [Fen] {
        let slots = years.years[yearIndex].slots
        for slot in 0..<entry.slotCount {
            slots[layout.slot(slot)] -= entry.yearAfter[slot] - entry.yearBefore[slot]
        }
        for change in adjusted.yearChanges {
            guard let layout = layouts[change.pack] else { continue }
            for (slot, amount) in change.amounts.enumerated() { slots[layout.slot(slot)] += amount }
        }
        years.setLast(yearIndex, standing: entry.previousStanding, record: record)
        return (0..<entry.slotCount).map { slots[layout.slot($0)] }
    }

    func file(_ reversal: ReversalEntry, of entry: SettlementEntry, _ replay: Replay?) {
        insert(Self.reversalKey(key(entry.id)), entry.institution, reversal.reversedAt, reversal.position)
        visits?.append(
            VisitChange(position: reversal.position, settlement: reversal.settlement, isReversal: true))
        if replay?.hasTotals(reversal.position) != true {
            payees.add(reversal, of: entry)
        }
    }

    /// Adds an account use at an institution to its records and its clearing (CQ-31).
    func file(_ event: AccountEvent, at position: Position, _ time: Moment, _ replay: Replay?) {
        guard let use = event.movement.atInstitution,
            let number = registry.institutions.number(ofCode: use.institution)
        else { return }
        let day = day(of: time)
        institutions.insert(
            IndexEntry(high: Self.institutionKey(number, day), low: position.number, value: position.number))
        if replay?.hasTotals(position) == true { return }
        // Older rows have no region: it is the owner's registered one.
        let region = use.region.isEmpty ? registry.region(of: event.owner, on: day) ?? "" : use.region
        payees.totals.add(use, abs(event.amount), at: number, on: day)
        payees.months.add(use, abs(event.amount), at: number, region: region, on: day)
    }

    // MARK: Replay

    /// Applies a row that was read from the journal.
    ///
    /// - Parameter settlement: reads the settlement at a position into an entry, for its reversal.
    func apply(
        _ row: UnsafeRawBufferPointer, at position: Position, time: Moment, _ replay: Replay,
        settlement: (Position, SettlementEntry) throws(LedgerDamage) -> Void
    ) throws(LedgerDamage) {
        guard let first = row.first, let kind = RowKind(rawValue: first) else {
            throw .row(position, "is of a kind that this version does not know")
        }
        switch kind {
        case .settlement:
            try read(position) { () throws(DamagedBytes) in try SettlementRow.read(row, into: entry) }
            entry.position = position
            entry.settledAt = time
            try applySettlement(replay)
        case .reversal:
            try read(position) { () throws(DamagedBytes) in try ReversalRow.read(row, into: reversal) }
            reversal.position = position
            reversal.reversedAt = time
            try settlement(reversal.settlement, entry)
            try applyReversal(replay)
        case .registry:
            try read(position) { () throws(DamagedBytes) in
                var reader = ByteReader(UnsafeRawBufferPointer(rebasing: row[1...]))
                for _ in 0..<(try reader.count(upTo: row.count)) {
                    let event = try RegistryEvent(from: &reader)
                    if !replay.has(event, position) { registry.apply(event, recorded: time) }
                }
            }
        case .accounts:
            try read(position) { () throws(DamagedBytes) in
                var reader = ByteReader(UnsafeRawBufferPointer(rebasing: row[1...]))
                for _ in 0..<(try reader.count(upTo: row.count)) {
                    let event = try AccountEvent(from: &reader)
                    if !replay.has(event, position) { accounts.apply(event, at: position.number, recorded: time) }
                    file(event, at: position, time, replay)
                }
            }
        case .recognition:
            try read(position) { () throws(DamagedBytes) in
                var reader = ByteReader(UnsafeRawBufferPointer(rebasing: row[1...]))
                let person = try reader.number()
                let event = try RecognitionEvent(from: &reader)
                if !replay.has(person, position) { apply(event, to: person) }
                guard !replay.hasTotals(position), var payment = try RecognitionPayment(earlier: row) else { return }
                payment.position = position
                payment.paidAt = time
                payees.add(payment, region: registry.region(of: person, on: day(of: time)))
            }
        case .adjustment:
            var adjustment = AdjustmentEntry()
            try read(position) { () throws(DamagedBytes) in adjustment = try AdjustmentRow.read(row) }
            adjustment.position = position
            adjustment.adjustedAt = time
            if !adjustment.recognition.isNone { try settlement(adjustment.settlement, entry) }
            try apply(adjustment, on: entry.claim.serviceDate, replay)
        case .secondRound, .recognitionPayment:
            var booked: BookedRow?
            try read(position) { () throws(DamagedBytes) in booked = try BookedRow(row, at: position, time: time) }
            switch booked {
            case .secondRound(let payment): try apply(payment, replay)
            case .recognition(let payment): try apply(payment, replay)
            case .adjustment, nil: break
            }
        case .payment:
            let payment = try read(position) { () throws(DamagedBytes) in try PaymentRow(row) }
            try apply(payment, at: position, time, replay)
        case .clock:
            apply(
                try read(position) { () throws(DamagedBytes) in try ClockEra(row: row, at: position, time: time) },
                replay)
        case .origin: _ = try read(position) { () throws(DamagedBytes) in try OriginRow.read(row) }
        case .mark: break
        }
    }

    private func apply(
        _ row: PaymentRow, at position: Position, _ time: Moment, _ replay: Replay
    ) throws(LedgerDamage) {
        if replay.hasTotals(position) { return }
        var row = row
        row.batch.position = position
        row.batch.recorded = time
        guard payees.add(row) else { throw .row(position, "marks as paid what is not owed so") }
    }

    private func read<Value>(
        _ position: Position, _ body: () throws(DamagedBytes) -> Value
    ) throws(LedgerDamage) -> Value {
        do { return try body() } catch { throw .row(position, "cannot be read") }
    }

    private func applySettlement(_ replay: Replay) throws(LedgerDamage) {
        guard let layout = layouts[entry.pack] else { throw .row(entry.position, "names a pack that is not kept") }
        useAccounts(entry, replay)
        if !replay.has(entry.person, entry.position) {
            let yearIndex = years.index(
                entry.person, entry.year, region: layout.region, slotCount: layout.slotCount)
            moveYear(entry, layout, at: yearIndex)
            moveRecognition(entry)
        }
        file(entry, key(entry.id), replay)
    }

    private func applyReversal(_ replay: Replay) throws(LedgerDamage) {
        guard let layout = layouts[entry.pack] else { throw .row(entry.position, "names a pack that is not kept") }
        for account in reversal.accounts where !replay.has(account.owner, reversal.position) {
            _ = accounts.use(-account.paid, of: account.owner, at: reversal.position.number)
        }
        if !replay.has(entry.person, reversal.position) {
            guard let yearIndex = years.find(entry.person, entry.year, region: layout.region) else {
                throw .row(reversal.position, "takes back what was never settled")
            }
            _ = takeBackYear(entry, reversal.adjusted, layout, at: yearIndex, record: reversal.position)
            takeBackRecognition(entry, reversal.adjusted)
        }
        file(reversal, of: entry, replay)
    }
}

/// The parts of a snapshot and the block that each is as of, for the replay on top of it.
struct Replay {
    /// The last block in each person's part.
    var persons: [UInt64: UInt64] = [:]
    /// The last block in the part without persons: institutions, registers, totals.
    var global: UInt64 = 0

    @inline(__always)
    func has(_ person: UInt64, _ position: Position) -> Bool {
        !persons.isEmpty && position.block <= persons[person] ?? 0
    }

    @inline(__always)
    func hasTotals(_ position: Position) -> Bool { position.block <= global }

    func has(_ event: RegistryEvent, _ position: Position) -> Bool {
        switch event {
        case .person(let number, _): has(number, position)
        case .filing(let event):
            // Events of no person set a value and do not add to one: applying them again changes nothing.
            if let person = event.person { has(person, position) } else { position.block <= global }
        case .institution, .area: position.block <= global
        }
    }

    func has(_ event: AccountEvent, _ position: Position) -> Bool { has(event.owner, position) }
}
