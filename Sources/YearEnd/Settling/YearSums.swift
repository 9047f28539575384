import Ledger
import Settlement

/// Recorded, adjustment and final amount of one fund, account, cash …; in fen.
package struct Movement: Codable, Equatable, Sendable {
    package var recorded: Fen = 0
    package var adjusted: Fen = 0
    package var final: Fen = 0

    package init() {}

    package var isConserving: Bool { recorded + adjusted == final }

    mutating func add(_ amount: Fen, _ isNew: Bool) {
        if isNew { adjusted += amount } else { recorded += amount }
        final += amount
    }

    package static func += (left: inout Movement, right: Movement) {
        left.recorded += right.recorded
        left.adjusted += right.adjusted
        left.final += right.final
    }
}

/// What was settled in a region's year; amounts in fen.
package struct RegionSums: Codable, Equatable {
    package var settlements = 0
    package var reversed = 0
    package var total: Fen = 0
    package var funds: [Movement]
    package var account = Movement()
    package var cash = Movement()
    package var recoverable = Movement()
    /// By fund, of `funds`: what was booked beside settlements, owed to persons: second rounds (SY-4) and what
    /// recognitions pay (YT-7).
    package var beside: [Movement]
    /// Whom each fund owes, and the account fund (G-18).
    package var payees: [FundPayees]
    package var accountPayees = AccountPayees()
    package var recoveries = RecoverySums()
    /// Settlements whose parts are not their total, as recorded or finally.
    package var unbalanced = 0
    /// By kind of claim: settlements, total, final payment of the funds.
    var kinds: [KindSums]

    struct KindSums: Codable, Equatable {
        var settlements = 0
        var total: Fen = 0
        var fund: Fen = 0
    }

    init(funds: Int) {
        self.funds = Array(repeating: Movement(), count: funds)
        beside = self.funds
        payees = Array(repeating: FundPayees(), count: funds)
        kinds = Array(repeating: KindSums(), count: ClaimKind.allCases.count)
    }

    static func += (left: inout RegionSums, right: RegionSums) {
        left.settlements += right.settlements
        left.reversed += right.reversed
        left.total += right.total
        for fund in left.funds.indices {
            left.funds[fund] += right.funds[fund]
            left.beside[fund] += right.beside[fund]
        }
        left.account += right.account
        left.cash += right.cash
        left.recoverable += right.recoverable
        for fund in left.payees.indices { left.payees[fund] += right.payees[fund] }
        left.accountPayees += right.accountPayees
        left.recoveries += right.recoveries
        left.unbalanced += right.unbalanced
        for kind in left.kinds.indices {
            left.kinds[kind].settlements += right.kinds[kind].settlements
            left.kinds[kind].total += right.kinds[kind].total
            left.kinds[kind].fund += right.kinds[kind].fund
        }
    }

    /// Nothing was settled, but something was booked beside: for a recognition whose settlements are of another year.
    var isBesideOnly: Bool { settlements + reversed == 0 && beside.contains { $0 != Movement() } }

    /// Counts what was booked beside settlements before, or is booked by this run.
    mutating func add(_ booked: Beside, fund: Int, isNew: Bool) {
        for movement in [\RegionSums.funds[fund], \RegionSums.beside[fund]] {
            self[keyPath: movement].add(booked.amount, isNew)
        }
        cash.add(booked.cash, isNew)
        recoverable.add(booked.recoverable, isNew)
        payees[fund].persons -= booked.cash
        payees[fund].recoverable += booked.recoverable
        if booked.amount + booked.cash + booked.recoverable != 0 { unbalanced += 1 }
    }

    /// Counts a settlement that stands: as recorded, and finally.
    mutating func add(_ item: YearItem, _ final: CostShares, _ difference: Difference) {
        settlements += 1
        total += item.current.total
        if !item.current.isConserving || !final.isConserving || !difference.isConserving { unbalanced += 1 }
        for fund in funds.indices {
            funds[fund].recorded += item.current.funds[fund]
            funds[fund].adjusted += difference.funds[fund]
            funds[fund].final += item.final.funds[fund]
        }
        account.recorded += item.current.accounts.total
        account.adjusted -= difference.accounts.total
        account.final += final.accounts.total
        cash.recorded += item.current.cash
        cash.adjusted += difference.cash
        cash.final += final.cash
        recoverable.recorded += item.current.recoverable
        recoverable.adjusted += difference.recoverable
        recoverable.final += final.recoverable
        let kind = Int(item.kind.rawValue)
        kinds[kind].settlements += 1
        kinds[kind].total += item.current.total
        kinds[kind].fund += item.final.funds.total
    }
}

