/// The durability barrier: the sequencer's answers leave only when the records that they report are durable.
///
/// The sequencer calls `seal` after a burst of requests. One thread at a time (the committer, or the sequencer itself
/// when only one client is active) then calls `commit` and `status` for that ticket. Answers leave after `status`.
package struct Barrier: Sendable {
    /// Closes the group of records made so far and returns its ticket; tickets never fall. nil when everything recorded
    /// or read so far is already durable.
    package let seal: @Sendable () -> UInt64?
    /// Makes the records of this ticket and of all lower ones durable; blocks. A failure is reported by `status`.
    package let commit: @Sendable (_ through: UInt64) -> Void
    /// The result of `commit`: nil when all records of this ticket are durable, else the failure that replaces every
    /// answer waiting for the ticket. It replaces answers of reads too, because they may report records that are lost.
    package let status: @Sendable (_ ticket: UInt64) -> CallStatus?

    /// Whether a `briefSequencer` request may be handled on the event loop: false while long work (recovery after a
    /// failure) comes first. Any thread may ask.
    package let isQuick: @Sendable () -> Bool

    /// Housekeeping, called by the committing thread after the answers have left.
    package let maintain: @Sendable () -> Void

    package init(
        seal: @escaping @Sendable () -> UInt64?, commit: @escaping @Sendable (_ through: UInt64) -> Void,
        status: @escaping @Sendable (_ ticket: UInt64) -> CallStatus?,
        isQuick: @escaping @Sendable () -> Bool = { true }, maintain: @escaping @Sendable () -> Void = {}
    ) {
        self.seal = seal
        self.commit = commit
        self.status = status
        self.isQuick = isQuick
        self.maintain = maintain
    }
}
