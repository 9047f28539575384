import Accounts
import LedgerIndex
import Records
import Registry
import Settlement

/// A claim of a batch with its facts from the register.
package final class PreparedClaim {
    // Unchecked exclusivity: one thread writes it, then another reads it; see `PreparedClaims`.
    package let command: UnsafeMutablePointer<SettleCommand>
    /// Why the row is not a valid claim, set by the code that fills in `command`; the rest is then ignored.
    @exclusivity(unchecked) package var refusal = Refusal.none
    @exclusivity(unchecked) fileprivate var isIDValid = false
    /// The register's refusal; nil: admitted.
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
/// Their data is scattered over memory and is prefetched for all of them at once: cache misses one after the other took
/// half of a batch's time. The register's facts do not depend on the results of other claims, so another thread may
/// look them up (`Preparer`) while the claims before are settled.
package final class PreparedClaims {
    /// More than the memory's parallel accesses, and few enough to stay in the cache until use.
    package static let claimsMax = 64

    private let claims: [PreparedClaim]
    private let ids: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>
    fileprivate let keys: UnsafeMutableBufferPointer<(high: UInt64, low: UInt64)>
    private let numbers: UnsafeMutableBufferPointer<UInt64>
    @exclusivity(unchecked) package private(set) var count = 0
    /// The register that the admissions were made with.
    @exclusivity(unchecked) fileprivate var registry: Registry?
    /// A sum of all prefetched values, so that the compiler does not remove the reads.
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

/// Looks up the register's facts for the claims of one batch, on any thread.
///
/// Used only within one call of the sequencer, which changes nothing in the register meanwhile; the register's lazy
/// caches were filled before.
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

    /// Looks up the register's facts for the filled-in claims.
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
    /// A preparer for the claims of one batch, with the present register.
    package var preparer: Preparer { Preparer(books, today: today) }

    /// Prefetches the memory that settling the prepared claims will read; changes nothing.
    package func prefetch(_ claims: PreparedClaims) {
        claims.seen &+= Int64(books.ids.prefetch(claims.hashes))
        claims.seen &+= books.years.prefetch(claims.persons)
        claims.seen &+= books.accounts.prefetch(claims.persons)
    }

    /// Settles a valid prepared claim; see `settle`.
    package func settle(_ claims: PreparedClaims, _ index: Int) throws(DomainRefusal) -> SettledView {
        let id = claims.id(index)
        let claim = claims[index]
        try ready()
        // The books were rebuilt meanwhile, with another register: the admission is void.
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
        conclude(calculated, id, key)
        return SettledView(self, calculated.refusal)
    }
}
