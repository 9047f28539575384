import Policy
import Population
import Settlement

/// What the calculator of this process makes of a claim: what a server has to answer.
struct ExpectedFigures: BitwiseCopyable {
    var sum = FigureSum()
    var outcome = RowOutcome()
    var total: Fen = 0
    var layersPaid: Fen = 0

    /// - Parameters:
    ///   - year: the accumulators after the settlement, by slot.
    ///   - names: the accumulators' keys, by slot.
    ///   - balances: the accounts after it.
    @inline(__always)
    init(
        _ outcome: borrowing Outcome, year: UnsafePointer<Fen>, names: [UInt64], ofYear number: Int32,
        balances: some Collection<Fen>
    ) {
        self.outcome = RowOutcome(outcome)
        total = outcome.total
        for index in 0..<outcome.layerCount { layersPaid += outcome.layers[index].paid }
        sum.add(self.outcome, total: total)
        for (index, balance) in balances.enumerated() {
            sum.addAccount(index, paid: outcome.accounts[index], balance: balance)
        }
        sum.add(FigureSum.Key.year, Int64(number))
        for slot in names.indices { sum.add(names[slot], year[slot]) }
    }

    var text: String { Self.text(outcome, total: total) }

    static func text(_ outcome: RowOutcome, total: Fen) -> String {
        "total \(total), funds \(outcome.fundTotal), accounts \(outcome.accountTotal), cash \(outcome.cash), "
            + "deductible \(outcome.deductiblePaid)"
    }
}

extension PolicyPack {
    /// The keys of the accumulators in a checksum, by slot.
    var accumulatorKeys: [UInt64] { accumulators.map { FigureSum.of($0.name) } }
}

/// One region's calculator, and room for what it works out; of one thread at a time.
final class Reckoner {
    let pack: PolicyPack
    let keys: [UInt64]
    private let tables: Tables
    private let outcome = UnsafeMutablePointer<Outcome>.allocate(capacity: 1)
    private let noAccounts = UnsafeMutablePointer<Fen>.allocate(capacity: CalculatorLimit.accountsMax)

    init(_ pack: PolicyPack) {
        self.pack = pack
        keys = pack.accumulatorKeys
        tables = pack.tables
        outcome.initialize(to: Outcome())
        noAccounts.initialize(repeating: 0, count: CalculatorLimit.accountsMax)
    }

    deinit {
        outcome.deallocate()
        noAccounts.deallocate()
    }

    /// Settles a claim of a person without identities, filings and accounts; moves the year, which has
    /// `CalculatorLimit.slotsMax` accumulators. nil: refused.
    func settle(_ claim: Claim, _ facts: PersonFacts, year: UnsafeMutablePointer<Fen>) -> ExpectedFigures? {
        var years = MutableSpan(_unsafeStart: year, count: CalculatorLimit.slotsMax)
        var accounts = MutableSpan(_unsafeStart: noAccounts, count: CalculatorLimit.accountsMax)
        let refusal = tables.settle(
            claim, person: facts, rows: PersonRows(year: claim.serviceDate.year), identities: Span(), filings: Span(),
            year: &years, accounts: &accounts, outcome: &outcome.pointee)
        guard refusal.isNone else { return nil }
        return ExpectedFigures(
            outcome.pointee, year: year, names: keys, ofYear: claim.serviceDate.year, balances: EmptyCollection())
    }

    /// The outcome alone, for a batch's rows.
    func outcome(_ claim: Claim, _ facts: PersonFacts, year: UnsafeMutablePointer<Fen>) -> RowOutcome? {
        var years = MutableSpan(_unsafeStart: year, count: CalculatorLimit.slotsMax)
        var accounts = MutableSpan(_unsafeStart: noAccounts, count: CalculatorLimit.accountsMax)
        let refusal = tables.settle(
            claim, person: facts, rows: PersonRows(year: claim.serviceDate.year), identities: Span(), filings: Span(),
            year: &years, accounts: &accounts, outcome: &outcome.pointee)
        return refusal.isNone ? RowOutcome(outcome.pointee) : nil
    }
}
