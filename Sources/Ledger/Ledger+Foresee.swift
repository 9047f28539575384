import Accounts
import Registry
import Settlement

/// Claims of a batch that are settled together: what they need lies all over the memory, and is brought for all of them
/// at once instead of for one after the other, which took half of a batch's time.
package struct Foresight: ~Copyable {
    /// More than memory brings at once, and little enough to stay near until it is used.
    package static let claimsMax = 32

    private let ids: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>
    fileprivate let keys: UnsafeMutableBufferPointer<(high: UInt64, low: UInt64)>
    fileprivate let persons: UnsafeMutableBufferPointer<UInt64>
    package private(set) var count = 0
    /// Depends on everything that was looked at, so that the compiler leaves none of it out.
    fileprivate var seen: Int64 = 0

    package init() {
        ids = .allocate(capacity: Self.claimsMax)
        keys = .allocate(capacity: Self.claimsMax)
        persons = .allocate(capacity: Self.claimsMax)
    }

    deinit {
        ids.deallocate()
        keys.deallocate()
        persons.deallocate()
    }

    package mutating func removeAll() { count = 0 }

    /// - Precondition: fewer than `claimsMax` so far.
    package mutating func add(_ id: UnsafeRawBufferPointer, _ person: UInt64) {
        precondition(count < Self.claimsMax)
        ids.initializeElement(at: count, to: id)
        persons.initializeElement(at: count, to: person)
        count += 1
    }

    package func id(_ index: Int) -> UnsafeRawBufferPointer {
        precondition(index < count)
        return ids[index]
    }
}

extension Ledger {
    /// Looks ahead at what settling these claims will look at; changes nothing.
    package func foresee(_ claims: inout Foresight) {
        for index in 0..<claims.count { claims.keys.initializeElement(at: index, to: books.key(claims.id(index))) }
        let persons = UnsafeBufferPointer(start: claims.persons.baseAddress, count: claims.count)
        let keys = UnsafeBufferPointer(start: claims.keys.baseAddress, count: claims.count)
        claims.seen = books.registry.people.foresee(persons)
        claims.seen &+= Int64(books.ids.foresee(keys))
        claims.seen &+= books.years.foresee(persons)
        claims.seen &+= books.accounts.foresee(persons)
    }

    /// Settles the claim whose id has the place `index` in `claims`; see `settle`.
    package func settle(
        _ claims: borrowing Foresight, _ index: Int, _ command: SettleCommand
    ) throws(DomainRefusal) -> Refusal {
        try settle(claims.id(index), key: claims.keys[index], command)
    }
}
