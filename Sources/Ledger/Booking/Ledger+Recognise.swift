import LedgerFormat
import Policy
import Records
import Registry
import Settlement

extension Ledger {
    /// Everybody who has applied for a recognition (YT-7).
    package var recognisedPersons: Set<UInt64> { Set(books.recognitions.keys) }

    /// A person's recognitions of poverty through illness (因病致贫, YT-7).
    package func recognitions(of person: UInt64) -> RecognitionState {
        books.recognitions[person] ?? RecognitionState()
    }

    /// Records an event of a person's recognition and applies it. A payment beside settlements, or one taken back, is
    /// an entry of the year of recognition (rule YT-7) and is returned.
    @discardableResult
    package func record(
        _ event: RecognitionEvent, of person: UInt64
    ) throws(DomainRefusal) -> RecognitionPayment? {
        try ready()
        guard event.paid != 0 || Self.isTakingBack(event) else {
            journal.append { writer in
                writer.byte(RowKind.recognition.rawValue)
                writer.number(person)
                event.encode(to: &writer)
            }
            books.apply(event, to: person)
            return nil
        }
        var payment = try payment(event, of: person)
        let earlier = try recognitionPayments(of: person).filter { $0.event.year == event.year }
        if Self.isTakingBack(event) {
            payment.takeBack(earlier)
        } else {
            payment.cash = -event.paid
            payment.parts = try parts(of: payment, after: earlier)
        }
        guard payment.isConserving else {
            throw DomainRefusal(
                .recordConflict, "year", "\(event.year)", rule: "YT-7",
                "the recognition's entries do not add up to what it paid: run 'jiesuan ledger verify'")
        }
        return try record(payment)
    }

    private static func isTakingBack(_ event: RecognitionEvent) -> Bool {
        if case .takenBack = event { return true }
        return false
    }

    /// Books a year-end run's correction of a recognition's payments (rule YT-7): a surplus is owed to the person, a
    /// shortfall is to be recovered.
    ///
    /// Posting the same payment of the same run again changes nothing. The caller fills in person, pack, event, fund,
    /// cash and recoverable; parts, links, position and time are filled in by the ledger.
    /// - Parameter end: the last block that the run read.
    package func post(
        _ payment: RecognitionPayment, readThrough end: UInt64
    ) throws(DomainRefusal) -> AdjustmentPosting {
        try ready()
        guard payment.isConserving, case .settledUp(let year, _, _) = payment.event,
            payment.event.paid == payment.amount
        else {
            throw DomainRefusal(
                .factInvalid, "recognition", "\(payment.person)", rule: "G-7",
                "fund, cash and recoverable do not add up")
        }
        let all = try recognitionPayments(of: payment.person)
        if all.contains(where: { $0.run == payment.run && $0.event.year == year }) { return .duplicate }
        guard let recognition = recognitions(of: payment.person)[year], recognition.isRecognised,
            let layout = books.layouts[payment.pack]
        else { return .movedOn }
        for yearIndex in books.years.indexes(of: payment.person) {
            let counted = books.years.years[yearIndex]
            guard Int(counted.region) == layout.region,
                counted.year == payment.year || recognition.window.years.contains(counted.year)
            else { continue }
            guard try isAsRead(yearIndex, run: payment.run, through: end) else { return .movedOn }
        }
        var payment = payment
        payment.parts = try parts(of: payment, after: all.filter { $0.event.year == year })
        try record(payment)
        return .posted
    }

    /// The payments of a person's recognitions beside settlements, those taken back included, the oldest first.
    package func recognitionPayments(of person: UInt64) throws(DomainRefusal) -> [RecognitionPayment] {
        try booked(under: books.recognitionKey(person)).compactMap { row in
            guard case .recognition(let payment) = row, payment.person == person else { return nil }
            return payment
        }
    }

