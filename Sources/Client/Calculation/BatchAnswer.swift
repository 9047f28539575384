import Policy
import Population
import Settlement
import WireMessages

/// An answer of `CalculateBatch`, checked: every column is absent or complete.
package struct BatchAnswer {
    /// Owns the decoded message.
    private final class Unpacked {
        let message: UnsafeMutablePointer<Jiesuan__V1__CalculateBatchResponse>

        init(_ message: UnsafeMutablePointer<Jiesuan__V1__CalculateBatchResponse>) { self.message = message }

        deinit { jiesuan__v1__calculate_batch_response__free_unpacked(message, nil) }
    }

    private let unpacked: Unpacked
    private let outcomes: OutcomeColumnsView
    package let claimCount: Int

    /// Decodes `bytes`, the answer to a request with `claims` claims and `accounts` accounts.
    package init(_ bytes: UnsafeRawBufferPointer, claims: Int, accounts: Int) throws(ClientError) {
        let unpacked = jiesuan__v1__calculate_batch_response__unpack(
            nil, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        guard let unpacked else { throw .badAnswer("CalculateBatchResponse does not parse") }
        self.unpacked = Unpacked(unpacked)
        claimCount = claims
        outcomes = OutcomeColumnsView(unpacked.pointee.outcomes?.pointee, rows: claims)
        var isComplete =
            outcomes.isComplete && Int(unpacked.pointee.claims) == claims
            && unpacked.pointee.n_account_balance == accounts
        var last = -1
        for index in 0..<unpacked.pointee.n_errors {
            guard let item = unpacked.pointee.errors[index], last < Int(item.pointee.item),
                Int(item.pointee.item) < claims
            else {
                isComplete = false
                break
            }
            last = Int(item.pointee.item)
        }
        if !isComplete { throw .badAnswer("a column of CalculateBatchResponse is not complete") }
    }

    private var message: UnsafeMutablePointer<Jiesuan__V1__CalculateBatchResponse> { unpacked.message }

    /// The outcome of claim `row`; zeros where it was refused.
    package func outcome(_ row: Int) -> RowOutcome {
        precondition(row < claimCount)
        return outcomes[row]
    }

    package var errorCount: Int { message.pointee.n_errors }

    /// The claim of refusal `index`; refusals are ordered by claim.
    package func refusedItem(_ index: Int) -> Int {
        precondition(index < errorCount)
        return Int(message.pointee.errors[index]!.pointee.item)
    }

    /// Refusal `index`, with its claim and the service's text.
    package func error(_ index: Int) -> ItemRefusal {
        precondition(index < errorCount)
        let item = message.pointee.errors[index]!.pointee
        return ItemRefusal(
            item: Int(item.item), code: DomainCode(rawValue: UInt16(truncatingIfNeeded: item.code.rawValue)) ?? .none,
            field: text(item.field), value: text(item.value), rule: text(item.rule), message: text(item.message))
    }

    package var accumulatorNames: [String] {
        (0..<message.pointee.n_accumulator_names).map { text(message.pointee.accumulator_names[$0]) }
    }

    /// The years after the batch, row-major; empty where the answer lacks a value for any name and row.
    package func accumulators(persons: Int) -> UnsafeBufferPointer<Int64> {
        guard message.pointee.n_accumulators == persons * message.pointee.n_accumulator_names else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        return UnsafeBufferPointer(start: message.pointee.accumulators, count: message.pointee.n_accumulators)
    }

    /// The balances of the request's accounts.
    package var balances: UnsafeBufferPointer<Int64> {
        UnsafeBufferPointer(start: message.pointee.account_balance, count: message.pointee.n_account_balance)
    }

    package var policyDigest: String { text(message.pointee.policy_digest) }

    private func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
}

/// The refusal of one claim of a batch.
package struct ItemRefusal: Equatable, Sendable {
    package var item: Int
    package var code: DomainCode
    package var field: String
    package var value: String
    package var rule: String
    package var message: String

    /// The domain's field that `field` names; nil: none.
    package var domainField: ClaimField? {
        ClaimField.allCases.first { $0 != .none && ($0.batchPath == field || $0.path == field) }
    }
}
