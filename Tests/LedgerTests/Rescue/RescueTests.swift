import Foundation
import Ledger
import LedgerStore
import Policy
import Settlement
import TestSupport
import Testing

/// What `ledger rescue` says it would keep is what the ledger has afterwards, and what it says is gone is gone.
@Suite struct `A rescue of a damaged ledger` {
    /// Keeps what is sound in a new file and compares it with the report.
    private func keep(_ ledger: DamagedLedger, _ path: String, count: Int) throws {
        let kept = path + ".kept"
        try ledger.keep(to: kept)
        #expect(ledger.report.keptSettlements == count)
        #expect(try RescueRig.found(kept) == Array(RescueRig.settled.prefix(count)))
    }

    @Test func `a ledger that a kill left is sound, and needs none`() throws {
        let rig = try RescueRig()
        defer { withExtendedLifetime(rig) {} }
        let (ledger, path) = try rig.look()
        #expect(ledger.report.isSound && ledger.report.isWitnessed && ledger.report.lostBlocks == 0)
        try keep(ledger, path, count: RescueRig.settled.count)
    }

    @Test func `a bit in the log: its bytes are named, and a page that later commits hold takes nothing away`() throws {
        let rig = try RescueRig()
        let log = try #require(rig.sound[1])
        var kept: Set<Int> = []
        for frame in 0..<(log.count - 32) / (SQLiteStore.pageBytes + 24) {
            let start = 32 + frame * (SQLiteStore.pageBytes + 24)
            let (ledger, path) = try rig.look { $0[1]?[start + 24 + 100] ^= 4 }
            let report = ledger.report
            #expect(report.refusal != nil && !report.isSound, "frame \(frame + 1)")
            #expect(report.brokenFrames.map(\.bytes) == [start..<start + SQLiteStore.pageBytes + 24])
            #expect(report.isWitnessed && report.keptBlocks + report.lostBlocks == report.acknowledgedBlocks)
            let count = report.keptSettlements
            #expect(RescueRig.settled[count...].starts(with: report.lostIDs))
            try keep(ledger, path, count: count)
            kept.insert(count)
        }
        // The last commit's frame has no later one that holds its page.
        #expect(kept == [RescueRig.settled.count - 1, RescueRig.settled.count])
    }

    @Test func `a log that is cut: what it held up to there is kept, and how many blocks are gone is counted`() throws {
        let rig = try RescueRig()
        for (count, bytes) in rig.logSizes.dropLast() {
            for end in [bytes, bytes + 1, bytes + 5_000] {
                let (ledger, path) = try rig.look { $0[1]?.removeSubrange(end...) }
                #expect(ledger.report.refusal != nil && ledger.report.losesSomething)
                #expect(ledger.report.lostBlocks == UInt64(RescueRig.settled.count - count))
                try keep(ledger, path, count: count)
            }
        }
    }

    @Test func `without the witness everything is kept, and it is said that more may be gone`() throws {
        let rig = try RescueRig()
        defer { withExtendedLifetime(rig) {} }
        let (ledger, path) = try rig.look { $0[2] = nil }
        #expect(ledger.report.refusal?.contains("-witness") == true)
        #expect(!ledger.report.isWitnessed && ledger.report.lostBlocks == 0)
        try keep(ledger, path, count: RescueRig.settled.count)
    }

    @Test func `of a main file alone what it has is kept, and it is said that more may be gone`() throws {
        let rig = try RescueRig()
        defer { withExtendedLifetime(rig) {} }
        let (ledger, path) = try rig.look {
            $0[1] = nil
            $0[2] = nil
        }
        #expect(ledger.report.refusal?.contains("is in use") == true && !ledger.report.isWitnessed)
        try keep(ledger, path, count: 4)
    }

    @Test func `a byte of a page of the main file that the log holds too takes nothing away`() throws {
        let rig = try RescueRig()
        let place = try #require(rig.sound[0]?.range(of: "rescued-2"))
        let (ledger, path) = try rig.look { $0[0]?[place] ^= 1 }
        #expect(ledger.report.isSound)
        try keep(ledger, path, count: RescueRig.settled.count)
    }

    @Test func `a damaged block of a closed ledger: those behind it are listed and gone, in place too`() throws {
        let directory = ScratchFolder(inMemory: true)
        let path = directory.file("ledger.db")
        let store = try SQLiteStore(path: path, mode: .create)
        let world = try World(store: store)
        for id in RescueRig.settled {
            #expect(try world.settle(id, world.outpatient(100_00)).isNone)
            #expect(try world.commit())
        }
        store.close()
        var bytes = try #require(fileBytes(path))
        bytes[try #require(bytes.range(of: "rescued-6"))] ^= 1
        writeFile(path, bytes)
        var ledger: DamagedLedger? = try DamagedLedger(path: path)
        let report = try #require(ledger?.report)
        #expect(report.brokenBlock != nil && report.isWitnessed)
        #expect(report.lostIDs == Array(RescueRig.settled[6...]))
        #expect(report.keptSettlements == 5 && report.lostBlocks == UInt64(RescueRig.settled.count - 5))
        let aside = try #require(try ledger?.keepInPlace())
        ledger = nil
        #expect(fileBytes(aside) == bytes)
        #expect(try RescueRig.found(path) == Array(RescueRig.settled.prefix(5)))
    }

    @Test func `a kept pack's text is taken from the pack of its digest, and without one nothing is kept`() throws {
        let rig = try RescueRig()
        let pack = try #require(rig.packs.first)
        let text = Array(pack.yaml.utf8)
        // In its text, where that lies in one page of the main file.
        let places = stride(from: 0, to: text.count - 200, by: 500).lazy.compactMap { start in
            rig.sound[0]?.range(of: Array(text[start..<start + 200]))
        }
        let place = try #require(places.first { _ in true }) + 20
        let (alone, path) = try rig.look { $0[0]?[place] ^= 1 }
        #expect(alone.report.lostPacks.count == 1 && alone.report.losesSomething)
        #expect(failure { try alone.keep(to: path + ".kept") }?.kind == "damaged")
        var bytes = rig.sound
        bytes[0]?[place] ^= 1
        let again = rig.directory.file("again.db")
        for (suffix, content) in zip(LedgerFiles.suffixes, bytes) { if let content { writeFile(again + suffix, content) } }
        let ledger = try DamagedLedger(path: again, library: World.library.packs)
        #expect(ledger.report.restoredPacks.count == 1 && ledger.report.lostPacks == [])
        try keep(ledger, again, count: RescueRig.settled.count)
        let kept = try SQLiteStore(path: again + ".kept", mode: .readOnly)
        #expect(try kept.packs() == rig.packs)
    }
}

extension [UInt8] {
    /// Where a text first stands; nil: nowhere.
    func range(of text: String) -> Int? { range(of: Array(text.utf8)) }

    func range(of bytes: [UInt8]) -> Int? {
        guard let found = Data(self).range(of: Data(bytes)) else { return nil }
        return found.lowerBound
    }
}
