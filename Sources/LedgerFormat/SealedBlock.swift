/// One sealed block of the journal; a commit makes one or several durable.
package struct SealedBlock: Equatable, Sendable {
    /// 1, 2, 3 … without gaps.
    package var sequence: UInt64
    package var bytes: [UInt8]

    package init(sequence: UInt64, bytes: [UInt8]) {
        self.sequence = sequence
        self.bytes = bytes
    }
}
