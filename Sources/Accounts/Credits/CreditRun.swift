import Records
import Registry
import Settlement

/// The outcome of a monthly run for one person.
package struct CreditOutcome: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// Credited now.
        case credited(CreditBasis)
        /// Credited with the same amount by an earlier run.
        case already
        case none(NoCredit)
        /// Refused with FACT_MISSING, ACCOUNT_CLOSED, PERIOD_ALREADY_CREDITED …: not credited.
        case refused(DomainRefusal)
    }
    package var person: UInt64
    package var kind: Kind
    /// Amount credited now or before, in fen.
    package var amount: Fen
}

/// Counts and sums of a monthly run, of one part of it or of all.
package struct CreditSums: Equatable, Sendable {
    package var persons = 0
    package var credited = 0
    package var creditedFen: Fen = 0
    package var already = 0
    package var alreadyFen: Fen = 0
    /// Persons without a credit by the rule.
    package var none = 0
    package var refused = 0

    package init() {}

    package mutating func add(_ outcome: CreditOutcome) {
        persons += 1
        switch outcome.kind {
        case .credited:
            credited += 1
            creditedFen += outcome.amount
        case .already:
            already += 1
            alreadyFen += outcome.amount
        case .none: none += 1
        case .refused: refused += 1
        }
    }

    package static func + (left: CreditSums, right: CreditSums) -> CreditSums {
        var sums = left
        sums.persons += right.persons
        sums.credited += right.credited
        sums.creditedFen += right.creditedFen
        sums.already += right.already
        sums.alreadyFen += right.alreadyFen
        sums.none += right.none
        sums.refused += right.refused
        return sums
    }
}

/// The monthly run (每月计入), rule CQ-30: credits a person once for a month, however often and in how many parts it runs.
///
/// An interrupted run is resumed by running the month again, which also credits persons enrolled since. A month already
/// credited with another amount stays unchanged (PERIOD_ALREADY_CREDITED).
package enum CreditRun {
    /// Credits persons: at most `AccountLimit.runPersonsMax`, each once.
    package static func run(
        _ rule: CreditRule, _ facts: [CreditFacts], on ledger: any AccountLedger,
        each: (CreditOutcome) -> Void
    ) throws(DomainRefusal) -> CreditSums {
        try ledger.ready()
        var sums = CreditSums()
        var events: [AccountEvent] = []
        var outcomes: [CreditOutcome] = []
        for (index, person) in facts.enumerated() {
            let outcome = decide(rule, person, ledger.accounts)
            if case .credited(let basis) = outcome.kind {
                events.append(ledger.accounts.event(person.person, .monthlyCredit(rule.month, basis), outcome.amount))
            }
            outcomes.append(outcome)
            guard events.count == AccountLimit.eventsPerRowMax || index == facts.count - 1 else { continue }
            // Recorded credits count; if the store fails, the rest of the run is not reported.
            if !events.isEmpty { try ledger.record(events) }
            for outcome in outcomes {
                sums.add(outcome)
                each(outcome)
            }
            events.removeAll(keepingCapacity: true)
            outcomes.removeAll(keepingCapacity: true)
        }
        return sums
    }

    private static func decide(_ rule: CreditRule, _ facts: CreditFacts, _ book: AccountBook) -> CreditOutcome {
        func outcome(_ kind: CreditOutcome.Kind, _ amount: Fen = 0) -> CreditOutcome {
            CreditOutcome(person: facts.person, kind: kind, amount: amount)
        }
        let had = book.credited(rule.month, to: facts.person)
        do throws(DomainRefusal) {
            switch try rule.decide(facts) {
            case .none(let reason):
                // Keeps a credit visible whose facts have been corrected since.
                if let had { throw AccountBook.otherCredit(rule.month, had: had, now: 0) }
                return outcome(.none(reason))
            case .credit(let amount, let basis):
                if let had {
                    guard had == amount else { throw AccountBook.otherCredit(rule.month, had: had, now: amount) }
                    return outcome(.already, had)
                }
                try book.checkCredit(amount, to: facts.person)
                return outcome(.credited(basis), amount)
            }
        } catch {
            return outcome(.refused(error), had ?? 0)
        }
    }
}
