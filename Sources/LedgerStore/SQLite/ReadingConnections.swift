import CSQLite
import Glibc
import Synchronization

/// A pool of read connections for threads beside the writer: each thread uses one exclusively, and some idle ones are
/// kept, because opening one takes a millisecond.
final class ReadingConnections: Sendable {
    /// Idle connections kept, each with 4 MiB of pages at most.
    private static let keptMax = 4
    /// How long `close` waits for connections in use; a reader stops within some hundred rows.
    private static let closingMilliseconds = 5_000

    private struct State {
        var kept: [SQLiteConnection] = []
        /// Connections in use.
        var out = 0
        var isClosed = false
    }

    private let files: StoreFiles
    private let file: LedgerFile
    private let state = Mutex(State())

    /// - Parameter file: the store's open file, at the path of `files`.
    init(_ files: StoreFiles, _ file: LedgerFile) {
        self.files = files
        self.file = file
    }

    /// Takes a connection for exclusive use.
    func take() throws(StoreFailure) -> StoreReader {
        let (kept, isClosed) = state.withLock { state in
            if !state.isClosed { state.out += 1 }
            return (state.kept.popLast().map(Handover.init), state.isClosed)
        }
        if isClosed { throw .unavailable("the ledger is closed") }
        if let kept { return StoreReader(kept.connection, of: self) }
        do throws(StoreFailure) {
            let opened = try files.readingConnection()
            // Opened by name, which may belong to another file by now.
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
        // A connection that is not kept is uncounted after it is closed.
        state.withLock { $0.out -= 1 }
    }

    /// Closes the idle connections and refuses new requests; waits a while for those in use, so that the last
    /// connection closed afterwards is the writer's and leaves a closed file.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.kept = []
        }
        for _ in 0..<Self.closingMilliseconds where state.withLock({ $0.out > 0 }) { usleep(1_000) }
    }

    /// A connection handed from one thread to another; only one of them holds it.
    fileprivate struct Handover: @unchecked Sendable {
        let connection: SQLiteConnection
    }
}

/// Reads blocks over a connection of its own; for one thread at a time.
final class StoreReader: BlockSource {
    /// The connection; nil: returned to the pool.
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
    /// A block's bytes; nil: no such block.
    func block(_ sequence: UInt64) throws(SQLiteError) -> [UInt8]? {
        guard let row = Int64(exactly: sequence) else { return nil }
        return try run("SELECT bytes FROM block WHERE sequence = ?") { (statement) throws(SQLiteError) in
            statement.bind(row, at: 1)
            return try statement.step() ? statement.bytes(0) : nil
        }
    }
}
