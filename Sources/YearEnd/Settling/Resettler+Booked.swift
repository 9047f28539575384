import Ledger
import LedgerFormat
import Policy
import Population
import Registry
import Settlement

/// What is booked for persons beside settlements, by the final figures: second rounds (SY-4), recognitions (YT-7).
extension Resettler {
    /// Reason of an adjustments.csv row for what a second round paid too much.
    static let secondRoundReason = "SECOND_ROUND"

    /// SY-4: what round one left unpaid, for the division; and what second rounds paid of more than that, which is to
    /// be recovered.
    func bookRounds(_ item: YearItem, _ person: UInt64) throws {
        guard let fund = packs.regions[item.region].secondRoundFund else { return }
        if item.rounds != Beside() { sums.regions[item.region].add(item.rounds, fund: fund, isNew: false) }
        let unpaid = item.refusal.isEmpty ? item.final.supplementLeft : 0
        let paid = item.rounds.amount
        guard unpaid > 0 || paid != 0 else { return }
        var counted = PartSums.UnpaidSums()
        counted.settlements = unpaid > 0 ? 1 : 0
        counted.sum = unpaid
        counted.paid = paid
        counted.left = max(0, unpaid - paid)
        if options.resettles, paid > unpaid {
            counted.excess = paid - unpaid
            try bookExcess(paid - unpaid, item, fund, person)
        }
        sums.unpaid[item.region] += counted
        guard unpaid > 0, options.surplus[packs.regions[item.region].pack.region] != nil else { return }
        try UnpaidRecord(
            region: item.region, person: person, position: item.position, unpaid: unpaid, paid: paid,
            recoverable: item.rounds.recoverable, id: item.id
        ).write(to: output[.unpaid])
    }

    private func bookExcess(_ excess: Fen, _ item: YearItem, _ fund: Int, _ person: UInt64) throws {
        let region = packs.regions[item.region]
        let booked = Beside(-excess, 0, excess)
        let payment = SecondRoundPayment(
            booked, region.change(of: fund, -excess), item.position, item.id, person, options.year, run: run)
        try writePost(item.region) { payment.write(to: &$0) }
        sums.regions[item.region].add(booked, fund: fund, isNew: true)
        self.booked.append(
            (
                item.region, String(decoding: item.id, as: UTF8.self),
                OwedItem(kind: .secondRound, shares: [payment.share])
            ))
        sums.adjustments[Self.secondRoundReason, default: 0] += 1
        var difference = Difference()
        difference.funds[fund] = -excess
        difference.recoverable = excess
        try writeAdjustment(item, difference, Self.secondRoundReason, person)
    }

    // MARK: YT-7

    /// YT-7: what the person's recognitions paid beside settlements in the year, and what of a recognition of the year
    /// is due, or paid too much, by the final figures.
    func bookRecognitions(_ items: [YearItem], _ person: UInt64) throws {
        for payment in reader.recognitionPayments {
            guard let region = source.region(of: payment),
                let fund = packs.regions[region].fund(payment.fund.fund) ?? packs.regions[region].recognitionFund
            else {
                throw RunProblem(
                    "number \(payment.position.number) of the journal pays for a recognition of a region that has no "
                        + "policy pack here: see --policies")
            }
            sums.regions[region].add(
                Beside(payment.amount, payment.cash, payment.recoverable), fund: fund, isNew: false)
        }
        guard let state = reader.recognitions(of: person) else { return }
        for recognition in state.recognitions where recognition.recognised.year == options.year {
            try settleUp(recognition, state, items, person)
        }
    }

    private func settleUp(
        _ recognition: Recognition, _ state: RecognitionState, _ items: [YearItem], _ person: UInt64
    ) throws {
        var burden = recognition.outside
        var paid = recognition.beside
        for item in items
        where !item.isReversed && state.counting(on: item.serviceDate)?.year == recognition.year {
            paid += item.final.recognised
            burden += item.finalCounted
        }
        let due = min(recognition.terms.limit, recognition.terms.entitlement(burden))
        if options.resettles { try book(due - paid, recognition, person) }
        var counted = RecognitionSums()
        counted.recognitions = 1
        counted.due = due
        counted.paid = paid
        counted.outstanding = max(0, due - paid)
        counted.overpaid = max(0, paid - due)
        sums.recognitions += counted
        var row = CSVLine()
        row.add(id: source.text(ofPerson: person))
        row.add(number: recognition.year)
        row.add(date: recognition.applied)
        row.add(date: recognition.recognised)
        for amount in [burden, due, paid, counted.outstanding, counted.overpaid] { row.add(yuan: amount) }
        row.add(personNo: source.personNo(of: person))
        row.end(to: output[.recognitions])
        try output[.recognitions].flushIfFull()
    }

    /// More than was paid first takes off what is still to be recovered, then is owed to the person; less is to be
    /// recovered (I-21).
    private func book(_ difference: Fen, _ recognition: Recognition, _ person: UInt64) throws {
        guard difference != 0, let region = source.region(ofPerson: person),
            let fund = packs.regions[region].recognitionFund
        else { return }
        let released = max(0, min(difference, recognition.recoverable))
        let recoverable = difference < 0 ? -difference : -released
        let booked = Beside(difference, -difference - recoverable, recoverable)
        var payment = RecognitionPayment()
        payment.run = run
        payment.person = person
        payment.year = options.year
        payment.event = .settledUp(year: recognition.year, amount: difference, recoverable: recoverable)
        payment.fund = packs.regions[region].change(of: fund, difference)
        payment.cash = booked.cash
        payment.recoverable = booked.recoverable
        try writePost(region) { payment.write(to: &$0) }
        sums.regions[region].add(booked, fund: fund, isNew: true)
        self.booked.append((region, "", OwedItem(kind: .recognition, shares: [payment.share])))
    }
}

extension SecondRoundPayment {
    init(
        _ booked: Beside, _ fund: FundChange, _ settlement: UInt64, _ id: [UInt8], _ person: UInt64,
        _ year: Int32, run: UInt64
    ) {
        self.init()
        self.run = run
        self.settlement = Position(number: settlement)
        self.id = String(decoding: id, as: UTF8.self)
        self.person = person
        self.year = year
        self.fund = fund
        cash = booked.cash
        recoverable = booked.recoverable
    }
}

extension YearRegion {
    /// What one of its funds pays more.
    func change(of fund: Int, _ amount: Fen) -> FundChange {
        FundChange(categories[fund], funds[fund].id, amount)
    }
}
