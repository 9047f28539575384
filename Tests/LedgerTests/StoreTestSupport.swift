import CSQLite
import Glibc
import LedgerFormat
import LedgerStore
import TestSupport
import Testing

/// A file's bytes; nil if there is none.
func fileBytes(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
    let count = bytes.count
    return pread(descriptor, &bytes, count, 0) == count ? bytes : nil
}

func writeFile(_ path: String, _ bytes: [UInt8]) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    defer { close(descriptor) }
    guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else { fatalError("\(path): \(errno)") }
}

/// A block whose bytes follow from its sequence number and size, so that any reader can tell whether they are right.
func testBlock(_ sequence: UInt64, bytes count: Int = 100) -> SealedBlock {
    var random = SeededRandom(seed: sequence &* 1_000_003 &+ UInt64(count))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count { withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) } }
    bytes.removeLast(bytes.count - count)
    return SealedBlock(sequence: sequence, bytes: bytes)
}

extension LedgerStore {
    /// Every block from the first to the last, in order.
    func allBlocks() throws -> [SealedBlock] {
        var blocks: [SealedBlock] = []
        try scan(after: 0) { block in
            blocks.append(block)
            return true
        }
        return blocks
    }

    @discardableResult
    func keepTestPack(_ number: Int) throws -> UInt32 {
        try keep(
            region: "region \(number)", digest: String(repeating: "\(number % 10)", count: 64),
            yaml: "名称: 结算 \(number)\n", fingerprint: "fingerprint \(number)")
    }
}

/// Changes a ledger's file as any program that knows SQLite can.
func plainSQL(_ path: String, _ sql: String) throws {
    var connection: OpaquePointer?
    defer { sqlite3_close(connection) }
    #expect(sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK)
    #expect(sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK, "\(sql)")
}

/// The failure that `body` throws; nil: it throws none.
func failure(of body: () throws -> Void) -> StoreFailure? {
    do { try body() } catch { return error as? StoreFailure }
    return nil
}

extension StoreFailure {
    var kind: String {
        switch self {
        case .notWritten: "notWritten"
        case .unknown: "unknown"
        case .damaged: "damaged"
        case .newer: "newer"
        case .unavailable: "unavailable"
        }
    }
}
