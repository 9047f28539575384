import CShims
import Glibc
import Synchronization

/// A ledger's file, independent of its names: its identity, its writer's lock, and whether it still has the name it was
/// opened by.
///
/// The writer holds an exclusive `flock` on it. Closing any descriptor of a file drops all POSIX locks of this process
/// on it, including those of SQLite's connections. So there is one descriptor per file and process, shared by all
/// stores that have the file open, and closed after the last one's connections.
final class LedgerFile: Sendable {
    /// Identity of a file: device and inode.
    struct ID: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64

        /// The identity of the file at a path; nil: no file.
        init?(of path: String) {
            var facts = stat()
            // Avoids the implicit conversion, which allocates an array: this runs at every commit.
            guard path.withCString({ stat($0, &facts) }) == 0 else { return nil }
            self.init(facts)
        }

        fileprivate init(_ facts: stat) {
            device = UInt64(facts.st_dev)
            inode = UInt64(facts.st_ino)
        }
    }

    /// This process's state of one file.
    private struct Opened {
        /// Open descriptors; the first has the lock. More than one only where the name moved to another file during
        /// opening.
        var descriptors: [Int32]
        var users: Int
        /// The path by which the file is open for writing.
        var writer: String?
    }

    private static let table = Mutex<[ID: Opened]>([:])

    let id: ID
    /// The path by which the file was opened.
    private let path: String
    private let state = Mutex((isClosed: false, isWriter: false))

    /// Opens the file; it must outlive all of a store's connections.
    init(path: String) throws(StoreFailure) {
        self.path = path
        id = try Self.table.withLock { (table) throws(StoreFailure) in
            if let known = ID(of: path), table[known] != nil {
                table[known]?.users += 1
                return known
            }
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            var facts = stat()
            guard descriptor >= 0, fstat(descriptor, &facts) == 0 else {
                throw .unavailable("\(path): \(systemError())")
            }
            let id = ID(facts)
            table[id, default: Opened(descriptors: [], users: 0)].descriptors.append(descriptor)
            table[id]?.users += 1
            return id
        }
    }

    deinit { close() }

    /// Takes the writer's lock for this store.
    ///
    /// - Throws: `.unavailable` where another store of this host, by any name, holds the lock; it names the holder.
    func claim() throws(StoreFailure) {
        try Self.table.withLock { (table) throws(StoreFailure) in
            guard let opened = table[id] else { throw .unavailable("\(path) is closed") }
            if let writer = opened.writer { throw .unavailable(LockHolder.this(path: writer).refusal(lock: path)) }
            // A network file system maps `flock` to POSIX locks, which would conflict with SQLite's own.
            if shim_is_network_file(opened.descriptors[0]) == 0, flock(opened.descriptors[0], LOCK_EX | LOCK_NB) != 0 {
                guard errno == EWOULDBLOCK else { throw .unavailable("\(path): \(systemError())") }
                throw .unavailable(LockHolder(lockOn: id).refusal(lock: path))
            }
            table[id]?.writer = path
        }
        state.withLock { $0.isWriter = true }
    }

    /// Releases the writer's lock. The store's connections must be closed before.
    func close() {
        let isWriter = state.withLock { state -> Bool? in
            defer { state.isClosed = true }
            return state.isClosed ? nil : state.isWriter
        }
        guard let isWriter else { return }
        Self.table.withLock { table in
            guard var opened = table[id] else { return }
            if isWriter {
                flock(opened.descriptors[0], LOCK_UN)
                opened.writer = nil
            }
            opened.users -= 1
            if opened.users == 0 { for descriptor in opened.descriptors { Glibc.close(descriptor) } }
            table[id] = opened.users == 0 ? nil : opened
        }
    }

    /// Why writing must stop: a file that has lost its name, or whose log lies beside another file, would lose
    /// everything written from now on. nil: the path still names the file. One `stat`.
    func displacement() -> String? {
        let named = ID(of: path)
        guard named != id else { return nil }
        return "\(path) was \(named == nil ? "removed or renamed" : "replaced by another file") while it was open; "
            + "nothing is written to it any more: put it back, or stop the server and start it with the right file"
    }
}
