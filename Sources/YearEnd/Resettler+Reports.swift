import Policy
import Population
import Registry
import Settlement

/// What a person's final year means to others: the second round, the watch lists, the assessment, recognitions.
extension Resettler {
    func report(_ items: [YearItem], _ order: [Int], _ group: SpoolGroup) throws {
        for index in order {
            let item = items[index]
            if !item.refusal.isEmpty { continue }
            try reportUnpaid(item, group.person)
            try assess(item, group.person)
        }
        if let income = options.disposableIncome { try watch(items, order, income, group) }
        if let state = reader.recognitions(of: group.person) { try check(state, items, group.person) }
    }

    /// SY-4: what round one left unpaid.
    private func reportUnpaid(_ item: YearItem, _ person: UInt64) throws {
        let region = packs.regions[item.region].pack.region
        guard item.final.supplementLeft > 0, options.surplus[region] != nil else { return }
        sums.unpaid[item.region].settlements += 1
        sums.unpaid[item.region].sum += item.final.supplementLeft
        try UnpaidRecord(region: item.region, person: person, unpaid: item.final.supplementLeft, id: item.id)
            .write(to: output[.unpaid])
    }

    // MARK: YT-11

    /// YT-11: what assisted persons were charged outside the catalogue, and whether they agreed.
    private func assess(_ item: YearItem, _ person: UInt64) throws {
        guard item.final.identity != .none, packs.regions[item.region].consentDocument != nil else { return }
        var cell = assessments[item.institution] ?? AssessmentCell(institution: item.institution)
        cell.claims += 1
        cell.total += item.standing.total
        cell.outOfCatalog += item.outOfCatalog
        let lacksConsent = item.outOfCatalog > 0 && !item.hasConsent
        if lacksConsent { cell.withoutConsent += 1 }
        assessments[item.institution] = cell
        guard lacksConsent else { return }
        var row = CSVLine()
        row.add(id: item.id)
        row.add(number: item.position)
        row.add(person: person)
        row.add(id: institution(item.institution))
        row.add(date: item.serviceDate)
        row.add(yuan: item.standing.total)
        row.add(yuan: item.outOfCatalog)
        row.end(to: output[.consent])
        try output[.consent].flushIfFull()
    }

    // MARK: YT-9

    /// YT-9: the year's burden up to each month's end, against the shares of last year's disposable income.
    private func watch(_ items: [YearItem], _ order: [Int], _ income: Fen, _ group: SpoolGroup) throws {
        guard let first = order.first, let terms = packs.regions[items[first].region].monitoring else { return }
        let region = items[first].region
        var burdens = [Fen](repeating: 0, count: 12)
        for index in order where items[index].region == region && items[index].refusal.isEmpty {
            burdens[Int(items[index].serviceDate.month) - 1] += items[index].final.burden
        }
        let least = min(terms.identifiedShare, terms.otherShare)
        guard isAbove(burdens.reduce(0, +), income, least) else { return }
        // The person's identities; a claim that the register refuses by now has none to tell.
        let admitted = order.first { items[$0].region == region && items[$0].refusal.isEmpty }
        guard let admitted, try reader.admit(items[admitted], group, into: admission) == nil else { return }
        let identities = admission.identities
        let tables = packs.regions[region].pack.tables
        var burden: Fen = 0
        var isFirst = true
        for month in 1...options.lastMonth {
            burden += burdens[Int(month) - 1]
            let last = CalendarDate(
                year: options.year, month: month, day: CalendarDate.days(inMonth: month, of: options.year))
            let identity = tables.identity(on: last, among: identities.span, range: identities.indices)
            let isIdentified = terms.identities.contains(identity)
            guard isIdentified || identity == .none,
                isAbove(burden, income, isIdentified ? terms.identifiedShare : terms.otherShare)
            else { continue }
            let forCivilAffairs = identity == .none || terms.civilAffairs.contains(identity)
            let forRural = identity == .none || terms.ruralRevitalisation.contains(identity)
            let place = Int(month) - 1
            sums.watched[place].persons += 1
            if forCivilAffairs { sums.watched[place].civilAffairs += 1 }
            if forRural { sums.watched[place].ruralRevitalisation += 1 }
            if isFirst { sums.watched[place].first += 1 }
            try writeWatched(month, forCivilAffairs, forRural, group.person, identity, burden, isFirst)
            isFirst = false
        }
    }

    /// `burden > share of income`, exactly.
    private func isAbove(_ burden: Fen, _ income: Fen, _ share: BasisPoints) -> Bool {
        Int128(burden) * 10_000 > Int128(income) * Int128(share)
    }

    private func writeWatched(
        _ month: Int32, _ civilAffairs: Bool, _ rural: Bool, _ person: UInt64, _ identity: Identity, _ burden: Fen,
        _ isFirst: Bool
    ) throws {
        var row = CSVLine()
        // Taken off again where the rows are shared out to the departments' files.
        row.add((civilAffairs ? "c" : ".") + (rural ? "r" : "."))
        row.add(number: options.year * 100 + month)
        row.add(person: person)
        row.add(identity == .none ? "" : "\(identity)".snakeCased)
        row.add(yuan: burden)
        row.add(number: isFirst ? 1 : 0)
        row.end(to: output[.monitoring])
        try output[.monitoring].flushIfFull()
    }

    // MARK: YT-7

    /// YT-7: what a recognition of the year entitles to by the final figures, against what it paid.
    private func check(_ state: RecognitionState, _ items: [YearItem], _ person: UInt64) throws {
        guard let recognition = state[options.year], recognition.isRecognised else { return }
        var burden = recognition.outside
        var paid = recognition.paid
        for item in items where !item.isReversed && item.refusal.isEmpty {
            let counting = state.recognitions.first {
                $0.isRecognised && $0.window.contains(item.serviceDate)
            }
            guard counting?.year == recognition.year, packs.present[item.region].countsForRecognition(item.kind) else {
                continue
            }
            paid += item.final.recognised
            if !item.final.isAssisted { burden += item.final.burden }
        }
        let due = min(recognition.terms.limit, recognition.terms.entitlement(burden))
        var counted = RecognitionSums()
        counted.recognitions = 1
        counted.due = due
        counted.paid = paid
        counted.outstanding = max(0, due - paid)
        counted.overpaid = max(0, paid - due)
        sums.recognitions += counted
        var row = CSVLine()
        row.add(person: person)
        row.add(number: recognition.year)
        row.add(date: recognition.applied)
        row.add(date: recognition.recognised)
        for amount in [burden, due, paid, counted.outstanding, counted.overpaid] { row.add(yuan: amount) }
        row.end(to: output[.recognitions])
        try output[.recognitions].flushIfFull()
    }
}
