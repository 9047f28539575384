import Policy
import Population
import Registry
import Settlement

/// What a person's final year means to others: the second round, the watch lists, the assessment, recognitions.
extension Resettler {
    func report(_ items: [YearItem], _ order: [Int], _ group: SpoolGroup) throws {
        for index in order {
            let item = items[index]
            try bookRounds(item, group.person)
            if !item.refusal.isEmpty { continue }
            try assess(item, group.person)
        }
        if let income = options.disposableIncome { try watch(items, order, above: income, group) }
        try bookRecognitions(items, group.person)
    }

    // MARK: YT-11

    /// YT-11: what assisted persons were charged outside the catalogue, and whether they agreed.
    private func assess(_ item: YearItem, _ person: UInt64) throws {
        guard item.final.identity != .none, packs.regions[item.region].consentDocument != nil else { return }
        var cell = assessments[item.institution] ?? AssessmentCell(institution: item.institution)
        cell.claims += 1
        cell.total += item.current.total
        cell.outOfCatalog += item.outOfCatalog
        let lacksConsent = item.outOfCatalog > 0 && !item.hasConsent
        if lacksConsent { cell.withoutConsent += 1 }
        assessments[item.institution] = cell
        guard lacksConsent else { return }
        var row = CSVLine()
        row.add(id: item.id)
        row.add(number: item.position)
        row.add(id: source.text(ofPerson: person))
        row.add(id: institution(item.institution))
        row.add(date: item.serviceDate)
        row.add(yuan: item.current.total)
        row.add(yuan: item.outOfCatalog)
        row.add(personNo: source.personNo(of: person, in: packs.regions[item.region].pack.region))
        row.end(to: output[.consent])
        try output[.consent].flushIfFull()
    }
}
