import CShims
import Glibc
import Synchronization

/// The file of a ledger itself, whatever its names: which one it is, whether another one writes it, and whether it
/// still has the name it was opened by.
///
/// Who writes holds an exclusive `flock` on it. Closing any descriptor of a file takes away all POSIX locks that this
/// process has on it, those of SQLite's connections too. So there is one descriptor for each file and process, shared
/// by all stores that have the file open, and closed when the last of them has closed its connections.
final class LedgerFile: Sendable {
    /// Which file it is, whatever its names.
    struct ID: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64

        /// Of the file that a path names; nil: there is none.
        init?(of path: String) {
            var facts = stat()
            // Not by the argument's own conversion, which makes an array of the path: this is asked at every commit.
            guard path.withCString({ stat($0, &facts) }) == 0 else { return nil }
            self.init(facts)
        }

        fileprivate init(_ facts: stat) {
            device = UInt64(facts.st_dev)
            inode = UInt64(facts.st_ino)
        }
    }

    /// What this process has of one file.
    private struct Opened {
        /// The first has the lock; there are more only where the name was given to another file while it was opened.
        var descriptors: [Int32]
        var users: Int
        /// By which it is open for writing.
        var writer: String?
    }

    private static let table = Mutex<[ID: Opened]>([:])

    let id: ID
    /// By which it was opened.
    private let path: String
    private let state = Mutex((isClosed: false, isWriter: false))

    /// Opens the file for as long as a store uses it: before its first connection, until after its last.
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

    /// Makes this store the one that writes the file.
    ///
    /// - Throws: `.unavailable` where another one does, in this process or in any other of this host, by whatever name;
    ///   it names that one.
    func claim() throws(StoreFailure) {
        try Self.table.withLock { (table) throws(StoreFailure) in
            guard let opened = table[id] else { throw .unavailable("\(path) is closed") }
            if let writer = opened.writer { throw .unavailable(LockHolder.this(path: writer).refusal(lock: path)) }
            // A network file system makes a lock of the other kind of it, which would meet SQLite's own.
            if shim_is_network_file(opened.descriptors[0]) == 0, flock(opened.descriptors[0], LOCK_EX | LOCK_NB) != 0 {
                guard errno == EWOULDBLOCK else { throw .unavailable("\(path): \(systemError())") }
                throw .unavailable(LockHolder(lockOn: id).refusal(lock: path))
            }
            table[id]?.writer = path
        }
        state.withLock { $0.isWriter = true }
    }

    /// Lets others write it. The connections of the store that used it are closed before.
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

    /// Why nothing may be written any more: what is written to a file without its name, or beside a log with the name
    /// of another, would never be found again. nil: the path still names the file. One look at the folder.
    func displacement() -> String? {
        let named = ID(of: path)
        guard named != id else { return nil }
        return "\(path) was \(named == nil ? "removed or renamed" : "replaced by another file") while it was open; "
            + "nothing is written to it any more: put it back, or stop the server and start it with the right file"
    }
}
