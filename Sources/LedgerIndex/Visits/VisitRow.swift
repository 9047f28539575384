import LedgerFormat
import Records
import Registry
import Settlement

/// What the index of visits keeps of a settlement, as it was recorded: 64 bytes in memory; amounts in fen.
package struct VisitRow: BitwiseCopyable {
    /// Where the settlement stands in the journal.
    package var position: UInt64
    package var person: UInt64
    package var total: Fen
    package var inPolicy: Fen
    /// Paid by accounts and in cash.
    package var borne: Fen
    /// In policy, after basic insurance, large amount and critical illness (YT-9).
    package var burden: Fen
    package var serviceDate: CalendarDate
    /// Number of the kept pack, whose diseases and funds are meant.
    package var pack: UInt32
    /// Its `VisitPart`s among those of the chunk: up to here, from where those of the row before end.
    package var partsEnd: UInt32
    package var kind: UInt8
    package var level: UInt8
    package var disease: UInt8
    @usableFromInline var unused: UInt8 = 0

    /// Without `burden` and `partsEnd`, which `VisitIndex.append` sets.
    @inlinable
    package init(
        position: UInt64, person: UInt64, total: Fen, inPolicy: Fen, borne: Fen, serviceDate: CalendarDate,
        pack: UInt32, kind: UInt8, level: UInt8, disease: UInt8
    ) {
        self.position = position
        self.person = person
        self.total = total
        self.inPolicy = inPolicy
        self.borne = borne
        burden = 0
        self.serviceDate = serviceDate
        self.pack = pack
        partsEnd = 0
        self.kind = kind
        self.level = level
        self.disease = disease
    }

    var block: UInt64 { Position(number: position).block }
}

/// What one layer of a settlement took from one fund, in eight bytes: the amount, and the fund's place in its pack.
struct VisitPart: BitwiseCopyable {
    private var bits: UInt64

    /// - Precondition: the amount is below 2^54 fen, a thousand times what a settlement may come to.
    @inline(__always)
    init(fund: UInt8, paid: Fen) { bits = UInt64(bitPattern: paid &<< 8) | UInt64(fund) }

    var fund: Int { Int(bits & 0xff) }
    var paid: Fen { Fen(bitPattern: bits) &>> 8 }
}

/// What changed of a settlement after it was recorded: it was taken back, or a year's end or a second round moved
/// amounts.
package struct VisitChange: Equatable, Sendable {
    /// Where the change stands in the journal.
    package var position: Position
    package var settlement: Position
    package var isReversal: Bool
    /// What funds pay more or less.
    package var funds: [FundChange] = []

    /// What of the amounts lowers the burden (YT-9).
    var ofBurden: Fen {
        funds.reduce(0) { sum, change in
            switch change.category {
            case .pool, .largeAmount, .criticalIllness: sum + change.amount
            default: sum
            }
        }
    }

    var total: Fen { funds.reduce(0) { $0 + $1.amount } }

    func encode(to writer: inout ByteWriter) {
        writer.number(position.number)
        writer.number(settlement.number)
        writer.flag(isReversal)
        writer.fundChanges(funds)
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        position = Position(number: try reader.number())
        settlement = Position(number: try reader.number())
        isReversal = try reader.flag()
        funds = try reader.fundChanges()
    }

    package init(position: Position, settlement: Position, isReversal: Bool, funds: [FundChange] = []) {
        self.position = position
        self.settlement = settlement
        self.isReversal = isReversal
        self.funds = funds
    }
}