/// What is owed to an institution for a month (YE-3); amounts in fen.
package struct ClearingCell: Codable, Equatable {
    var institution: UInt32
    /// YYYYMM in which it was settled, or reversed, or in which an account was used there.
    var month: Int32
    var region: Int
    var settlements = 0
    var reversals = 0
    var uses = 0
    var refunds = 0
    var total: Fen = 0
    /// By fund of the region: owed, and paid outside.
    package var owed: [Fen]
    package var outside: [Fen]
    /// By the account fund: of settlements, and of account use outside them.
    package var account: Fen = 0
    /// What adjustments change of all funds: the persons', beside what is owed here.
    package var adjusted: Fen = 0

    package init(institution: UInt32, month: Int32, region: Int, owed: [Fen], outside: [Fen]) {
        self.institution = institution
        self.month = month
        self.region = region
        self.owed = owed
        self.outside = outside
    }

    static func += (left: inout ClearingCell, right: ClearingCell) {
        left.settlements += right.settlements
        left.reversals += right.reversals
        left.uses += right.uses
        left.refunds += right.refunds
        left.total += right.total
        for fund in left.owed.indices {
            left.owed[fund] += right.owed[fund]
            left.outside[fund] += right.outside[fund]
        }
        left.account += right.account
        left.adjusted += right.adjusted
    }

    /// Counts a settlement as it was settled; `sign` −1 for its reversal.
    mutating func add(_ item: YearItem, sign: Fen) {
        if sign > 0 { settlements += 1 } else { reversals += 1 }
        total += sign * item.current.total
        for fund in owed.indices {
            owed[fund] += sign * (item.settled[fund] - item.outside[fund])
            outside[fund] += sign * item.outside[fund]
        }
        account += sign * item.settledAccounts
    }
}

/// What accounts pay at an institution in a month outside settlements, less refunds (CQ-31); in fen.
struct UseCell: Codable, Equatable {
    var institution: UInt32
    /// YYYYMM.
    var month: Int32
    var region: Int
    var uses = 0
    var refunds = 0
    var amount: Fen = 0

    static func += (left: inout UseCell, right: UseCell) {
        left.uses += right.uses
        left.refunds += right.refunds
        left.amount += right.amount
    }
}

/// The clearing of a part of the year; bounded by institutions and months.
package struct ClearingTable {
    private struct Key: Hashable {
        var institution: UInt32
        var month: Int32
        var region: Int32
    }

    private var cellIndexes: [Key: Int] = [:]
    private(set) var cells: [ClearingCell] = []

    mutating func change(
        _ institution: UInt32, _ month: Int32, _ region: Int, funds: Int, _ body: (inout ClearingCell) -> Void
    ) {
        let key = Key(institution: institution, month: month, region: Int32(region))
        let index: Int
        if let found = cellIndexes[key] {
            index = found
        } else {
            index = cells.count
            cellIndexes[key] = index
            let zeros = [Fen](repeating: 0, count: funds)
            cells.append(
                ClearingCell(institution: institution, month: month, region: region, owed: zeros, outside: zeros))
        }
        body(&cells[index])
    }

    package mutating func add(_ cell: ClearingCell) {
        change(cell.institution, cell.month, cell.region, funds: cell.owed.count) { $0 += cell }
    }

    /// By institution, month and region.
    var sorted: [ClearingCell] {
        cells.sorted { ($0.institution, $0.month, $0.region) < ($1.institution, $1.month, $1.region) }
    }
}

/// YT-11: what assisted persons were charged at an institution; amounts in fen.
struct AssessmentCell: Codable, Equatable {
    var institution: UInt32
    var claims = 0
    var total: Fen = 0
    var outOfCatalog: Fen = 0
    /// Claims with cost outside the catalogue and without the recorded consent.
    var withoutConsent = 0
}

/// Persons on a month's list (YT-9).
struct WatchCount: Codable, Equatable {
    var civilAffairs = 0
    var ruralRevitalisation = 0
    var persons = 0
    var first = 0
}

/// The sums of one partition.
package struct PartSums: Codable, Equatable {
    var persons = 0
    /// Person-years that were settled again.
    var resettled = 0
    var adjustedPersons = 0
    /// Adjustments by reason.
    var adjustments: [String: Int] = [:]
    /// Entries that are to be posted.
    var posts = 0
    /// Rows that were never settled, by code.
    var refusedRows: [String: Int] = [:]
    var regions: [RegionSums]
    var clearing: [ClearingCell] = []
    var assessments: [AssessmentCell] = []
    /// By month, January first.
    var watched = [WatchCount](repeating: WatchCount(), count: 12)
    /// By region: settlements that round one left something unpaid of, or that a second round paid (SY-4).
    var unpaid: [UnpaidSums]
    var recognitions = RecognitionSums()
    /// Of the pieces of files that belong to it.
    var marks: [String: FileChecksum] = [:]
    /// Whether rows of the pieces end with `person_no`; nil: they do not.
    var hasPersonNos: Bool?

    package struct UnpaidSums: Codable, Equatable {
        package var settlements = 0
        /// ΣU.
        package var sum: Fen = 0
        /// What second rounds paid so far, and what of it is to be recovered by the final facts.
        package var paid: Fen = 0
        package var excess: Fen = 0
        /// What is left to divide over: U less what was paid, where that is above 0.
        package var left: Fen = 0

        package init() {}

        static func += (left: inout UnpaidSums, right: UnpaidSums) {
            left.settlements += right.settlements
            left.sum += right.sum
            left.paid += right.paid
            left.excess += right.excess
            left.left += right.left
        }
    }

    init(_ regions: [YearRegion]) {
        self.regions = regions.map { RegionSums(funds: $0.funds.count) }
        unpaid = regions.map { _ in UnpaidSums() }
    }
}

/// Recognitions of the year against the final figures (YT-7); amounts in fen.
package struct RecognitionSums: Codable, Equatable, Sendable {
    package var recognitions = 0
    package var due: Fen = 0
    package var paid: Fen = 0
    package var outstanding: Fen = 0
    package var overpaid: Fen = 0

    package init() {}

    static func += (left: inout RecognitionSums, right: RecognitionSums) {
        left.recognitions += right.recognitions
        left.due += right.due
        left.paid += right.paid
        left.outstanding += right.outstanding
        left.overpaid += right.overpaid
    }
}
