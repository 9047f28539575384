import Ledger
import Registry
import Settlement

/// A booking beside settlements: the fund's payment and the changes for the person; in fen, the sum is 0.
struct Beside: Equatable {
    var amount: Fen = 0
    var cash: Fen = 0
    var recoverable: Fen = 0

    init() {}

    init(_ amount: Fen, _ cash: Fen, _ recoverable: Fen) {
        self.amount = amount
        self.cash = cash
        self.recoverable = recoverable
    }

    static func += (left: inout Beside, right: Beside) {
        left.amount += right.amount
        left.cash += right.cash
        left.recoverable += right.recoverable
    }
}

/// One settlement of a person's year during the run.
struct YearItem {
    /// Index of its record in the person's group.
    var record = 0
    var position: UInt64 = 0
    var id: [UInt8] = []
    /// Month in which it was settled, as YYYYMM (China Standard Time).
    var settledMonth: Int32 = 0
    /// Month in which it was reversed; 0: it stands.
    var reversedMonth: Int32 = 0
    var serviceDate = CalendarDate.none
    var institution: UInt32 = 0
    var kind = ClaimKind.unspecified
    var region = 0
    /// It is of the year before, and only counts in the window of a recognition (YT-7).
    var isEarlier = false
    var outOfCatalog: Fen = 0
    var hasConsent = false
    /// The person had paid in advance (手工报销): what the funds pay is owed to the person (G-18).
    var isManual = false
    /// As it was settled, before every adjustment: by the funds, of it outside (G-9), and by accounts.
    var settled = FundAmounts()
    var outside = FundAmounts()
    var settledAccounts: Fen = 0
    /// What it and its adjustments owe to the person and accounts; empty for nearly all.
    var owed: [OwedItem] = []
    /// Whether facts that its outcome depends on have changed since it was settled.
    var isTouched = false
    var adjustments = 0
    /// Owners and relations of its accounts, in the order of use.
    var owners: [(owner: UInt64, relation: UInt8)] = []
    /// As recorded, with what was adjusted before.
    var current = CostShares()
    /// What second rounds paid of it, less what was taken back (SY-4); not contained in `current`.
    var rounds = Beside()
    var recorded = Figures()
    /// What a recognition counts of it (YT-7), in fen: as it stands, and by the final facts.
    var counted: Fen = 0
    var finalCounted: Fen = 0
    /// By the final facts; as recorded where nothing touched the year.
    var final = Figures()
    /// Why the final facts refuse it; empty: they do not.
    var refusal = ""
    var isReversed: Bool { reversedMonth != 0 }
    /// It stands and is of the year.
    var counts: Bool { !isReversed && !isEarlier }
}

/// Turns a person's records into settlements and looks their final facts up. One per worker.
protocol YearGroup: AnyObject {
    /// Fills `items` from the records of a person, in the order in which they were settled.
    func load(_ group: SpoolGroup, _ items: inout [YearItem]) throws

    /// The claim of an item with the final facts, into `admission`; or why they refuse it.
    func admit(_ item: YearItem, _ group: SpoolGroup, into admission: Admission) throws -> String?

    /// What the item's record and its earlier adjustments added to the accumulators, by slots of the present pack.
    func recordedChange(_ item: YearItem, _ group: SpoolGroup, into change: inout [Fen]) throws

    /// What the person's recognitions paid beside settlements in the year, or took back (YT-7).
    var recognitionPayments: [RecognitionPayment] { get }

    /// The person's recognitions of poverty through illness (YT-7).
    func recognitions(of person: UInt64) -> RecognitionState?
}
