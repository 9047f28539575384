import LedgerFormat
import Records
import Registry
import Settlement

/// A settlement's row in the index of visits, as recorded: 64 bytes in memory; amounts in fen.
package struct VisitRow: BitwiseCopyable {
    /// Position of the settlement in the journal.
    package var position: UInt64
    package var person: UInt64
    package var total: Fen
    package var inPolicy: Fen
    /// Amount paid by accounts and in cash.
    package var borne: Fen
    /// Amount in policy left after basic insurance, large amount and critical illness (YT-9).
    package var burden: Fen
    package var serviceDate: CalendarDate
    /// Number of the kept pack, to which disease and fund numbers refer.
    package var pack: UInt32
    /// End of its `VisitPart`s among those of the chunk; they begin at the end of the previous row's.
    package var partsEnd: UInt32
    package var kind: UInt8
    package var level: UInt8
    package var disease: UInt8
    private var unused: UInt8 = 0

    /// Makes a row; `VisitIndex.append` sets `burden` and `partsEnd`.
    init(
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

/// One layer's payment by one fund, in eight bytes: the amount, and the fund's index in its pack.
struct VisitPart: BitwiseCopyable {
    private var bits: UInt64

    /// - Precondition: the amount is below 2^54 fen, a thousand times what a settlement may come to.
    @inline(__always)
    init(fund: UInt8, paid: Fen) { bits = UInt64(bitPattern: paid &<< 8) | UInt64(fund) }

    var fund: Int { Int(bits & 0xff) }
    var paid: Fen { Fen(bitPattern: bits) &>> 8 }
}

/// A later change of a settlement: its reversal, or a change of amounts by a year's end or a second round.
package struct VisitChange: Equatable, Sendable {
    /// Position of the change in the journal.
    package var position: Position
    package var settlement: Position
    package var isReversal: Bool
    /// Changes of the funds' payments.
    package var funds: [FundChange] = []

    /// The part of the amounts that lowers the burden (YT-9).
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
