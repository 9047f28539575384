import Dispatch
import Foundation
import LedgerStore
import Synchronization
import TestSupport
import Testing

/// Every byte of a ledger's main file, log and witness, as a kill leaves them: turned, cut off, missing, or of another
/// moment, it is found or does no harm.
@Suite struct `Damage of a ledger's files` {
    /// `JIESUAN_FLIPS=all` turns every byte; else some two thousand of them.
    private static let isWide = ProcessInfo.processInfo.environment["JIESUAN_FLIPS"] == "all"
    private static let flipsOfSuite = 2_000

    @Test func `a turned byte is found or harmless, and a refusal touches nothing`() throws {
        var random = SeededRandom.printed()
        let files = try FlipRig.killed()
        let total = files.bytes.reduce(0) { $0 + ($1?.count ?? 0) }
        let stride = Self.isWide ? 1 : max(1, total / Self.flipsOfSuite)
        var flips: [Flip] = []
        for (index, sound) in files.bytes.enumerated() {
            var offset = Int.random(in: 0..<stride, using: &random)
            while offset < sound?.count ?? 0 {
                flips.append(Flip(file: index, offset: offset, mask: UInt8.random(in: 1...255, using: &random)))
                offset += stride
            }
        }
        // Each worker has a rig of its own, and takes every so-and-so-many-th flip.
        let workers = Self.isWide ? ProcessInfo.processInfo.activeProcessorCount : 1
        let tally = Mutex(FlipTally())
        let all = flips
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            let rig = FlipRig()
            var own = FlipTally()
            for place in Swift.stride(from: worker, to: all.count, by: workers) { own.count(all[place], rig, files) }
            tally.withLock { $0.add(own) }
        }
        let result = tally.withLock { $0 }
        print(
            "FIGURE flips flipped \(flips.count) found \(result.found) harmless \(result.harmless) "
                + "silent \(result.silent.count)")
        #expect(result.silent.sorted().prefix(20) == [])
        #expect(result.found + result.harmless + result.silent.count == flips.count)
        #expect(result.found > flips.count / 20 && flips.count > 1_000)
    }

    @Test func `a log or a witness that is cut or gone is refused, unless the main file has everything`() throws {
        var random = SeededRandom.printed()
        let files = try FlipRig.killed()
        let rig = FlipRig()
        let log = try #require(files.bytes[1])
        let frame = SQLiteStore.pageBytes + 24
        var ends = Array(stride(from: 32, through: log.count, by: frame)).flatMap { [$0 - 1, $0, $0 + 1] }
        ends += [0, 1, 31, log.count - 1] + (0..<60).map { _ in Int.random(in: 0..<log.count, using: &random) }
        ends = ends.filter { $0 < log.count }
        var silent: [String] = []
        var found = 0
        func look(_ name: String, _ change: (inout [[UInt8]?]) -> Void) {
            var bytes = files.bytes
            change(&bytes)
            for mode in [SQLiteStore.Mode.readOnly, .open] {
                switch rig.outcome(bytes, of: files, mode: mode) {
                case .found: found += 1
                case .harmless: break
                case .silent(let what): silent.append("\(name): \(what)")
                }
            }
        }
        for end in ends { look("log cut to \(end)") { $0[1] = Array(log[..<end]) } }
        look("no log") { $0[1] = nil }
        look("no witness") { $0[2] = nil }
        look("main file alone") {
            $0[1] = nil
            $0[2] = nil
        }
        for end in [0, 1, 88, 4_096, 4_183, 8_192, 8_280] {
            look("witness cut to \(end)") { $0[2]?.removeSubrange(end...) }
        }
        let cases = 2 * (ends.count + 3 + 7)
        print("FIGURE cuts cut \(cases) found \(found) harmless \(cases - found - silent.count) silent \(silent.count)")
        #expect(silent == [])
        // The log's cuts all lose something, and the missing files are refused.
        #expect(found >= 2 * (ends.count + 3))
    }

    @Test func `files copied one after the other while the ledger is written are refused or whole`() throws {
        var moments: [LedgerFiles] = []
        try FlipRig.make { moments.append($0) }
        let rig = FlipRig()
        let last = try #require(moments.last)
        var (refused, whole, silent) = (0, 0, [String]())
        for main in moments.indices {
            for log in moments.indices {
                for witness in moments.indices where witness >= min(main, log) {
                    let bytes = [moments[main].bytes[0], moments[log].bytes[1], moments[witness].bytes[2]]
                    // What was acknowledged when the copying began.
                    let begun = moments[min(main, log, witness)].blocks.count
                    switch rig.outcome(bytes, of: last, atLeast: begun) {
                    case .found: refused += 1
                    case .harmless: whole += 1
                    case .silent(let what): silent.append("moments \(main), \(log), \(witness): \(what)")
                    }
                }
            }
        }
        for main in moments.indices {
            let bytes = [moments[main].bytes[0], nil, nil]
            if rig.outcome(bytes, of: last, atLeast: moments[main].blocks.count).isSilent {
                silent.append("main file of moment \(main) alone")
            }
        }
        let copied = refused + whole + silent.count
        print("FIGURE copies copied \(copied) refused \(refused) whole \(whole) silent \(silent.count)")
        #expect(silent.prefix(20) == [])
        #expect(refused > 0 && whole > 0)
    }

    @Test func `the harness finds what plain SQLite loses without a word`() throws {
        let files = try FlipRig.killed()
        let rig = FlipRig()
        let log = try #require(files.bytes[1])
        #expect(rig.plainBlocks(files.bytes) == files.blocks)
        var (silent, flipped) = (0, 0)
        for offset in stride(from: 40, to: log.count, by: log.count / 200) {
            var bytes = files.bytes
            bytes[1]?[offset] ^= 1
            flipped += 1
            if let blocks = rig.plainBlocks(bytes), blocks.count < files.blocks.count { silent += 1 }
        }
        print("canary, a log that nobody checks: \(silent) of \(flipped) flips lose blocks without a word")
        #expect(silent > flipped / 2)
    }
}

/// One byte that is turned.
private struct Flip {
    /// By `LedgerFiles.suffixes`.
    let file: Int
    let offset: Int
    let mask: UInt8
}

/// What became of ledgers with one byte turned.
private struct FlipTally {
    var found = 0
    var harmless = 0
    var silent: [String] = []

    mutating func count(_ flip: Flip, _ rig: FlipRig, _ files: LedgerFiles) {
        var bytes = files.bytes
        bytes[flip.file]?[flip.offset] ^= flip.mask
        let place = "ledger.db\(LedgerFiles.suffixes[flip.file]), byte \(flip.offset), \(flip.mask)"
        switch rig.outcome(bytes, of: files, mode: flip.offset.isMultiple(of: 4) ? .readOnly : .open) {
        case .found(let reason):
            if reason.contains("nothing was changed"), !rig.isUntouched(bytes) {
                silent.append("\(place): refused, and touched")
            } else {
                found += 1
            }
        case .harmless: harmless += 1
        case .silent(let what): silent.append("\(place): \(what)")
        }
    }

    mutating func add(_ other: FlipTally) {
        found += other.found
        harmless += other.harmless
        silent += other.silent
    }
}
