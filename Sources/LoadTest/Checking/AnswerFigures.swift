import Population
import RPC
import Settlement

/// The figures of an answer to `Calculate`, `Settle` or `Quote`, read off its bytes; nothing is allocated.
package struct AnswerFigures {
    /// Of the outcome, the accounts and the year after.
    package private(set) var sum = FigureSum()
    private(set) var outcome = RowOutcome()
    private(set) var total: Fen = 0
    /// What the rows of the layers paid, and whether there are any.
    package private(set) var layersPaid: Fen = 0
    private(set) var hasLayers = false
    /// Of a settlement.
    private(set) var id = UnsafeRawBufferPointer(start: nil, count: 0)
    private(set) var sequence: UInt64 = 0

    private var accounts = 0

    /// nil where the bytes are no such message.
    package init?(_ message: UnsafeRawBufferPointer) {
        var fields = WireFields(message)
        var hasOutcome = false
        while !fields.isAtEnd {
            guard let field = fields.next() else { return nil }
            switch field.number {
            case 1:
                guard let bytes = fields.bytes(field), readOutcome(bytes) else { return nil }
                hasOutcome = true
            case 2:
                guard let bytes = fields.bytes(field), readYear(bytes) else { return nil }
            case 3:
                guard let bytes = fields.bytes(field) else { return nil }
                id = bytes
            case 4:
                guard let number = fields.fixed64(field) else { return nil }
                sequence = number
            default: guard fields.skip(field) else { return nil }
            }
        }
        guard hasOutcome else { return nil }
        sum.add(outcome, total: total)
    }

    /// Whether this is what was expected, to the last figure; and rule G-7: the payments are the bill.
    @inline(__always)
    func isRight(_ expected: ExpectedFigures) -> Bool {
        sum == expected.sum && outcome.isConserving(total: total)
            && (!hasLayers || layersPaid == expected.layersPaid)
    }

    private mutating func readOutcome(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var fields = WireFields(bytes)
        var fundTotal: Fen = 0
        var personTotal: Fen = 0
        while !fields.isAtEnd {
            guard let field = fields.next() else { return false }
            switch field.number {
            case 1...13, 16, 17, 19:
                guard let value = fields.varint(field) else { return false }
                let amount = Int64(bitPattern: value)
                switch field.number {
                case 1: total = amount
                case 2...7: outcome.funds[Int(field.number) - 2] = amount
                case 8: fundTotal = amount
                case 9: personTotal = amount
                case 10: outcome.accountPaid = amount
                case 11: outcome.familyAccountPaid = amount
                case 12: outcome.cash = amount
                case 13: outcome.deductiblePaid = amount
                case 16: outcome.hasNoRule = amount != 0
                case 19: outcome.paidOutside = amount
                default:
                    guard let identity = Identity(rawValue: UInt8(truncatingIfNeeded: amount)) else { return false }
                    outcome.identity = identity
                }
            case 14: guard let row = fields.bytes(field), readLayer(row) else { return false }
            case 15: guard let row = fields.bytes(field), readAccount(row) else { return false }
            default: guard fields.skip(field) else { return false }
            }
        }
        return fundTotal == outcome.fundTotal && personTotal == total - fundTotal
    }

    private mutating func readLayer(_ bytes: UnsafeRawBufferPointer) -> Bool {
        hasLayers = true
        var fields = WireFields(bytes)
        while !fields.isAtEnd {
            guard let field = fields.next() else { return false }
            if field.number == 10 {
                guard let paid = fields.varint(field) else { return false }
                layersPaid &+= Int64(bitPattern: paid)
            } else if !fields.skip(field) {
                return false
            }
        }
        return true
    }

    private mutating func readAccount(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var fields = WireFields(bytes)
        var paid: Fen = 0
        var balance: Fen = 0
        while !fields.isAtEnd {
            guard let field = fields.next() else { return false }
            switch field.number {
            case 3:
                guard let value = fields.varint(field) else { return false }
                paid = Int64(bitPattern: value)
            case 4:
                guard let value = fields.varint(field) else { return false }
                balance = Int64(bitPattern: value)
            default: guard fields.skip(field) else { return false }
            }
        }
        sum.addAccount(accounts, paid: paid, balance: balance)
        accounts += 1
        return true
    }

    private mutating func readYear(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var fields = WireFields(bytes)
        while !fields.isAtEnd {
            guard let field = fields.next() else { return false }
            switch field.number {
            case 1:
                guard let number = fields.varint(field) else { return false }
                sum.add(FigureSum.Key.year, Int64(bitPattern: number))
            case 2: guard let entry = fields.bytes(field), readAccumulator(entry) else { return false }
            default: guard fields.skip(field) else { return false }
            }
        }
        return true
    }

    private mutating func readAccumulator(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var fields = WireFields(bytes)
        var name = UnsafeRawBufferPointer(start: nil, count: 0)
        var amount: Fen = 0
        while !fields.isAtEnd {
            guard let field = fields.next() else { return false }
            switch field.number {
            case 1:
                guard let text = fields.bytes(field) else { return false }
                name = text
            case 2:
                guard let value = fields.varint(field) else { return false }
                amount = Int64(bitPattern: value)
            default: guard fields.skip(field) else { return false }
            }
        }
        if amount != 0 { sum.add(FigureSum.of(name), amount) }
        return true
    }

    /// The outcome in words, for a complaint.
    var text: String { ExpectedFigures.text(outcome, total: total) }
}
