/// A fault of a ledger, or its recovery, for the operator's log.
package struct LedgerIncident: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// A commit failed; its requests are answered as not recorded, or as unknown.
        case commitFailed
        /// The state was rolled back to the durable blocks: reads go on.
        case rolledBack
        /// The roll-back failed: reads are refused, too.
        case notRolledBack
        /// A retry of the store failed.
        case notRecovered
        case recovered
        /// The write-ahead log could not be copied into the file.
        case checkpointFailed
        case checkpointWorks
        /// The witness of acknowledged blocks could not be written.
        case witnessNotWritten
        case witnessWritten
        case diskNearlyFull
        case diskHasRoom
        /// The file has lost its name.
        case fileDisplaced
        /// A request was answered with 4107: refused because of the store, a record, an index or the clock.
        case answeredUnavailable
        /// A part of an index or a snapshot was unusable and is rebuilt from the journal.
        case derivedUnusable
        case indexMadeAnew
        case indexNotWritten
        case indexWritten
        case snapshotNotWritten
        /// The journal is too far ahead of the clock: writes are refused.
        case clockBehind
        case clockRight
        /// The clock was set ahead while the ledger was open: new records bear that time.
        case clockSetAhead
        /// The journal is ahead of the clock by more than half of the limit: new records bear the journal's last time.
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

/// Receives every incident, on the thread where it happens; must return quickly.
package typealias LedgerObserver = @Sendable (LedgerIncident) -> Void

/// Rate limit of incidents: passes the first of a kind and then one per pause, so that a disk that fails all day does
/// not fill the log's disk.
package struct IncidentGate: Sendable {
    /// Pause between two of one kind.
    package static let pauseMilliseconds: Int64 = 10_000

    private struct Seen: Sendable {
        var told: Int64
        var leftOut = 0
    }

    private var seen: [LedgerIncident.Kind: Seen] = [:]

    package init() {}

    /// Admits an incident: the number of its kind suppressed before it; nil: suppressed itself.
    ///
    /// - Parameter milliseconds: the time on a monotonic clock.
    package mutating func admit(_ kind: LedgerIncident.Kind, at milliseconds: Int64) -> Int? {
        if let last = seen[kind], milliseconds - last.told < Self.pauseMilliseconds {
            seen[kind]?.leftOut += 1
            return nil
        }
        defer { seen[kind] = Seen(told: milliseconds) }
        return seen[kind]?.leftOut ?? 0
    }
}
