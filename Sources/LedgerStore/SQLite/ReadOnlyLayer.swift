import CSQLite
import Synchronization

/// SQLite's file layer for reading a ledger whose log has no index file (`-shm`), as after a restore, in a folder
/// without write permission, where the index cannot be made.
///
/// SQLite can read a log without an index, and checks at each transaction whether one has been made meanwhile, but only
/// if the index file exists and is not locked. This layer is the system's with one change: where the index cannot be
/// made, it reports it as existing and not locked.
enum ReadOnlyLayer {
    private static let layer = "jiesuan-read-only"

    // Unchecked: set once, before the layer has a name, and never changed.
    nonisolated(unsafe) private static let system = sqlite3_vfs_find(nil)
    /// The system's methods of a file with locks, and their address; nil before the first file is opened.
    private static let methods = Mutex<Methods?>(nil)

    private struct Methods: @unchecked Sendable {
        // Unchecked: constant for as long as the process lives.
        let system: UnsafePointer<sqlite3_io_methods>
        let changed: UnsafeMutablePointer<sqlite3_io_methods>

        init(_ system: UnsafePointer<sqlite3_io_methods>) {
            self.system = system
            changed = .allocate(capacity: 1)
            changed.initialize(to: system.pointee)
            changed.pointee.xShmMap = ReadOnlyLayer.mapIndex
            changed.pointee.xShmLock = ReadOnlyLayer.lockIndex
        }
    }

    /// The layer for reading a file; nil: the system's, for all other files.
    ///
    /// - Parameter vfs: the store's layer; one other than the system's is a test's and is used unchanged.
    static func name(for path: String, vfs: String?) -> String? {
        guard vfs == nil, fileExists(path + "-wal"), !fileExists(path + "-shm") else { return vfs }
        return isRegistered ? layer : nil
    }

    private static let isRegistered: Bool = {
        guard let system, let name = lasting(ReadOnlyLayer.layer) else { return false }
        let changed = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        changed.initialize(to: system.pointee)
        changed.pointee.pNext = nil
        changed.pointee.zName = UnsafePointer(name)
        changed.pointee.xOpen = open
        return sqlite3_vfs_register(changed, 0) == SQLITE_OK
    }()

    /// A copy of a name that is never freed.
    private static func lasting(_ text: String) -> UnsafeMutablePointer<CChar>? {
        let bytes = Array(text.utf8CString)
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        copy.initialize(from: bytes, count: bytes.count)
        return copy
    }

    private static let open:
        @convention(c) (
            UnsafeMutablePointer<sqlite3_vfs>?, sqlite3_filename?, UnsafeMutablePointer<sqlite3_file>?, Int32,
            UnsafeMutablePointer<Int32>?
        ) -> Int32 = { _, name, file, flags, found in
            guard let system = ReadOnlyLayer.system else { return SQLITE_CANTOPEN }
            let code = system.pointee.xOpen(system, name, file, flags, found)
            guard code == SQLITE_OK, flags & SQLITE_OPEN_MAIN_DB != 0, let file, let own = file.pointee.pMethods else {
                return code
            }
            ReadOnlyLayer.methods.withLock { methods in
                if methods == nil { methods = Methods(own) }
                if let methods, methods.system == own { file.pointee.pMethods = UnsafePointer(methods.changed) }
            }
            return code
        }

    private static let mapIndex:
        @convention(c) (
            UnsafeMutablePointer<sqlite3_file>?, Int32, Int32, Int32,
            UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        ) -> Int32 = { file, region, size, extends, memory in
            guard let methods = ReadOnlyLayer.methods.withLock({ $0 }) else { return SQLITE_IOERR }
            let code = methods.system.pointee.xShmMap(file, region, size, extends, memory)
            // SQLITE_READONLY_CANTINIT, whose macro Swift does not import.
            return code & 0xFF == SQLITE_CANTOPEN ? SQLITE_READONLY | 5 << 8 : code
        }

    private static let lockIndex: @convention(c) (UnsafeMutablePointer<sqlite3_file>?, Int32, Int32, Int32) -> Int32 = {
        file, first, count, flags in
        guard let methods = ReadOnlyLayer.methods.withLock({ $0 }) else { return SQLITE_IOERR }
        let code = methods.system.pointee.xShmLock(file, first, count, flags)
        // SQLITE_IOERR_SHMLOCK: without an index there is no other user to lock out.
        return code == SQLITE_IOERR | 20 << 8 ? SQLITE_OK : code
    }
}
