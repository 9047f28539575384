import CSQLite
import Glibc
import Ledger
import Testing

/// A directory of its own for one test; removed with everything in it at the end.
final class ScratchDirectory: Sendable {
    let path: String

    /// - Parameter inMemory: for thousands of files that need not survive the test.
    init(inMemory: Bool = false) {
        let parent = inMemory && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var template = Array("\(parent)/jiesuan-store-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("mkdtemp: \(errno)") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    func file(_ name: String) -> String { path + "/" + name }

    /// Names of the files in it, sorted.
    func names() -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func clear() {
        for name in names() { unlink(file(name)) }
    }

    deinit {
        clear()
        rmdir(path)
    }
}

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

/// Random numbers from a seed that a failing test can print (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// One with a seed of its own, which is printed.
    static func printed(_ name: String = #function) -> SeededRandom {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("\(name): seed \(seed)")
        return SeededRandom(seed: seed)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A block whose bytes follow from its sequence number and size, so that any reader can tell whether they are right.
func testBlock(_ sequence: UInt64, bytes count: Int = 100) -> SealedBlock {
    var random = SeededRandom(seed: sequence &* 1_000_003 &+ UInt64(count))
    var bytes = [UInt8]()
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