    /// The recognition payments of which a part lowers the settlement's cash (I-39), the oldest first, each with that
    /// part only.
    package func recognitionParts(
        of id: String, _ settlement: Position
    ) throws(DomainRefusal) -> [RecognitionPayment] {
        try booked(under: books.recognitionPartKey(id)).compactMap { row in
            guard case .recognition(var payment) = row else { return nil }
            payment.parts.removeAll { $0.settlement != settlement }
            return payment.parts.isEmpty ? nil : payment
        }
    }

    // MARK: Entries

    /// The entry of an event's payment, by the person's region; the fund is that of the region's recognitions.
    private func payment(
        _ event: RecognitionEvent, of person: UInt64
    ) throws(DomainRefusal) -> RecognitionPayment {
        guard let basics = books.registry.people.basics(of: person, on: journal.time.date) else {
            throw DomainRefusal(.personUnknown, "person", "\(person)", "register the person first")
        }
        guard let region = regions.first(where: { $0.pack.region == basics.region }),
            let fund = region.pack.recognitionFund
        else {
            throw DomainRefusal(
                .noRule, "region", basics.region, rule: "YT-7",
                "its pack has no recognition of poverty through illness, or is not loaded here")
        }
        var payment = RecognitionPayment()
        payment.person = person
        payment.pack = region.number
        payment.event = event
        let recognised = recognitions(of: person)[event.year]?.recognised ?? .none
        payment.year = recognised == .none ? event.chargedYear : recognised.year
        payment.fund = FundChange(fund.category, fund.id, event.paid)
        return payment
    }

    @discardableResult
    private func record(_ payment: RecognitionPayment) throws(DomainRefusal) -> RecognitionPayment {
        guard let layout = books.layouts[payment.pack] else {
            throw DomainRefusal(
                .recordConflict, "person", "\(payment.person)",
                "the region's pack is not kept: the ledger does not verify")
        }
        try requireServed(layout, "person", "\(payment.person)", rule: "YT-7")
        var payment = payment
        if let yearIndex = books.years.find(payment.person, payment.year, region: layout.region) {
            payment.previousRecord = books.years.years[yearIndex].lastRecord
        }
        payment.paidAt = journal.time
        payment.position = journal.nextPosition
        journal.append { payment.write(to: &$0) }
        books.apply(payment.event, to: payment.person)
        books.book(payment.person, payment.year, layout, record: payment.position)
        books.file(payment)
        books.payees.add(payment, region: nil)
        return payment
    }

