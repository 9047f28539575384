import Records
import Registry
import Settlement

/// What the index of visits keeps of a settlement, as it was recorded: 64 bytes in memory; amounts in fen.
struct VisitRow: BitwiseCopyable {
    /// Where the settlement stands in the journal.
    var position: UInt64
    var person: UInt64
    var total: Fen
    var inPolicy: Fen
    /// Paid by accounts and in cash.
    var borne: Fen
    /// In policy, after basic insurance, large amount and critical illness (YT-9).
    var burden: Fen
    var serviceDate: CalendarDate
    /// Number of the kept pack, whose diseases and funds are meant.
    var pack: UInt32
    /// Its `VisitPart`s among those of the chunk: up to here, from where those of the row before end.
    var partsEnd: UInt32
    var kind: UInt8
    var level: UInt8
    var disease: UInt8
    private var unused: UInt8 = 0

    init(
        position: UInt64, person: UInt64, total: Fen, inPolicy: Fen, borne: Fen, burden: Fen,
        serviceDate: CalendarDate, pack: UInt32, partsEnd: UInt32, kind: UInt8, level: UInt8, disease: UInt8
    ) {
        self.position = position
        self.person = person
        self.total = total
        self.inPolicy = inPolicy
        self.borne = borne
        self.burden = burden
        self.serviceDate = serviceDate
        self.pack = pack
        self.partsEnd = partsEnd
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
struct VisitChange: Equatable {
    /// Where the change stands in the journal.
    var position: Position
    var settlement: Position
    var isReversal: Bool
    /// What funds pay more or less.
    var funds: [AdjustmentEntry.FundChange] = []

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

    init(position: Position, settlement: Position, isReversal: Bool, funds: [AdjustmentEntry.FundChange] = []) {
        self.position = position
        self.settlement = settlement
        self.isReversal = isReversal
        self.funds = funds
    }
}
