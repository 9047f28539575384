/// What the sequencer's answers wait for: that what they tell of is durable.
///
/// The sequencer calls `seal` after a burst of requests; one other thread at a time calls `commit` and `status`, one
/// after the other, while the sequencer goes on; for a client who is alone the same thread does both. An answer leaves
/// when the `status` of its ticket has been asked for.
package struct Barrier: Sendable {
    /// Closes what the requests so far have recorded, and gives the number that stands for all of it; the numbers never
    /// fall. nil: nothing is on its way to be made durable, and nothing that a request has seen is.
    package let seal: @Sendable () -> UInt64?
    /// Makes everything durable that was sealed under this ticket or a lower one, as well as it can; blocks.
    package let commit: @Sendable (_ through: UInt64) -> Void
    /// Asked after `commit`: nil when everything of this ticket is durable, else the failure that replaces every answer
    /// which waits for the ticket, of reading requests too: they may tell of what never was.
    package let status: @Sendable (_ ticket: UInt64) -> CallStatus?

    /// Whether a `briefSequencer` request may be worked on where it was read: false where long work comes first, as
    /// after a failure; asked by any thread.
    package let isQuick: @Sendable () -> Bool

    /// Called by the thread of `commit` when the answers have left: housekeeping that nobody waits for.
    package let tidy: @Sendable () -> Void

    package init(
        seal: @escaping @Sendable () -> UInt64?, commit: @escaping @Sendable (_ through: UInt64) -> Void,
        status: @escaping @Sendable (_ ticket: UInt64) -> CallStatus?,
        isQuick: @escaping @Sendable () -> Bool = { true }, tidy: @escaping @Sendable () -> Void = {}
    ) {
        self.seal = seal
        self.commit = commit
        self.status = status
        self.isQuick = isQuick
        self.tidy = tidy
    }
}
