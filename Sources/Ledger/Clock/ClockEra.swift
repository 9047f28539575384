import LedgerFormat
import LedgerStore
import Records
import Registry

/// The clock was accepted although the journal was ahead of it: some times before are not to be trusted.
///
/// Times never fall within an era, and an era begins with such a row. So the journal is in the order of its numbers,
/// always; in the order of its times only within an era.
package struct ClockEra: Equatable, Sendable {
    /// Of the row that says it, the first of its block.
    package var position: Position
    /// The newest time before it.
    package var newest: Moment
    /// What the clock said then. Records before the row that bear a later time were made before this one.
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
    /// What is wrong with a block's time after the block before: it falls only where the clock was accepted, and there
    /// the row says from which. nil: nothing.
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

/// Every time that the clock was accepted, the oldest first; a few in a ledger's life.
package struct ClockEras: Equatable, Sendable {
    package private(set) var all: [ClockEra] = []

    package init() {}

    mutating func add(_ era: ClockEra) { all.append(era) }

    /// Whether the time of a record is one that the clock of its day can have said.
    package func isTrusted(_ time: Moment, at position: Position) -> Bool {
        !all.contains { position < $0.position && time > $0.accepted }
    }

    /// When a record was made at the latest; never falls from one record to the next.
    package func latest(_ time: Moment, at position: Position) -> Moment {
        all.reduce(time) { position < $1.position ? min($0, $1.accepted) : $0 }
    }

    /// The same of a block.
    ///
    /// - Parameter era: how often the clock had been accepted by then.
    func latest(_ time: Moment, era: Int) -> Moment {
        all.dropFirst(era).reduce(time) { min($0, $1.accepted) }
    }

    /// Those of a store, found by the numbers of eras that its blocks bear: reads some 20 blocks for each.
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
