import Foundation
import Glibc

/// Where a ledger has its files.
package struct LedgerPlace: Sendable {
    /// The ledger's file.
    package let path: String
    /// The folder of what derives from the journal.
    package let indexFolder: String

    package init(path: String, indexFolder: String) {
        self.path = path
        self.indexFolder = indexFolder
    }

    /// Sizes in bytes; 0 of what is not there.
    struct Sizes: Sendable {
        var journal = 0
        var log = 0
        var index = 0
        var diskAvailable = 0
    }

    /// Asks the disk, which may block.
    func sizes() -> Sizes {
        var sizes = Sizes()
        sizes.journal = Self.bytes(of: path)
        sizes.log = Self.bytes(of: path + "-wal")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: indexFolder)) ?? []
        sizes.index = names.reduce(0) { $0 + Self.bytes(of: indexFolder + "/" + $1) }
        var disk = statvfs()
        if statvfs(path, &disk) == 0 {
            sizes.diskAvailable = Int(clamping: UInt64(disk.f_bavail) &* UInt64(disk.f_frsize))
        }
        return sizes
    }

    private static func bytes(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
