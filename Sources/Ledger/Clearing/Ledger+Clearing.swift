import Policy
import Records
import Registry
import Settlement

/// One line of the clearing: the amount that a fund owes an institution for a month and a service year (YE-3); in fen.
package struct ClearingLine: Equatable, Sendable {
    package var institution: UInt32
    /// YYYYMM.
    package var month: Int32
    /// Region of the insured persons, whose funds pay.
    package var region: String
    package var serviceYear: Int32
    /// The pack's id; "account": the account fund.
    package var fund: String
    package var owed: Fen
    /// Part of the fund's total that was paid outside and is never owed (G-9).
    package var paidOutside: Fen
    /// Id of the payment batch; empty: not handed over yet.
    package var batch: String
}

/// Counts of an institution's month, of one region and service year.
package struct ClearingCount: Equatable, Sendable {
    package var institution: UInt32
    package var region: String
    package var serviceYear: Int32
    package var settlements: Int
    package var reversals: Int
    package var uses: Int
    package var refunds: Int
    /// 医疗费总额 of the settlements, less reversals, in fen.
    package var total: Fen
}

/// Filter on the clearing's lines; nil, empty or 0: no restriction.
package struct ClearingFilter: Equatable, Sendable {
    package var region = ""
    package var institution: UInt32?
    /// County or township (G-17) of the institutions, or of the persons.
    package var area = ""
    package var fund = ""
    package var person: UInt64 = 0
    package var isUnpaid = false

    package init() {}
}

extension Ledger {
    /// The clearing of a month (YE-3), by institution, region, service year and fund: the figures of the year's end. A
    /// past month does not change any more.
    package func clearing(
        ofMonth month: Int32, _ filter: ClearingFilter
    ) throws(DomainRefusal) -> (lines: [ClearingLine], counts: [ClearingCount]) {
        try clearingMonth(month, filter).lines()
    }

    /// A copy of a month's cells, from which any thread can make the lines.
    ///
    /// Takes some 50 ns for each of the month's cells, of which an institution has one or two.
    package func clearingMonth(_ month: Int32, _ filter: ClearingFilter) throws(DomainRefusal) -> ClearingMonth {
        try readyToRead()
        try Self.check(month: month)
        let months = books.payees.months
        let isLetThrough = cellFilter(filter)
        let cells = months.indexes(ofMonth: month).lazy.map { months.cells[$0] }.filter { isLetThrough($0.key) }
        return ClearingMonth(
            month: month, isOver: isOver(month: month), filter: filter, cells: Array(cells), funds: months.funds,
            batches: books.payees.batches)
    }

    /// Indexes of a month's cells that pass the filter.
    func clearingCells(_ month: Int32, _ filter: ClearingFilter) -> [Int] {
        let months = books.payees.months
        let isLetThrough = cellFilter(filter)
        return months.cells(ofMonth: month).filter { isLetThrough(months.cells[$0].key) }
    }

    private func cellFilter(_ filter: ClearingFilter) -> (ClearingMonths.Key) -> Bool {
        let months = books.payees.months
        return { [self] key in
            (filter.institution == nil || key.institution == filter.institution)
                && (filter.area.isEmpty || lies(key.institution, in: filter.area))
                && (filter.region.isEmpty || months.funds.regions[Int(key.region)].name == filter.region)
        }
    }

    private func lies(_ institution: UInt32, in area: String) -> Bool {
        registry.areas.contains(area, registry.institutions[institution]?.area ?? "")
    }

    /// Whether anything was settled in a region, or may be.
    package func knows(region: String) -> Bool {
        library[region] != nil || books.payees.months.funds.regions.contains { $0.name == region }
    }

    /// Whether a month is over today, so that its clearing does not change any more.
    package func isOver(month: Int32) -> Bool { month < now.date.number / 100 }

    static func check(month: Int32) throws(DomainRefusal) {
        guard (1..<10_000).contains(month / 100), (1...12).contains(month % 100) else {
            throw DomainRefusal(.dateInvalid, "month", "\(month)", rule: "YE-3", "write the month as 202406")
        }
    }
}
