/// One sealed block of the journal: what one commit made durable, or a part of it.
package struct SealedBlock: Equatable, Sendable {
    /// 1, 2, 3 … without gaps.
    package var sequence: UInt64
    package var bytes: [UInt8]

    package init(sequence: UInt64, bytes: [UInt8]) {
        self.sequence = sequence
        self.bytes = bytes
    }
}
