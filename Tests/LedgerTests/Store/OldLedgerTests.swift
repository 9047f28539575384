import CSQLite
import Glibc
import Ledger
import LedgerFormat
import LedgerStore
import TestSupport
import Testing

/// Ledgers of earlier versions of the program.
@Suite struct OldLedgerTests {
    /// A file as the first version made it, with what a store has.
    ///
    /// - Parameter killed: where its files are copied to while its blocks are still in the log, as a kill leaves them.
    private func makeFirst(_ path: String, of store: any LedgerStore, killed: String? = nil) throws {
        var opened: OpaquePointer?
        #expect(sqlite3_open(path, &opened) == SQLITE_OK)
        let connection = try #require(opened)
        defer { sqlite3_close(connection) }
        func run(_ sql: String, _ bind: (OpaquePointer) -> Void = { _ in }) throws {
            var made: OpaquePointer?
            try #require(sqlite3_prepare_v2(connection, sql, -1, &made, nil) == SQLITE_OK, "\(sql)")
            let statement = try #require(made)
            bind(statement)
            let code = sqlite3_step(statement)
            sqlite3_finalize(statement)
            try #require(code == SQLITE_DONE || code == SQLITE_ROW, "\(sql): \(code)")
        }
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        try run("PRAGMA page_size = \(SQLiteStore.pageBytes)")
        try run("PRAGMA application_id = \(0x4A53_4C47)")
        try run("CREATE TABLE ledger(identity INTEGER NOT NULL, epoch INTEGER NOT NULL)")
        try run("CREATE TABLE block(sequence INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")
        try run(
            "CREATE TABLE pack(number INTEGER PRIMARY KEY, region TEXT NOT NULL, digest TEXT NOT NULL, "
                + "yaml TEXT NOT NULL, fingerprint TEXT NOT NULL)")
        try run("INSERT INTO ledger VALUES (\(store.identity), 0)")
        try run("PRAGMA user_version = 1")
        try run("PRAGMA journal_mode = WAL")
        for pack in try store.packs() {
            try run("INSERT INTO pack VALUES (\(pack.number), ?, ?, ?, ?)") { statement in
                for (index, text) in [pack.region, pack.digest, pack.yaml, pack.fingerprint].enumerated() {
                    sqlite3_bind_text(statement, Int32(index) + 1, text, -1, copied)
                }
            }
        }
        for block in try store.allBlocks() {
            try run("INSERT INTO block VALUES (\(block.sequence), ?)") { statement in
                sqlite3_bind_blob(statement, 1, block.bytes, Int32(block.bytes.count), copied)
            }
        }
        guard let killed else { return }
        for suffix in ["", "-wal"] { writeFile(killed + suffix, try #require(fileBytes(path + suffix))) }
    }

    @Test func `a ledger of the first version, with its policy packs, opens, is brought forward and opens again`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        let world = try World()
        _ = try world.settle("a", world.outpatient(300_00))
        try world.commit()
        try makeFirst(path, of: world.store)
        for round in 1...3 {
            let store = try SQLiteStore(path: path, mode: .open)
            let opened = try World(store: store)
            #expect(opened.ledger.settlementCount == round)
            _ = try opened.settle("r\(round)", opened.outpatient(300_00))
            #expect(try opened.commit())
            #expect(try store.packs() == world.store.packs())
            let verification = try Verifier(store: store, library: World.library).verify { _ in }
            #expect(verification.isClean, "\(verification.differences)")
            #expect(try store.check() == [])
            store.close()
        }
        #expect(try SQLiteStore(path: path, mode: .readOnly).lastSequence() >= 4)
    }

    @Test func `a ledger of the first version that was killed has no witness, keeps all of its log, and has one then`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        let world = try World()
        for id in ["a", "b", "c"] {
            _ = try world.settle(id, world.outpatient(300_00))
            try world.commit()
        }
        try makeFirst(directory.file("made.db"), of: world.store, killed: path)
        let expected = try world.store.allBlocks()
        #expect(fileBytes(path + "-wal")?.isEmpty == false && fileBytes(path + "-witness") == nil)
        // Who only reads makes none.
        #expect(try SQLiteStore(path: path, mode: .readOnly).allBlocks() == expected)
        #expect(fileBytes(path + "-witness") == nil)
        let store = try SQLiteStore(path: path, mode: .open)
        #expect(try store.allBlocks() == expected && store.packs() == world.store.packs())
        let opened = try World(store: store)
        _ = try opened.settle("d", opened.outpatient(300_00))
        #expect(try opened.commit())
        // From now on it is guarded as any other: killed again, and without its witness or its log, it is refused.
        for missing in ["", "-wal", "-witness"] {
            let copy = directory.file("copy\(missing).db")
            for suffix in LedgerFiles.suffixes where suffix != missing || missing.isEmpty {
                writeFile(copy + suffix, try #require(fileBytes(path + suffix)))
            }
            let refusal = failure {
                let found = try SQLiteStore(path: copy, mode: .open).allBlocks()
                #expect(found.count == expected.count + 1)
            }
            #expect(refusal?.kind == (missing.isEmpty ? nil : "damaged"), "\(missing): \(refusal?.reason ?? "")")
        }
    }

    @Test func `a ledger of the first version is not opened by a name beside which its log does not lie`() throws {
        let directory = ScratchFolder()
        let (path, other) = (directory.file("ledger.db"), directory.file("other.db"))
        let world = try World()
        try makeFirst(directory.file("made.db"), of: world.store, killed: path)
        #expect(link(path, other) == 0)
        for mode in [SQLiteStore.Mode.readOnly, .open] {
            let refusal = failure { _ = try SQLiteStore(path: other, mode: mode) }
            #expect(refusal?.reason.contains("\(other) is the same file as \(path)") == true, "\(refusal?.reason ?? "")")
        }
        #expect(try SQLiteStore(path: path, mode: .open).allBlocks() == world.store.allBlocks())
    }
}
