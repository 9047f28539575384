import Accounts
import LedgerIndex
import Records
import Registry
import Settlement

/// A claim of a batch with what the register says about it.
package final class PreparedClaim {
    // Unchecked exclusivity: one thread writes it, then another reads it; see `PreparedClaims`.
    package let command: UnsafeMutablePointer<SettleCommand>
    /// Why the row is no claim: nothing else of it is looked at. Whoever fills in `command` says it.
    @exclusivity(unchecked) package var refusal = Refusal.none
    @exclusivity(unchecked) fileprivate var isIDValid = false
    /// Why the register does not admit it.
    @exclusivity(unchecked) fileprivate var problem: DomainRefusal?
    fileprivate let admission = Admission()

    fileprivate init() {
        command = .allocate(capacity: 1)
        command.initialize(
            to: SettleCommand(
                person: 0, claim: Claim(kind: .unspecified, serviceDate: .none, cost: CostSplit(total: 0))))
    }

    deinit {
        command.deinitialize(count: 1)
        command.deallocate()
    }
}

/// Claims of a batch that are settled together.
///
/// What they need lies all over the memory, and is brought for all of them at once instead of for one after the other,
/// which took half of a batch's time. What the register says about them does not depend on what the others come to, so
/// any thread may work it out (`Preparer`) while another settles the claims before them.
package final class PreparedClaims {
    /// More than memory brings at once, and little enough to stay near until it is used.
    package static let claimsMax = 64

    private let claims: [PreparedClaim]
    private let ids: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>
    fileprivate let keys: UnsafeMutableBufferPointer<(high: UInt64, low: UInt64)>
    private let numbers: UnsafeMutableBufferPointer<UInt64>
    @exclusivity(unchecked) package private(set) var count = 0
    /// Whose words the admissions are.
    @exclusivity(unchecked) fileprivate var registry: Registry?
    /// Depends on everything that was looked at, so that the compiler leaves none of it out.
    @exclusivity(unchecked) fileprivate var seen: Int64 = 0

    package init() {
        claims = (0..<Self.claimsMax).map { _ in PreparedClaim() }
        ids = .allocate(capacity: Self.claimsMax)
        keys = .allocate(capacity: Self.claimsMax)
        numbers = .allocate(capacity: Self.claimsMax)
    }

    deinit {
        ids.deallocate()
        keys.deallocate()
        numbers.deallocate()
    }

    package func removeAll() {
        count = 0
        registry = nil
    }

    /// The next claim, to be filled in; `id` must stay where it is until the claims are settled.
    ///
    /// - Precondition: fewer than `claimsMax` so far.
    package func add(_ id: UnsafeRawBufferPointer, person: UInt64) -> PreparedClaim {
        precondition(count < Self.claimsMax)
        ids.initializeElement(at: count, to: id)
        numbers.initializeElement(at: count, to: person)
        let claim = claims[count]
        claim.command.pointee.person = person
        claim.refusal = .none
        count += 1
        return claim
    }

    package subscript(index: Int) -> PreparedClaim { claims[index] }

    fileprivate func id(_ index: Int) -> UnsafeRawBufferPointer {
        precondition(index < count)
        return ids[index]
    }

    fileprivate var persons: UnsafeBufferPointer<UInt64> {
        UnsafeBufferPointer(start: numbers.baseAddress, count: count)
    }
    fileprivate var hashes: UnsafeBufferPointer<(high: UInt64, low: UInt64)> {
        UnsafeBufferPointer(start: keys.baseAddress, count: count)
    }
}

/// Asks the register about the claims of one batch, on any thread.
///
/// Made and used up within one call of the sequencer, which records nothing in the register meanwhile; what the
/// register would learn on the way it has learnt before.
package struct Preparer: @unchecked Sendable {
    // Unchecked: the register and the key of ids are only read, see above; the books' other parts are not touched.
    private let books: Books
    /// The ledger's day when the batch began (G-16).
    private let today: CalendarDate

    fileprivate init(_ books: Books, today: CalendarDate) {
        self.books = books
        self.today = today
        books.registry.resolveCaches()
    }

    /// Works out what the register says about claims that are filled in.
    package func prepare(_ claims: PreparedClaims) {
        let registry = books.registry
        claims.registry = registry
        claims.seen = registry.people.prefetch(claims.persons)
        for index in 0..<claims.count {
            let id = claims.id(index)
            let claim = claims[index]
            guard claim.refusal.isNone else { continue }
            claim.isIDValid = Ledger.isValid(id)
            claims.keys.initializeElement(at: index, to: books.key(id))
            do throws(DomainRefusal) {
                try registry.admit(claim.command.pointee, today: today, into: claim.admission)
                claim.problem = nil
            } catch {
                claim.problem = error
            }
        }
    }
}

extension Ledger {
    /// For the claims of one batch, as the register stands now.
    package var preparer: Preparer { Preparer(books, today: today) }

    /// Looks ahead at what settling prepared claims will look at; changes nothing.
    package func prefetch(_ claims: PreparedClaims) {
        claims.seen &+= Int64(books.ids.prefetch(claims.hashes))
        claims.seen &+= books.years.prefetch(claims.persons)
        claims.seen &+= books.accounts.prefetch(claims.persons)
    }

    /// Settles a prepared claim that is one; see `settle`.
    package func settle(_ claims: PreparedClaims, _ index: Int) throws(DomainRefusal) -> SettledView {
        let id = claims.id(index)
        let claim = claims[index]
        try ready()
        // The books were made anew meanwhile, by another register's words.
        guard claims.registry === books.registry else { return try settle(id, claim.command.pointee) }
        if !claim.isIDValid { try Self.check(id) }
        let key = claims.keys[index]
        if let found = try find(id, key) {
            try answerAgain(found, claim.command.pointee)
            return SettledView(self)
        }
        if let problem = claim.problem { throw problem }
        if !claim.command.pointee.prescription.isEmpty { try checkUnused(claim.command.pointee) }
        let calculated = calculate(claim.command, claim.admission.result)
        if calculated.refusal.isNone { record(calculated, id, key) }
        return SettledView(self, calculated.refusal)
    }
}
