import CFaultDisk
import CSQLite
import Synchronization

/// A disk that fails where a test wants it to, see CFaultDisk.h: give `vfs` to `SQLiteStore`, plan a failure or a
/// crash, and open the files without it afterwards.
///
///     let disk = FaultDisk(seed: 7)
///     let store = try SQLiteStore(path: path, mode: .create, vfs: disk.vfs)
///     disk.crash(at: 12)
///     …                                   // every operation fails from the twelfth on
///     store.close()
///     let survivor = try SQLiteStore(path: path, mode: .open)
///
/// Everything opened through it must be closed before it goes away.
final class FaultDisk: Sendable {
    enum Kind: Int32, CaseIterable {
        case write, sync, truncate, delete, create
        /// Extending the memory that connections share.
        case sharedMemory
    }

    /// How an operation fails.
    enum Failure {
        /// SQLITE_FULL: no space is left on the disk.
        case full
        /// SQLITE_IOERR_FSYNC: the disk does not confirm.
        case sync
        /// SQLITE_IOERR_WRITE
        case input
        /// SQLITE_IOERR_SHMSIZE
        case sharedMemory

        var code: Int32 {
            switch self {
            case .full: SQLITE_FULL
            case .sync: SQLITE_IOERR | 4 << 8
            case .input: SQLITE_IOERR | 3 << 8
            case .sharedMemory: SQLITE_IOERR | 19 << 8
            }
        }
    }

    /// The name of the file layer, for `SQLiteStore(path:mode:vfs:)`.
    let vfs: String
    nonisolated(unsafe) private let disk: OpaquePointer
    private static let made = Atomic(0)

    init(seed: UInt64) {
        vfs = "fault-disk-\(Self.made.wrappingAdd(1, ordering: .relaxed).newValue)"
        guard let disk = fault_disk_create(vfs, seed) else { fatalError("no memory for a disk") }
        self.disk = disk
    }

    deinit { fault_disk_destroy(disk) }

    /// Operations so far that change the disk, of all kinds that a crash can be set to.
    var operations: Int { Int(fault_disk_operations(disk)) }

    func count(_ kind: Kind) -> Int { Int(fault_disk_count(disk, kind.rawValue)) }

    /// The `number`-th operation of a kind from now (1: the next one) fails; `lasting`: and all after it.
    func fail(_ kind: Kind, number: Int = 1, _ failure: Failure, lasting: Bool = false) {
        fault_disk_fail(disk, kind.rawValue, UInt64(number), failure.code, lasting ? 1 : 0)
    }

    /// The disk works again.
    func heal() { fault_disk_heal(disk) }

    /// The machine crashes at the `number`-th operation from now (1: the next one).
    func crash(at number: Int) { fault_disk_crash_at(disk, UInt64(number)) }

    func crashNow() { fault_disk_crash(disk) }

    var hasCrashed: Bool { fault_disk_has_crashed(disk) != 0 }

    /// The disk says that it has synced, and has not.
    func ignoreSyncs() { fault_disk_ignore_syncs(disk, 1) }

    /// A write that a crash cuts short may spoil the other bytes of its sectors.
    func spoilWholeSectors() { fault_disk_set_powersafe(disk, 0) }
}
