import Population
import Settlement
import WireMessages

/// An answer of `SettleBatch`, checked: every column is absent or complete.
package struct SettleBatchAnswer {
    /// Owns the decoded message.
    private final class Unpacked {
        let message: UnsafeMutablePointer<Jiesuan__V1__SettleBatchResponse>

        init(_ message: UnsafeMutablePointer<Jiesuan__V1__SettleBatchResponse>) { self.message = message }

        deinit { jiesuan__v1__settle_batch_response__free_unpacked(message, nil) }
    }

    private let unpacked: Unpacked
    private let outcomes: OutcomeColumnsView
    package let count: Int

    /// Decodes `bytes`, the answer to a request with `settlements`.
    package init(_ bytes: UnsafeRawBufferPointer, settlements: Int) throws(ClientError) {
        let unpacked = jiesuan__v1__settle_batch_response__unpack(
            nil, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        guard let unpacked else { throw .badAnswer("SettleBatchResponse does not parse") }
        self.unpacked = Unpacked(unpacked)
        count = settlements
        outcomes = OutcomeColumnsView(unpacked.pointee.outcomes?.pointee, rows: settlements)
        let sequences = unpacked.pointee.n_sequence
        let marks = unpacked.pointee.exists.len
        var isComplete =
            outcomes.isComplete && Int(unpacked.pointee.settlements) == settlements
            && (sequences == 0 || sequences == settlements) && (marks == 0 || marks == settlements)
        var last = -1
        for index in 0..<unpacked.pointee.n_errors {
            let item = unpacked.pointee.errors[index].map { Int($0.pointee.item) } ?? -1
            if item <= last || item >= settlements { isComplete = false }
            last = item
        }
        if !isComplete { throw .badAnswer("a column of SettleBatchResponse is not complete") }
    }

    /// The outcome of settlement `row`; zeros where it was refused.
    package func outcome(_ row: Int) -> RowOutcome {
        precondition(row < count)
        return outcomes[row]
    }

    /// The settlement's number; 0 where it was refused.
    package func sequence(_ row: Int) -> UInt64 {
        precondition(row < count)
        return unpacked.message.pointee.n_sequence == 0 ? 0 : unpacked.message.pointee.sequence[row]
    }

    /// Whether it was settled before under this id.
    package func exists(_ row: Int) -> Bool {
        precondition(row < count)
        return unpacked.message.pointee.exists.len > 0 && unpacked.message.pointee.exists.data[row] != 0
    }

    package var errorCount: Int { unpacked.message.pointee.n_errors }

    /// Refusal `index`, ordered by settlement.
    package func error(_ index: Int) -> RemoteRefusal {
        precondition(index < errorCount)
        return RemoteRefusal(unpacked.message.pointee.errors[index]!.pointee)
    }
}

/// The refusal of one settlement of a batch, or one column of a comparison: an `ItemError`.
package struct RemoteRefusal: Equatable, Sendable {
    package var item: Int
    /// A `DomainError` of error.proto.
    package var code: Int32
    package var field: String
    package var value: String
    package var rule: String
    package var message: String

    init(_ item: Jiesuan__V1__ItemError) {
        self.item = Int(item.item)
        code = Int32(item.code.rawValue)
        field = wireText(item.field)
        value = wireText(item.value)
        rule = wireText(item.rule)
        message = wireText(item.message)
    }
}

/// A text of a message.
func wireText(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
