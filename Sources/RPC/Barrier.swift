/// What the sequencer's answers wait for: that what they tell of is durable.
///
/// The sequencer calls `seal` after a burst of requests; a thread of its own calls `commit` and `status`, one after
/// the other, while the sequencer goes on. An answer leaves when the `status` of its ticket has been asked for.
package struct Barrier: Sendable {
    /// Closes what the requests so far have recorded, and gives the number that stands for all of it; the numbers never
    /// fall. nil: nothing is on its way to be made durable, and nothing that a request has seen is.
    package let seal: @Sendable () -> UInt64?
    /// Makes everything durable that was sealed under this ticket or a lower one, as well as it can; blocks.
    package let commit: @Sendable (_ through: UInt64) -> Void
    /// Asked after `commit`: nil when everything of this ticket is durable, else the failure that replaces every answer
    /// which waits for the ticket, of reading requests too: they may tell of what never was.
    package let status: @Sendable (_ ticket: UInt64) -> CallStatus?

    /// Called by the thread of `commit` when the answers have left: housekeeping that nobody waits for.
    package let tidy: @Sendable () -> Void

    package init(
        seal: @escaping @Sendable () -> UInt64?, commit: @escaping @Sendable (_ through: UInt64) -> Void,
        status: @escaping @Sendable (_ ticket: UInt64) -> CallStatus?, tidy: @escaping @Sendable () -> Void = {}
    ) {
        self.seal = seal
        self.commit = commit
        self.status = status
        self.tidy = tidy
    }
}
