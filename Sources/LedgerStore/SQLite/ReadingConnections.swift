import CSQLite
import Glibc
import Synchronization

/// Connections for threads that read much beside the writer: each thread has one to itself, and some that were given
/// back are kept, because opening one takes a millisecond.
final class ReadingConnections: Sendable {
    /// Given back and kept; each has 4 MiB of pages at most.
    private static let keptMax = 4
    /// How long the end waits for those that are not given back: who reads stops within some hundred rows.
    private static let closingMilliseconds = 5_000

    private struct State {
        var kept: [SQLiteConnection] = []
        /// Not given back.
        var out = 0
        var isClosed = false
    }

    private let place: StorePlace
    private let file: LedgerFile
    private let state = Mutex(State())

    /// - Parameter file: the one that the store has open at `place`.
    init(_ place: StorePlace, _ file: LedgerFile) {
        self.place = place
        self.file = file
    }

    /// A connection that nobody else has.
    func take() throws(StoreFailure) -> StoreReader {
        let (kept, isClosed) = state.withLock { state in
            if !state.isClosed { state.out += 1 }
            return (state.kept.popLast().map(Handover.init), state.isClosed)
        }
        if isClosed { throw .unavailable("the ledger is closed") }
        if let kept { return StoreReader(kept.connection, of: self) }
        do throws(StoreFailure) {
            let opened = try place.readingConnection()
            // Opened by the name, which may have been given to another file since.
            if let reason = file.displacement() { throw .unavailable(reason) }
            return StoreReader(opened, of: self)
        } catch {
            state.withLock { $0.out -= 1 }
            throw error
        }
    }

    fileprivate func giveBack(_ connection: inout SQLiteConnection?) {
        if let returned = connection.take().map(Handover.init) {
            state.withLock { state in
                if !state.isClosed, state.kept.count < Self.keptMax { state.kept.append(returned.connection) }
            }
        }
        // Counted when it is closed, where it is not kept.
        state.withLock { $0.out -= 1 }
    }

    /// Closes what is kept and gives out nothing more; waits a while for what is out, so that whoever closes the last
    /// connection afterwards leaves a closed file.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.kept = []
        }
        for _ in 0..<Self.closingMilliseconds where state.withLock({ $0.out > 0 }) { usleep(1_000) }
    }

    /// A connection on its way from one thread to another, neither of which keeps it.
    fileprivate struct Handover: @unchecked Sendable {
        let connection: SQLiteConnection
    }
}

/// Reads blocks over a connection of its own; for one thread at a time.
final class StoreReader: BlockSource {
    /// nil: given back.
    private var connection: SQLiteConnection?
    private let connections: ReadingConnections

    fileprivate init(_ connection: SQLiteConnection, of connections: ReadingConnections) {
        self.connection = connection
        self.connections = connections
    }

    deinit { connections.giveBack(&connection) }

    func block(_ sequence: UInt64) throws(StoreFailure) -> [UInt8]? {
        guard let connection else { throw .unavailable("the ledger is closed") }
        do throws(SQLiteError) { return try connection.block(sequence) } catch { throw error.asUnavailable }
    }
}

extension SQLiteConnection {
    /// A block's bytes; nil: there is none of that number.
    func block(_ sequence: UInt64) throws(SQLiteError) -> [UInt8]? {
        guard let row = Int64(exactly: sequence) else { return nil }
        return try run("SELECT bytes FROM block WHERE sequence = ?") { (statement) throws(SQLiteError) in
            statement.bind(row, at: 1)
            return try statement.step() ? statement.bytes(0) : nil
        }
    }
}
