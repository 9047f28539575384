import Foundation
import LedgerStore
import TestSupport
import Testing

/// A kept pack is what settlements are explained by: no byte of its row changes unseen.
@Suite struct `Damage of a kept pack` {
    @Test func `every byte of every column that is turned is found when the ledger is opened`() throws {
        let directory = ScratchFolder(inMemory: true)
        let path = directory.file("ledger.db")
        let pack: KeptPack
        do {
            let store = try SQLiteStore(path: path, mode: .create)
            try store.keepTestPack(1)
            try store.append([testBlock(1)])
            pack = try #require(try store.packs().first)
        }
        let sound = try #require(fileBytes(path))
        let row = try #require(sound.range(of: pack.region + pack.digest + pack.yaml + pack.fingerprint))
        let columns = [
            ("region", pack.region), ("digest", pack.digest), ("yaml", pack.yaml),
            ("fingerprint", pack.fingerprint), ("row_digest", String(repeating: " ", count: 64)),
        ]
        var silent: [String] = []
        var start = row
        for (name, text) in columns {
            for offset in start..<start + text.utf8.count {
                var bytes = sound
                bytes[offset] ^= UInt8(1 << (offset % 8))
                writeFile(path, bytes)
                for mode in [SQLiteStore.Mode.readOnly, .open] {
                    let refusal = failure { _ = try SQLiteStore(path: path, mode: mode) }
                    let isNamed = refusal?.reason.contains("the kept pack of number 1 does not fit") == true
                    if refusal?.kind != "damaged" || !isNamed || fileBytes(path) != bytes {
                        silent.append("\(name), byte \(offset - start): \(refusal?.reason ?? "opened")")
                    }
                }
            }
            start += text.utf8.count
        }
        #expect(silent.prefix(10) == [])
        writeFile(path, sound)
        #expect(try SQLiteStore(path: path, mode: .open).packs() == [pack])
    }

    @Test func `a pack of a number that is another, and one that is gone, is found`() throws {
        for change in ["UPDATE pack SET number = 5 WHERE number = 2", "UPDATE pack SET number = 1000 WHERE number = 1"] {
            let directory = ScratchFolder(inMemory: true)
            let path = directory.file("ledger.db")
            do {
                let store = try SQLiteStore(path: path, mode: .create)
                for number in 1...3 { try store.keepTestPack(number) }
            }
            try plainSQL(path, change)
            #expect(failure { _ = try SQLiteStore(path: path, mode: .readOnly) }?.kind == "damaged", "\(change)")
        }
    }
}
