import Population
import RPC
import Settlement

/// What kind of requests a load is made of.
package enum LoadKind: String, CaseIterable, Sendable {
    /// `Calculate`, one claim a request.
    case calculate
    /// `Quote`, one claim of a registered person a request.
    case quote
    /// `Settle`, durable, one claim a request.
    case settle
    /// `CalculateBatch`.
    case batch
    /// `SettleBatch`, durable.
    case settleBatch = "settle-batch"
    /// Several of the others, in the proportion of their weights.
    case mixed

    /// Whether requests have many claims.
    package var isBatch: Bool { self == .batch || self == .settleBatch }
}

/// What a load is made of; how it is sent is its shape.
package struct LoadOptions: Sendable {
    /// Claims of a request that has many: as many as the services take.
    package static var claimsMax: Int { 65_536 }
    /// Claims that all batches of a run may hold at once, some 2 GB.
    package static var batchClaimsMax: Int { 16 << 20 }
    /// Different requests to `Calculate`: enough that no first-level cache holds them all.
    package static var requestsOfPool: Int { 4_096 }
    /// Different batches a thread; fewer where they are large.
    static var batchesOfPool: Int { 16 }
    static var poolClaimsMax: Int { 1 << 18 }
    /// Persons of quotes.
    static var quotePersons: Int { 1_024 }

    package var kind = LoadKind.calculate
    /// Of `mixed`: kinds and their weights. Stands for a counter that asks far more often than it settles.
    package var mix: [LoadKind: Int] = [.calculate: 70, .quote: 15, .settle: 14, .batch: 1]
    /// Claims of a batch.
    package var claims = 1_000
    package var compression = Compression.none
    /// Parts of a thousand that repeat an earlier request.
    package var duplicatesPerMille = 0
    /// Persons whose claims are settled.
    package var persons = 20_000
    package var regions = GeneratedPerson.Region.allCases
    package var seed: UInt64 = 1

    package init() {}

    /// The kinds that are sent, with their weights.
    package var parts: [(kind: LoadKind, weight: Int)] {
        guard kind == .mixed else { return [(kind, 1)] }
        return LoadKind.allCases.compactMap { kind in
            mix[kind].flatMap { $0 > 0 ? (kind: kind, weight: $0) : nil }
        }
    }

    package func sends(_ kind: LoadKind) -> Bool { parts.contains { $0.kind == kind } }

    /// Whether the server needs a ledger, and the run a register.
    package var needsLedger: Bool { sends(.quote) || sends(.settle) || sends(.settleBatch) }

    /// Claims of one request; of a mixed load the most.
    package var claimsOfRequest: Int { sends(.batch) || sends(.settleBatch) ? claims : 1 }

    /// Requests under way on one connection, where nobody says how many.
    package func inFlight(isOpen: Bool) -> Int {
        if kind.isBatch { return isOpen ? 16 : 2 }
        return isOpen ? 4_096 : 64
    }
}
