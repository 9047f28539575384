import Records
import Settlement

/// Change of one fund's payments, positive for more, in fen.
package struct FundChange: Equatable, Sendable {
    package var category: FundCategory
    /// The pack's id of the fund: "large_amount".
    package var fund: String
    package var amount: Fen

    package init(_ category: FundCategory, _ fund: String, _ amount: Fen) {
        self.category = category
        self.fund = fund
        self.amount = amount
    }
}

extension ByteWriter {
    package mutating func fundChanges(_ changes: [FundChange]) {
        number(changes.count)
        for change in changes {
            byte(change.category.rawValue)
            text(change.fund)
            signed(change.amount)
        }
    }
}

extension ByteReader {
    /// Funds of one entry: those of the old pack and of the new one.
    package static var fundsMax: Int { 64 }
    /// Longest reason and fund, in bytes.
    package static var bookedTextBytesMax: Int { 256 }

    package mutating func fundChanges() throws(DamagedBytes) -> [FundChange] {
        var changes: [FundChange] = []
        for _ in 0..<(try count(upTo: ByteReader.fundsMax)) {
            guard let category = FundCategory(rawValue: try byte()) else { throw DamagedBytes() }
            changes.append(FundChange(category, try bookedText(), try bookedAmount()))
        }
        return changes
    }

    package mutating func bookedText() throws(DamagedBytes) -> String {
        let text = try text()
        guard text.utf8.count <= ByteReader.bookedTextBytesMax else { throw DamagedBytes() }
        return text
    }

    /// Reads an amount, bounded so that no sum of a row's amounts overflows.
    package mutating func bookedAmount() throws(DamagedBytes) -> Fen {
        let amount = try signed()
        guard amount.magnitude <= UInt64(AmountLimit.accumulatorMax) else { throw DamagedBytes() }
        return amount
    }
}
