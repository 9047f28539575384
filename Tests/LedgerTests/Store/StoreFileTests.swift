import CSQLite
import Glibc
import LedgerStore
import TestSupport
import Testing

/// The SQLite store's file: who may open it, what it refuses, how it is brought forward.
@Suite struct StoreFileTests {
    @Test func `a second writer is refused and told why, a reader is not`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        let store = try SQLiteStore(path: path, mode: .create)
        try store.append([testBlock(1)])
        let refusal = failure { _ = try SQLiteStore(path: path, mode: .open) }
        guard case .unavailable(let text) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(text.contains("open for writing in another process, process \(getpid())"))
        #expect(symlink(path, directory.file("other.db")) == 0)
        #expect(failure { _ = try SQLiteStore(path: directory.file("other.db"), mode: .open) } == refusal)

        let reader = try SQLiteStore(path: path, mode: .readOnly)
        #expect(try reader.allBlocks() == [testBlock(1)])
        try store.append([testBlock(2)])
        #expect(try reader.allBlocks() == [testBlock(1), testBlock(2)])
        #expect(failure { try reader.append([testBlock(3)]) }?.kind == "notWritten")
        #expect(failure { try reader.recover() }?.kind == "unavailable")
    }

    @Test func `a store closed in order is one file`() throws {
        let directory = ScratchFolder()
        let store = try SQLiteStore(path: directory.file("ledger.db"), mode: .create)
        try store.append([testBlock(1)])
        store.close()
        #expect(directory.names() == ["ledger.db", "ledger.db-witness", "ledger.db.lock"])
        #expect(failure { try store.append([testBlock(2)]) }?.kind == "notWritten")
        #expect(failure { _ = try store.lastSequence() }?.kind == "unavailable")
    }

    @Test func `making a store never writes over a file`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        writeFile(path, [1, 2, 3])
        #expect(failure { _ = try SQLiteStore(path: path, mode: .create) }?.kind == "unavailable")
        #expect(fileBytes(path) == [1, 2, 3])
        #expect(failure { _ = try SQLiteStore(path: directory.file("none.db"), mode: .open) }?.kind == "unavailable")
        let nowhere = directory.file("no/such/place.db")
        #expect(failure { _ = try SQLiteStore(path: nowhere, mode: .create) }?.kind == "unavailable")
    }

    @Test func `what is left of an interrupted making is replaced`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        writeFile(path + ".new", Array(repeating: 7, count: 5_000))
        writeFile(path + ".new-journal", Array(repeating: 8, count: 5_000))
        let store = try SQLiteStore(path: path, mode: .create)
        try store.append([testBlock(1)])
        #expect(try store.allBlocks() == [testBlock(1)])
    }

    @Test func `an older file is brought forward, a newer one refused and left as it is`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        let next = StoreSchema.current.adding([
            "ALTER TABLE pack ADD COLUMN note TEXT", "CREATE TABLE later(number INTEGER)",
        ])
        let identity: UInt64
        do {
            let old = try SQLiteStore(path: path, mode: .create)
            try old.append([testBlock(1), testBlock(2)])
            try old.keepTestPack(1)
            identity = old.identity
        }
        #expect(
            failure { _ = try SQLiteStore(path: path, mode: .readOnly, vfs: nil, schema: next) }?.kind
                == "unavailable")
        do {
            let migrated = try SQLiteStore(path: path, mode: .open, vfs: nil, schema: next)
            #expect(migrated.identity == identity)
            #expect(try migrated.allBlocks() == [testBlock(1), testBlock(2)])
            #expect(try migrated.packs().count == 1)
        }
        let before = fileBytes(path)
        for mode in [SQLiteStore.Mode.open, .readOnly] {
            #expect(failure { _ = try SQLiteStore(path: path, mode: mode) }?.kind == "newer")
            #expect(fileBytes(path) == before)
            #expect(directory.names() == ["ledger.db", "ledger.db-witness", "ledger.db.lock"])
        }
    }

    @Test func `a migration that fails leaves the older file as it was`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        do {
            let old = try SQLiteStore(path: path, mode: .create)
            try old.append([testBlock(1)])
        }
        let broken = StoreSchema.current.adding(["CREATE TABLE later(number INTEGER)", "CREATE TABLE block(x)"])
        let refusal = failure { _ = try SQLiteStore(path: path, mode: .open, vfs: nil, schema: broken) }
        #expect(refusal?.kind == "unavailable")
        let again = try SQLiteStore(path: path, mode: .open)
        #expect(try again.allBlocks() == [testBlock(1)])
    }

    @Test func `what is no ledger is refused and left as it is`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        do {
            let store = try SQLiteStore(path: path, mode: .create)
            try store.append([testBlock(1, bytes: 100_000)])
        }
        let sound = try #require(fileBytes(path))
        func changed(_ offset: Int, _ values: [UInt8]) -> [UInt8] {
            var bytes = sound
            bytes.replaceSubrange(offset..<offset + values.count, with: values)
            return bytes
        }
        let page = SQLiteStore.pageBytes
        let cases: [(String, [UInt8])] = [
            ("empty", []),
            ("text", Array("结算,1,2,3\n".utf8)),
            ("shorter than a header", Array(sound[..<60])),
            ("another magic", changed(0, [0])),
            ("another application", changed(68, [0, 0, 0, 1])),
            ("a page size that is none", changed(16, [0x10, 0x01])),
            ("not in log mode", changed(18, [1, 1])),
            ("cut off", Array(sound[..<(sound.count - page)])),
            ("cut within a page", Array(sound[..<(sound.count - 100)])),
            ("first page overwritten", changed(100, Array(repeating: 0xEE, count: page - 100))),
            ("tables overwritten", changed(page, Array(repeating: 0xEE, count: sound.count - page))),
        ]
        for (name, bytes) in cases {
            writeFile(path, bytes)
            for mode in [SQLiteStore.Mode.open, .readOnly] {
                let refusal = failure { _ = try SQLiteStore(path: path, mode: mode) }
                #expect(refusal?.kind == "damaged", "\(name): \(String(describing: refusal))")
                #expect(fileBytes(path) == bytes, "\(name)")
                #expect(directory.names() == ["ledger.db", "ledger.db-witness", "ledger.db.lock"], "\(name)")
            }
        }
        writeFile(path, sound)
        #expect(try SQLiteStore(path: path, mode: .open).allBlocks() == [testBlock(1, bytes: 100_000)])
    }

    @Test(arguments: [SQLiteStore.Mode.create, .open, .readOnly])
    func `a folder is no ledger, and that is said`(mode: SQLiteStore.Mode) {
        let directory = ScratchFolder()
        let failure = failure { _ = try SQLiteStore(path: directory.path, mode: mode) }
        #expect(failure?.kind == "unavailable" && failure?.reason.contains("is a folder") == true)
        #expect(directory.names() == [])
    }

    @Test func `names with spaces, percent and question marks are names`() throws {
        let directory = ScratchFolder()
        let path = directory.file("账 本 100%?mode=memory#x.db")
        do {
            let store = try SQLiteStore(path: path, mode: .create)
            try store.append([testBlock(1)])
        }
        #expect(try SQLiteStore(path: path, mode: .readOnly).allBlocks() == [testBlock(1)])
        #expect(fileBytes(path) != nil)
    }

    @Test func `a ledger whose process was killed is read, and opened for writing, with all it had`() throws {
        let directory = ScratchFolder()
        let killed = ScratchFolder()
        let store = try SQLiteStore(path: directory.file("ledger.db"), mode: .create)
        for sequence in 1...5 { try store.append([testBlock(UInt64(sequence), bytes: 50_000)]) }
        // What the files are like while the process runs, they are when it is killed.
        for name in ["ledger.db", "ledger.db-wal", "ledger.db-witness"] {
            writeFile(killed.file(name), try #require(fileBytes(directory.file(name))))
        }
        let expected = (1...5).map { testBlock($0, bytes: 50_000) }
        #expect(try SQLiteStore(path: killed.file("ledger.db"), mode: .readOnly).allBlocks() == expected)
        let again = try SQLiteStore(path: killed.file("ledger.db"), mode: .open)
        #expect(try again.allBlocks() == expected)
        #expect(again.identity == store.identity)
        try again.append([testBlock(6)])
        #expect(try again.check() == [])
    }

    @Test func `the log is begun again as it grows, and after a reader that held on to it is gone`() throws {
        let directory = ScratchFolder(inMemory: true)
        let path = directory.file("ledger.db")
        let limit = 1 << 20
        let store = try SQLiteStore(path: path, mode: .create, vfs: nil, schema: .current, checkpointBytes: limit)
        var next: UInt64 = 1
        /// The longest that the log is while so much is appended.
        func longest(appending bytes: Int) throws -> Int {
            var longest = 0
            for _ in 0..<bytes / 100_000 {
                try store.append([testBlock(next, bytes: 100_000)])
                next += 1
                store.maintain()
                longest = max(longest, store.status().logBytes)
            }
            return longest
        }
        #expect(try longest(appending: 10 << 20) < 2 * limit)

        var reader: OpaquePointer?
        #expect(sqlite3_open_v2(path, &reader, SQLITE_OPEN_READONLY, nil) == SQLITE_OK)
        #expect(sqlite3_exec(reader, "BEGIN; SELECT max(sequence) FROM block", nil, nil, nil) == SQLITE_OK)
        #expect(try longest(appending: 10 << 20) > 8 * limit)
        #expect(store.status().suspended == nil && store.status().checkpointFailure == nil)
        sqlite3_close(reader)
        _ = try longest(appending: 3 << 20)
        #expect(store.status().logBytes < 3 * limit)
        #expect(try store.check() == [])
        #expect(try store.allBlocks().count == Int(next) - 1)
    }

    @Test func `a log that nobody tidies is begun again by the appends themselves`() throws {
        let directory = ScratchFolder(inMemory: true)
        let path = directory.file("ledger.db")
        let limit = 1 << 20
        let store = try SQLiteStore(path: path, mode: .create, vfs: nil, schema: .current, checkpointBytes: limit)
        for sequence in 1...100 {
            try store.append([testBlock(UInt64(sequence), bytes: 100_000)])
            #expect(store.status().logBytes < 3 * limit)
        }
        #expect(try store.check() == [])
    }

    @Test func `a check finds a missing block and an overwritten page`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        func change(_ sql: String) throws {
            var connection: OpaquePointer?
            #expect(sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK)
            #expect(sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK)
            sqlite3_close(connection)
        }
        do {
            let store = try SQLiteStore(path: path, mode: .create)
            try store.append((1...9).map { testBlock($0, bytes: 40_000) })
            #expect(try store.check() == [])
        }
        let sound = try #require(fileBytes(path))
        try change("UPDATE block SET sequence = 0 WHERE sequence = 4")
        do {
            let store = try SQLiteStore(path: path, mode: .readOnly)
            #expect(try store.check() == ["9 blocks, numbered from 0 to 9: some are missing"])
            #expect(failure { _ = try store.allBlocks() }?.kind == "damaged")
        }
        // Nothing is ever removed: pages without use are a sign of damage already when the file is opened.
        try change("DELETE FROM block WHERE sequence = 5")
        #expect(failure { _ = try SQLiteStore(path: path, mode: .readOnly) }?.reason.contains("unused pages") == true)
        unlink(path + "-wal")
        unlink(path + "-shm")
        // The page before the last block's is one of the middle of the tree or of a block: its links are gone.
        var bytes = sound
        let page = SQLiteStore.pageBytes
        bytes.replaceSubrange(page * 12..<page * 12 + 8, with: [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])
        writeFile(path, bytes)
        let problems = try SQLiteStore(path: path, mode: .readOnly).check()
        #expect(!problems.isEmpty)
    }
}
