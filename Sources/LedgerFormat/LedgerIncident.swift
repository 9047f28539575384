/// Something that went wrong with a ledger, or is right again: what an operator must be able to read in the log.
package struct LedgerIncident: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// A commit failed; what it was to record is answered as not recorded, or as unknown.
        case commitFailed
        /// The state was made anew without what did not become durable: reading goes on.
        case rolledBack
        /// It could not be made anew: reading is refused, too.
        case notRolledBack
        /// The store was tried again and still takes nothing.
        case notRecovered
        case recovered
        /// The write-ahead log could not be copied into the file.
        case checkpointFailed
        case checkpointWorks
        /// What says how far was acknowledged could not be written.
        case witnessNotWritten
        case witnessWritten
        case diskNearlyFull
        case diskHasRoom
        /// The file has lost its name.
        case fileDisplaced
        /// A request was answered with 4107: the store, a record, an index or the clock does not let it be done.
        case answeredUnavailable
        /// Something of an index or a snapshot could not be used and is made anew from the journal.
        case derivedUnusable
        case indexMadeAnew
        case indexNotWritten
        case indexWritten
        case snapshotNotWritten
        /// The journal is ahead of the clock: nothing is written to it.
        case clockBehind
        case clockRight
        /// It was set ahead while the ledger was open: what is recorded from then on bears that time.
        case clockSetAhead
        /// The journal is ahead of the clock by more than half of what is refused: time stands still.
        case clockNearlyBehind
    }

    package let kind: Kind
    /// What happened and why, and what to do; no personal data.
    package let text: String

    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}

/// Is told of every incident where it happens, on whatever thread; must not take long.
package typealias LedgerObserver = @Sendable (LedgerIncident) -> Void

/// Lets the first incident of a kind through and then one in a while, so that a disk that fails all day long does not
/// fill another one with the log.
package struct IncidentGate: Sendable {
    /// Between two of one kind.
    package static let pauseMilliseconds: Int64 = 10_000

    private struct Seen: Sendable {
        var told: Int64
        var leftOut = 0
    }

    private var seen: [LedgerIncident.Kind: Seen] = [:]

    package init() {}

    /// How many of its kind were left out before this one; nil: this one is, too.
    ///
    /// - Parameter milliseconds: now, on a clock that never goes back.
    package mutating func admit(_ kind: LedgerIncident.Kind, at milliseconds: Int64) -> Int? {
        if let last = seen[kind], milliseconds - last.told < Self.pauseMilliseconds {
            seen[kind]?.leftOut += 1
            return nil
        }
        defer { seen[kind] = Seen(told: milliseconds) }
        return seen[kind]?.leftOut ?? 0
    }
}
