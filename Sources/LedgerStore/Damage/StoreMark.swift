import LedgerFormat
import Policy

/// The mark of the main file: the one row of its table `ledger`.
///
/// The main file lags behind the log between checkpoints. So that a main file alone, or beside a foreign log, is not
/// taken for the whole ledger, it records whether it is in use, and log and main file name each other: the first commit
/// of each round of the log names the round and repeats the name in the main file, until the round is checkpointed.
struct StoreMark: Equatable {
    let identity: UInt64
    /// Number of recoveries after a failed append.
    var epoch: UInt64
    /// True from before the first append until the file is closed in order; log and witness then belong to it.
    var isInUse: Bool
    /// A random name of the log's round.
    var round: UInt64
    var roundBefore: UInt64
    /// The last acknowledged block when the mark was written, 0: none, and its last four bytes.
    var sequence: UInt64
    var checksum: UInt32

    /// The mark of a file without a log, not in use.
    init(identity: UInt64, epoch: UInt64 = 0, tip: StoreTip = StoreTip()) {
        self.identity = identity
        self.epoch = epoch
        isInUse = false
        round = UInt64.random(in: 1...UInt64.max)
        roundBefore = 0
        sequence = tip.sequence
        checksum = tip.checksum
    }

    /// Whether a log with mark `self` can belong to a main file with mark `main`.
    func continues(_ main: StoreMark) -> Bool {
        identity == main.identity && (main.round == round || main.round == roundBefore)
    }

    /// SHA-256 of all other fields, which detects any change.
    private var digest: String {
        let values = [identity, epoch, isInUse ? 1 : 0, round, roundBefore, sequence, UInt64(checksum)]
        return sha256(Array(("ledger " + values.map { "\($0)" }.joined(separator: " ")).utf8))
    }
}

/// The end of a store's content.
struct StoreTip: Equatable {
    /// Number of the last block, 0: none.
    var sequence: UInt64 = 0
    /// The last four bytes of the last block: its chained checksum.
    var checksum: UInt32 = 0
    /// The number of the last kept pack.
    var packs: UInt32 = 0

    mutating func append(_ block: SealedBlock) {
        sequence = block.sequence
        checksum = BlockFormat.checksum(ofSealed: block.bytes)
    }
}

extension StoreMark {
    /// - Throws: a damage error where the row is missing, not the only one, or does not match its digest.
    init(_ connection: SQLiteConnection) throws(SQLiteError) {
        let sql = "SELECT identity, epoch, state, round, round_before, sequence, checksum, digest FROM ledger LIMIT 2"
        self = try connection.run(sql) { (statement) throws(SQLiteError) in
            guard try statement.step() else { throw .damaged("the ledger's own row is missing") }
            func number(_ column: Int32) -> UInt64 { UInt64(bitPattern: statement.integer(column)) }
            var mark = StoreMark(identity: number(0))
            mark.epoch = number(1)
            mark.isInUse = number(2) == 1
            mark.round = number(3)
            mark.roundBefore = number(4)
            mark.sequence = number(5)
            mark.checksum = UInt32(truncatingIfNeeded: number(6))
            guard statement.text(7) == mark.digest, mark.identity != 0, number(2) <= 1, number(6) == mark.checksum,
                try !statement.step()
            else { throw .damaged("the ledger's own row (identity, epoch, state) does not fit its digest") }
            return mark
        }
    }

    /// Replaces the existing row.
    func write(_ connection: SQLiteConnection) throws(SQLiteError) {
        let sql = """
            UPDATE ledger SET identity = ?, epoch = ?, state = ?, round = ?, round_before = ?, sequence = ?,
                checksum = ?, digest = ?
            """
        try connection.run(sql) { (statement) throws(SQLiteError) in
            let values = [identity, epoch, isInUse ? 1 : 0, round, roundBefore, sequence, UInt64(checksum)]
            for (index, value) in values.enumerated() {
                statement.bind(Int64(bitPattern: value), at: Int32(index) + 1)
            }
            statement.bind(digest, at: Int32(values.count) + 1)
            _ = try statement.step()
        }
    }
}

extension StoreTip {
    init(_ connection: SQLiteConnection) throws(SQLiteError) {
        let last = try connection.integer("SELECT max(sequence) FROM block")
        sequence = UInt64(bitPattern: last)
        checksum = try Self.checksum(ofBlock: sequence, connection) ?? 0
        packs = UInt32(truncatingIfNeeded: try connection.integer("SELECT max(number) FROM pack"))
    }

    /// The last four bytes of a block; nil: no such block.
    static func checksum(ofBlock sequence: UInt64, _ connection: SQLiteConnection) throws(SQLiteError) -> UInt32? {
        try connection.run("SELECT bytes FROM block WHERE sequence = ?") { (statement) throws(SQLiteError) in
            statement.bind(Int64(bitPattern: sequence), at: 1)
            return try statement.step() ? BlockFormat.checksum(ofSealed: statement.bytes(0)) : nil
        }
    }
}
