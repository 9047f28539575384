import Ledger
import LedgerFormat
import Records

/// In whose name a settlement, its reversal and what was booked on it were recorded, for a `SettlementRecord`.
struct RecordOrigins {
    let settlement: RecordOrigin?
    let reversal: RecordOrigin?
    private var booked: [Position: RecordOrigin] = [:]

    init(
        _ ledger: Ledger, of settlement: Position, reversal: Position?, _ booked: BookedOnSettlement
    ) throws(DomainRefusal) {
        self.settlement = try ledger.origin(of: settlement)
        var taken: RecordOrigin?
        if let reversal { taken = try ledger.origin(of: reversal) }
        self.reversal = taken
        for position in booked.adjustments.map(\.position) + booked.secondRounds.map(\.position) {
            self.booked[position] = try ledger.origin(of: position)
        }
    }

    /// Of an adjustment or an entry of the second round.
    subscript(booked position: Position) -> RecordOrigin? { booked[position] }

    /// No more bytes than these.
    var bytesMax: Int {
        ([settlement, reversal].compactMap(\.self) + Array(booked.values)).reduce(0) { $0 + $1.messageBytesMax }
    }
}

extension RecordOrigin {
    /// No `RecordedBy` of it is longer, in bytes.
    fileprivate var messageBytesMax: Int { caller.utf8.count + operatorCode.utf8.count + 32 }
}

extension BackwardWriter {
    /// Field `number`: a `RecordedBy`; nothing where nobody was named.
    mutating func recordedBy(_ number: UInt64, _ origin: RecordOrigin?) {
        guard let origin else { return }
        let end = mark
        text(2, origin.operatorCode)
        text(1, origin.caller)
        message(number, from: end)
    }
}
