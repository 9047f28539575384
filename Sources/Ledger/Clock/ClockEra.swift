import LedgerFormat
import LedgerStore
import Records
import Registry

/// An era of the clock, begun by accepting the clock while the journal was ahead of it: some earlier times are not to
/// be trusted.
///
/// Times ascend within an era, and an era begins with a row of its own. So the journal is always in the order of its
/// numbers, and in the order of its times only within an era.
package struct ClockEra: Equatable, Sendable {
    /// Position of the era's row, the first of its block.
    package var position: Position
    /// The newest time before it.
    package var newest: Moment
    /// The clock's time then. A record before the row with a later time was made before this moment.
    package var accepted: Moment

    package init(position: Position, newest: Moment, accepted: Moment) {
        self.position = position
        self.newest = newest
        self.accepted = accepted
    }

    static func write(newest: Moment, to writer: inout ByteWriter) {
        writer.byte(RowKind.clock.rawValue)
        writer.byte(1)
        writer.signed(newest.milliseconds)
    }

    init(row: UnsafeRawBufferPointer, at position: Position, time: Moment) throws(DamagedBytes) {
        var reader = ByteReader(row)
        guard try reader.byte() == RowKind.clock.rawValue, try reader.byte() == 1 else { throw DamagedBytes() }
        self.init(position: position, newest: Moment(milliseconds: try reader.signed()), accepted: time)
        guard reader.isAtEnd else { throw DamagedBytes() }
    }
}

extension ClockEra {
    /// The fault of a block's time or era against the journal before it; nil: none. The time may fall only in a block
    /// that begins an era, whose row must name the newest time before.
    static func problem(of view: BlockView, after end: JournalEnd) -> String? {
        let position = Position(block: view.sequence, row: 0)
        let era = view.row(0).flatMap { try? ClockEra(row: $0, at: position, time: view.time) }
        if view.era != end.era + (era == nil ? 0 : 1) {
            return "block \(view.sequence) is of era \(view.era) of the clock after one of era \(end.era)"
        }
        if let era {
            return era.newest == end.time ? nil : "block \(view.sequence) accepts the clock after another time"
        }
        return view.time < end.time ? "block \(view.sequence) is older than the one before it" : nil
    }
}

/// All eras of a ledger's clock, the oldest first; a few in a ledger's life.
package struct ClockEras: Equatable, Sendable {
    package private(set) var all: [ClockEra] = []

    package init() {}

    mutating func add(_ era: ClockEra) { all.append(era) }

    /// Whether a record's time is to be trusted: no later acceptance of the clock contradicts it.
    package func isTrusted(_ time: Moment, at position: Position) -> Bool {
        !all.contains { position < $0.position && time > $0.accepted }
    }

    /// Upper bound of the moment at which a record was made; never decreases from one record to the next.
    package func latest(_ time: Moment, at position: Position) -> Moment {
        all.reduce(time) { position < $1.position ? min($0, $1.accepted) : $0 }
    }

    /// The same bound for a block.
    ///
    /// - Parameter era: the number of acceptances of the clock before the block.
    func latest(_ time: Moment, era: Int) -> Moment {
        all.dropFirst(era).reduce(time) { min($0, $1.accepted) }
    }

    /// The eras of a store, found by a binary search over the era numbers of its blocks: reads some 20 blocks for each.
    package init(of store: any LedgerStore) throws {
        let last = try store.lastSequence()
        guard last > 0 else { return }
        let count = try Self.block(last, of: store).era
        while all.count < count {
            let next = all.count + 1
            var (low, high) = (UInt64(1), last)
            while low < high {
                let middle = low + (high - low) / 2
                if try Self.block(middle, of: store).era >= next { high = middle } else { low = middle + 1 }
            }
            let block = try Self.block(low, of: store)
            let position = Position(block: low, row: 0)
            guard block.era == next else {
                throw LedgerProblem.damage(.row(position, "begins era \(block.era) of the clock, \(next) is missing"))
            }
            try block.read { (view) throws(LedgerProblem) in
                guard let row = view.row(0), let era = try? ClockEra(row: row, at: position, time: view.time) else {
                    throw .damage(.row(position, "does not say how the clock was accepted"))
                }
                all.append(era)
            }
        }
    }

    static func block(_ sequence: UInt64, of store: any LedgerStore) throws -> CheckedBlock {
        guard let bytes = try store.block(sequence) else {
            throw StoreFailure.damaged("block \(sequence) is missing")
        }
        do { return try SealedBlock(sequence: sequence, bytes: bytes).checked() } catch {
            throw LedgerProblem.damage(error)
        }
    }
}

extension ClockEras {
    func encode(to writer: inout ByteWriter) {
        writer.number(all.count)
        for era in all {
            writer.number(era.position.number)
            writer.signed(era.newest.milliseconds)
            writer.signed(era.accepted.milliseconds)
        }
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        for _ in 0..<(try reader.count(upTo: reader.left)) {
            let position = Position(number: try reader.number())
            guard position > all.last?.position ?? .none else { throw DamagedBytes() }
            all.append(
                ClockEra(
                    position: position, newest: Moment(milliseconds: try reader.signed()),
                    accepted: Moment(milliseconds: try reader.signed())))
        }
    }
}
