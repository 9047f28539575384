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
        if let income = options.disposableIncome { try watch(items, order, above: income, group) }
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
