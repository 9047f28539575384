import Population
import Settlement

/// The results of a year-end run: everything that a report shows. Amounts in fen; `result.json` is this as JSON with
/// sorted keys, the same bytes for the same input and options.
package struct YearResult: Codable, Equatable, Sendable {
    /// Version of this format.
    package var format = 2
    package var year: Int32
    package var options: YearOptions
    /// "ledger" or "files".
    package var source: String
    /// What was read: the ledger's identity, its last block and checksum; of files, size and time.
    package var input: [String: String]
    /// By region: SHA-256 of the policy pack, hexadecimal.
    package var policies: [String: String]

    /// Persons with records of the year.
    package var persons = 0
    /// Settlements of the year that stand, and those that were reversed.
    package var settlements = 0
    package var reversed = 0
    /// Person-years that were settled again.
    package var resettled = 0

    package var regions: [RegionResult] = []
    package var adjustments = AdjustmentResult()
    /// Entries that are to be booked: adjustments, second rounds, what recognitions pay.
    package var posts = 0
    package var secondRounds: [SecondRoundResult] = []
    package var recognitions = RecognitionSums()
    package var clearing: [ClearingResult] = []
    /// One for each month that was watched, January first; empty: nobody was (YT-9).
    package var monitoring: [MonitoringResult] = []
    package var assessments: [AssessmentResult] = []
    package var accounts = AccountTotals()
    package var registers = RegisterResult()
    /// Rows that were not settled at all, by code, the most frequent first.
    package var refused: [ReasonCount] = []
    /// Rows of other years in a claims file, which were not looked at.
    package var otherYears = 0
    /// Rows of a claims file that are an earlier row once more, under the same id; each was counted once.
    package var repeated = 0
    /// What was proved before any of this was written (YE-7).
    package var proof: [String] = []
    /// The files beside `result.json`, with their rows.
    package var files: [FileResult] = []
}

/// One region's year.
package struct RegionResult: Codable, Equatable, Sendable {
    package var region: String
    package var zh: String
    package var en: String
    package var settlements: Int
    package var reversed: Int
    package var total: Fen
    /// In the order of the waterfall.
    package var funds: [FundResult]
    package var account: Movement
    package var cash: Movement
    /// 应退.
    package var recoverable: Movement
    /// The same person by person (G-13).
    package var recoveries = RecoverySums()
    /// Whom the account fund owes (G-18).
    package var accountPayees = AccountPayees()
    package var kinds: [KindResult]
}

/// One fund's year.
package struct FundResult: Codable, Equatable, Sendable {
    package var fund: YearFund
    package var amounts: Movement
    /// Whom it owes (G-18).
    package var payees = FundPayees()
}

/// One kind of claim (医疗类别).
package struct KindResult: Codable, Equatable, Sendable {
    /// "inpatient".
    package var kind: String
    package var settlements: Int
    package var total: Fen
    /// Paid by all funds, finally.
    package var fund: Fen
}

/// What was adjusted (YE-1, G-13).
package struct AdjustmentResult: Codable, Equatable, Sendable {
    package var count = 0
    package var persons = 0
    /// FACT: the claim's own facts changed; YEAR: what came before it in the year; else the final facts refuse it, and
    /// everything is to be recovered.
    package var reasons: [ReasonCount] = []

    package init() {}
}

package struct ReasonCount: Codable, Equatable, Sendable {
    package var reason: String
    package var count: Int

    static func list(_ counts: [String: Int]) -> [ReasonCount] {
        counts.map { ReasonCount(reason: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
    }
}

/// A region's second round (SY-4).
package struct SecondRoundResult: Codable, Equatable, Sendable {
    package var region: String
    package var surplus: Fen
    package var settlements: Int
    /// ΣU, after all adjustments.
    package var unpaid: Fen
    /// What earlier rounds of the year paid, and what of that is to be recovered by the final facts.
    package var paidBefore: Fen = 0
    package var excess: Fen = 0
    /// What is left to divide over: each U less what was paid of it, where that is above 0.
    package var left: Fen
    /// What is left of the surplus, or all of `left` where that is less.
    package var paid: Fen
    /// Settlements that got one of the fen that remained.
    package var remainders: Int

    package init(region: String, surplus: Fen, settlements: Int, unpaid: Fen, paid: Fen, remainders: Int) {
        self.region = region
        self.surplus = surplus
        self.settlements = settlements
        self.unpaid = unpaid
        left = unpaid
        self.paid = paid
        self.remainders = remainders
    }
}

/// An institution's year (YE-3).
package struct ClearingResult: Codable, Equatable, Sendable {
    package var institution: String
    package var settlements: Int
    package var reversals: Int
    /// Account use outside settlements, and what was given back of it (CQ-31).
    package var uses = 0
    package var refunds = 0
    package var total: Fen
    /// Owed by all funds, and by the account fund.
    package var funds: Fen = 0
    package var accounts: Fen = 0
    /// Paid outside, owed to nobody (G-9).
    package var paidOutside: Fen = 0
    /// What adjustments change of the funds: the persons', and in no comparison with the yearly total (G-18).
    package var adjusted: Fen = 0
    /// The operator's yearly total of what funds pay; nil: none is set.
    package var limit: Fen?
    /// `funds` less the yearly total: positive above it.
    package var over: Fen?

    package var owed: Fen { funds + accounts }
}

/// A month's watch list by counts only (YT-9).
package struct MonitoringResult: Codable, Equatable, Sendable {
    /// YYYYMM.
    package var month: Int32
    package var persons: Int
    /// On a list for the first time in the year.
    package var first: Int
    package var civilAffairs: Int
    package var ruralRevitalisation: Int
}

/// Assisted persons at an institution (YT-11).
package struct AssessmentResult: Codable, Equatable, Sendable {
    package var institution: String
    package var claims: Int
    package var total: Fen
    package var outOfCatalog: Fen
    package var withoutConsent: Int
    /// `outOfCatalog` / `total` in basis points, rounded half up; 0 where `total` is 0.
    package var share: Int64
}

/// The registers (YE-6).
package struct RegisterResult: Codable, Equatable, Sendable {
    /// 000 附件2.
    package var chronicPersons = 0
    /// 000 附件3.
    package var chronicInstitutions = 0
    /// 002 附件2.
    package var problemRows = 0

    package init() {}
}

package struct FileResult: Codable, Equatable, Sendable {
    package var name: String
    /// Without the header.
    package var rows: Int
    /// Of a CSV file: its columns; empty: all of them are words.
    package var columns: [TableColumn] = []

    package init(name: String, rows: Int, columns: [TableColumn] = []) {
        self.name = name
        self.rows = rows
        self.columns = columns
    }
}

/// How far a run is.
package struct YearProgress: Sendable {
    package enum Stage: String, Sendable {
        case facts, collect, settle
        case secondRound = "second round"
        case results, posting
    }

    package var stage: Stage
    /// Rows read, persons settled, adjustments posted.
    package var done: Int
    /// Of the stage, 0 … 1.
    package var share: Double

    package init(_ stage: Stage, done: Int, share: Double) {
        self.stage = stage
        self.done = done
        self.share = share
    }
}

/// Results as the bytes of `result.json`.
package enum RunJSON {
    package static func encode(_ result: YearResult) throws -> [UInt8] { try RunFolder.encode(result) }
}
