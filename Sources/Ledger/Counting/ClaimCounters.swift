import Settlement
import Synchronization

/// What the ledger settled since it was opened, by region: numbers of claims and amounts. Replayed records are not
/// among them, and what a failing store did not keep is not taken out again.
///
/// Adding takes some 40 instructions, no lock and no allocation.
package final class ClaimCounters: @unchecked Sendable {
    // Safe to share: whoever has the ledger adds, one thread at a time; relaxed atomics let others read.

    package enum Result: Int, CaseIterable, Sendable {
        /// Settled and recorded.
        case settled
        /// Asked for again, and answered with what was recorded.
        case repeated
        /// Refused by the rules of the region.
        case refused
        /// Settled before, and taken back.
        case reversed
    }

    /// Who pays: the funds, the personal accounts, and the person in cash.
    package enum Payer: Hashable, Sendable {
        case fund(FundCategory)
        case account, familyAccount, cash

        package static let all: [Payer] = FundCategory.allCases.map(Payer.fund) + [.account, .familyAccount, .cash]

        fileprivate var index: Int {
            switch self {
            case .fund(let fund): Int(fund.rawValue)
            case .account: CalculatorLimit.fundCategories
            case .familyAccount: CalculatorLimit.fundCategories + 1
            case .cash: CalculatorLimit.fundCategories + 2
            }
        }
    }

    private static let kinds = ClaimKind.allCases.count
    private static let payers = CalculatorLimit.fundCategories + 3
    private static let claims = kinds * Result.allCases.count
    /// Claims by kind and result; amounts paid and taken back by payer.
    private static let stride = claims + 2 * payers

    /// Names of the regions: "yantai".
    package let regions: [String]
    /// Settlements that the ledger had when it was opened.
    package let settlementsBefore: UInt64
    private let values: UnsafeMutablePointer<Atomic<UInt64>>

    init(regions: [String], settlementsBefore: Int) {
        self.regions = regions
        self.settlementsBefore = UInt64(settlementsBefore)
        values = .allocate(capacity: regions.count * Self.stride)
        for index in 0..<regions.count * Self.stride { (values + index).initialize(to: Atomic(0)) }
    }

    deinit { values.deinitialize(count: regions.count * Self.stride).deallocate() }

    // MARK: On the ledger's thread

    @inline(__always)
    func add(_ result: Result, _ kind: ClaimKind, region: Int) {
        Self.add(values + (region &* Self.stride &+ Int(kind.rawValue) &* Result.allCases.count &+ result.rawValue), 1)
    }

    /// Counts a settlement that was recorded, and who pays.
    func addSettled(_ outcome: UnsafePointer<Outcome>, _ kind: ClaimKind, region: Int) {
        add(.settled, kind, region: region)
        addAmounts(outcome, to: values + (region &* Self.stride &+ Self.claims))
    }

    /// Counts a settlement that was taken back, with what it had been settled to.
    func addReversed(_ outcome: UnsafePointer<Outcome>, _ kind: ClaimKind, region: Int) {
        add(.reversed, kind, region: region)
        addAmounts(outcome, to: values + (region &* Self.stride &+ Self.claims &+ Self.payers))
    }

    @inline(__always)
    private func addAmounts(_ outcome: UnsafePointer<Outcome>, to amounts: UnsafeMutablePointer<Atomic<UInt64>>) {
        for fund in 0..<CalculatorLimit.fundCategories {
            Self.add(amounts + fund, UInt64(bitPattern: outcome.pointee.funds[fund]))
        }
        Self.add(amounts + CalculatorLimit.fundCategories, UInt64(bitPattern: outcome.pointee.accountPaid))
        Self.add(amounts + CalculatorLimit.fundCategories + 1, UInt64(bitPattern: outcome.pointee.familyAccountPaid))
        Self.add(amounts + CalculatorLimit.fundCategories + 2, UInt64(bitPattern: outcome.pointee.cash))
    }

    // Only one thread writes, so a load and a store suffice.
    @inline(__always)
    private static func add(_ value: UnsafeMutablePointer<Atomic<UInt64>>, _ count: UInt64) {
        value.pointee.store(value.pointee.load(ordering: .relaxed) &+ count, ordering: .relaxed)
    }

    // MARK: On any thread

    /// Claims of a kind that came out so.
    package func count(_ result: Result, _ kind: ClaimKind, region: Int) -> UInt64 {
        values[region * Self.stride + Int(kind.rawValue) * Result.allCases.count + result.rawValue]
            .load(ordering: .relaxed)
    }

    /// Fen that were settled to a payer.
    package func paid(_ payer: Payer, region: Int) -> UInt64 {
        values[region * Self.stride + Self.claims + payer.index].load(ordering: .relaxed)
    }

    /// Fen of settlements that were taken back, as they had been settled.
    package func takenBack(_ payer: Payer, region: Int) -> UInt64 {
        values[region * Self.stride + Self.claims + Self.payers + payer.index].load(ordering: .relaxed)
    }

    /// Settlements that were recorded since the ledger was opened.
    package var settled: UInt64 {
        regions.indices.reduce(0) { sum, region in
            ClaimKind.allCases.reduce(sum) { $0 + count(.settled, $1, region: region) }
        }
    }
}
