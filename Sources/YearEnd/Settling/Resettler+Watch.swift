import Lists
import Policy
import Population
import Registry
import Settlement
import Text

/// The watch lists (高额医疗费用支出预警监测, YT-9).
extension Resettler {
    /// The year's burden up to each month's end, against the shares of last year's disposable income, in each region
    /// where the person had one.
    func watch(_ items: [YearItem], _ order: [Int], above income: Fen, _ group: SpoolGroup) throws {
        for region in packs.regions.indices {
            guard let terms = packs.regions[region].monitoring else { continue }
            var burdens = [Fen](repeating: 0, count: 12)
            for index in order where items[index].region == region && items[index].refusal.isEmpty {
                burdens[Int(items[index].serviceDate.month) - 1] += items[index].final.burden
            }
            guard terms.mayWatch(burdens.reduce(0, +), income) else { continue }
            let months = terms.months(
                burdens, of: options.year, through: options.lastMonth, above: income,
                given: try identities(items, order, region, group), packs.regions[region].pack.tables)
            for month in months { try watch(month, group.person, terms) }
        }
    }

    private func watch(_ month: WatchedMonth, _ person: UInt64, _ terms: WatchTerms) throws {
        let area = registry?.people.basics(of: person, on: month.last)?.area ?? ""
        if let whole = options.watchedArea, registry?.areas.contains(whole, area) != true { return }
        let monthIndex = Int(month.last.month) - 1
        sums.watched[monthIndex].persons += 1
        if month.isFirst { sums.watched[monthIndex].first += 1 }
        for department in terms.departments(month.identity) {
            if department == .civilAffairs { sums.watched[monthIndex].civilAffairs += 1 }
            if department == .ruralRevitalisation { sums.watched[monthIndex].ruralRevitalisation += 1 }
            try write(month, person, area, for: department)
        }
    }

    /// The identities that departments gave the person; a file's claims carry them themselves.
    private func identities(
        _ items: [YearItem], _ order: [Int], _ region: Int, _ group: SpoolGroup
    ) throws -> [DatedIdentity] {
        if let registry { return registry.people.identities(of: group.person) }
        // A row that the rules refuse has none to tell.
        let admitted = order.first { items[$0].region == region && items[$0].refusal.isEmpty }
        guard let admitted, try reader.admit(items[admitted], group, into: admission) == nil else { return [] }
        return admission.identities
    }

    /// A row of one department's file, with what that department answered to this list or an earlier one of the person.
    private func write(_ month: WatchedMonth, _ person: UInt64, _ area: String, for department: Department) throws {
        var row = CSVLine()
        // Taken off again where the rows are shared out to the departments' files.
        row.add(department.watchMark)
        row.add(monthText(month.last.monthIndex))
        row.add(registry?.areas.county(of: area)?.name ?? "")
        row.add(id: area)
        row.add(registry?.areas.township(of: area)?.name ?? "")
        row.add(id: source.text(ofPerson: person))
        row.add(month.identity == .none ? "" : "\(month.identity)".snakeCased)
        row.add(yuan: month.burden)
        row.add(number: month.isFirst ? 1 : 0)
        let answer = registry?.filings.feedback(of: person, from: department, through: month.last.monthIndex)
        row.add(answer.map { $0.isTakenIn ? "taken_in" : "not_taken_in" } ?? "")
        row.add(answer.map { monthText($0.month) } ?? "")
        row.add(date: answer?.received ?? .none)
        row.add(answer.map { $0.identity == .none ? "" : "\($0.identity)".snakeCased } ?? "")
        row.add(date: answer?.from ?? .none)
        row.add(answer?.reason ?? "")
        row.add(personNo: source.personNo(of: person))
        row.end(to: output[.monitoring])
        try output[.monitoring].flushIfFull()
    }
}

extension Department {
    /// What rows of a department's watch list begin with between the stages.
    var watchMark: String { self == .civilAffairs ? "c" : "r" }
}