    /// Divides a payment's cash among the settlements whose cash it lowers: the oldest of W first (I-39). The part of W
    /// from outside this ledger counts as older than all of them.
    ///
    /// - Parameter earlier: the same recognition's payments before.
    private func parts(
        of payment: RecognitionPayment, after earlier: [RecognitionPayment]
    ) throws(DomainRefusal) -> [RecognitionPayment.Part] {
        var left = -payment.cash
        guard left > 0 else { return [] }
        var state = recognitions(of: payment.person)
        state.apply(payment.event)
        guard let recognition = state[payment.event.year] else { return [] }
        let paid = -earlier.reduce(0) { $0 + $1.cash }
        left -= min(left, max(0, recognition.outside - paid))
        var parts: [RecognitionPayment.Part] = []
        for settled in try settled(by: payment.person, in: recognition.window).sorted(by: { $0.isOlder(than: $1) })
        where left > 0 {
            guard settled.counted > 0, state.counting(on: settled.serviceDate)?.year == recognition.year else {
                continue
            }
            let relieved = try recognitionParts(of: settled.id, settled.position)
                .reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.amount } }
            let amount = min(left, max(0, settled.cash - relieved))
            if amount == 0 { continue }
            parts.append(RecognitionPayment.Part(settled.position, settled.id, amount))
            left -= amount
        }
        return parts
    }

    // MARK: W

    /// A settlement in force as a recognition counts it; amounts in fen, adjustments included.
    private struct Settled {
        var position: Position
        var id: String
        var serviceDate: CalendarDate
        var counted: Fen
        var part: Fen
        var cash: Fen

        func isOlder(than other: Settled) -> Bool {
            (serviceDate, position) < (other.serviceDate, other.position)
        }
    }

    /// The burdens of the person's settlements in force of `window` dated up to now, adjustments included, as a
    /// recognition counts them.
    package func burdens(of person: UInt64, in window: DateRange) throws(DomainRefusal) -> [SettledBurden] {
        try readyToRead()
        return try settled(by: person, in: window).map { settled in
            SettledBurden(serviceDate: settled.serviceDate, burden: settled.counted)
        }
    }

    /// Id of a settlement in force in `window` that carries a part of a recognition; empty: none does.
    package func recognitionCarrier(of person: UInt64, in window: DateRange) throws(DomainRefusal) -> String {
        try settled(by: person, in: window).last { $0.part > 0 }?.id ?? ""
    }

    private func settled(by person: UInt64, in window: DateRange) throws(DomainRefusal) -> [Settled] {
        let today = journal.time.date
        var found: [Settled] = []
        for year in window.years {
            for yearIndex in books.years.indexes(of: person, in: year) {
                var position = books.years.years[yearIndex].lastStanding
                while position != .none {
                    do throws(LedgerDamage) { try load(position, into: other) } catch { throw Self.unreadable(error) }
                    position = other.previousStanding
                    let date = other.claim.serviceDate
                    guard window.contains(date), date <= today,
                        books.layouts.pack(other.pack)?.burden(of: other.claim, other.outcome.pointee) != nil
                    else { continue }
                    found.append(try settled())
                }
            }
        }
        return found.sorted { $0.position < $1.position }
    }

    /// The settlement in `other`.
    private func settled() throws(DomainRefusal) -> Settled {
        let recorded = books.counted(other)
        var settled = Settled(
            position: other.position, id: other.idText, serviceDate: other.claim.serviceDate,
            counted: recorded.counted, part: recorded.part, cash: other.outcome.pointee.cash)
        for adjustment in try adjustments(of: settled.id, settled.position) {
            settled.counted += adjustment.recognition.counted
            settled.part += adjustment.recognition.part
            settled.cash += adjustment.cash
        }
        return settled
    }
}

extension RecognitionPayment {
    /// Takes back all earlier payments of the same recognition, settlement by settlement.
    fileprivate mutating func takeBack(_ earlier: [RecognitionPayment]) {
        for payment in earlier {
            recoverable -= payment.recoverable
            for part in payment.parts {
                if let index = parts.firstIndex(where: { $0.settlement == part.settlement }) {
                    parts[index].amount -= part.amount
                } else {
                    parts.append(Part(part.settlement, part.id, -part.amount))
                }
            }
        }
        parts.removeAll { $0.amount == 0 }
        // Includes payments of older ledgers without an entry, which lowered no 应退.
        cash = -amount - recoverable
    }
}

extension DateRange {
    /// The natural years that the range touches.
    package var years: ClosedRange<Int32> { from.year...max(from.year, until.year) }
}

extension Books {
    /// Adds a recognition's payment to the index: under its person, and under each settlement that has a part of it.
    func file(_ payment: RecognitionPayment) {
        insert(recognitionKey(payment.person), payment.position)
        for part in payment.parts { insert(recognitionPartKey(part.id), payment.position) }
    }

    /// Applies a recognition's payment that was read from the journal.
    func apply(_ payment: RecognitionPayment, _ replay: Replay) throws(LedgerDamage) {
        guard let layout = layouts[payment.pack] else {
            throw .row(payment.position, "names a pack that is not kept")
        }
        if !replay.has(payment.person, payment.position) {
            apply(payment.event, to: payment.person)
            book(payment.person, payment.year, layout, record: payment.position)
        }
        file(payment)
        if !replay.hasTotals(payment.position) { payees.add(payment, region: nil) }
    }
}
