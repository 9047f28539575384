import Foundation
import Glibc
import LedgerIndex
import Population
import Testing

/// Not part of the suite: INDEX_FIGURES=10000000 swift test -c release --filter IndexFigures
@Suite struct IndexFigures {
    private static let entries = Int(ProcessInfo.processInfo.environment["INDEX_FIGURES"] ?? "") ?? 0
    private static let clock = ContinuousClock()

    private static func seconds(_ work: () throws -> Void) rethrows -> Double {
        let time = try clock.measure(work)
        return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    }

    /// Of this thread: other work on the machine does not count.
    private static func processorSeconds(_ work: () throws -> Void) rethrows -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        let start = now()
        try work()
        return now() - start
    }

    private static var residentMegabytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1024
    }

    private static func entry(_ number: Int) -> IndexEntry {
        var stream = RandomStream(seed: UInt64(number) + 1)
        return IndexEntry(high: stream.next(), low: stream.next(), value: UInt64(number))
    }

    /// Microseconds a find takes: median, 99 of 100, the worst.
    private static func finds(_ index: SortedRunIndex, _ name: String, key: (Int) -> IndexKey, expect count: Int) throws {
        var times: [Double] = []
        let rounds = 200_000
        for round in 0..<rounds {
            let key = key(round)
            var found = 0
            let start = clock.now
            try index.find(high: key.high, low: key.low) { _ in
                found += 1
                return true
            }
            let time = start.duration(to: clock.now)
            times.append(Double(time.components.attoseconds) / 1e12)
            #expect(found == count)
        }
        times.sort()
        let all = try processorSeconds {
            var found = 0
            for round in 0..<rounds {
                let key = key(round)
                try index.find(high: key.high, low: key.low) { _ in
                    found += 1
                    return true
                }
            }
            #expect(found == count * rounds)
        }
        print(
            String(
                format: "%@: %.3f µs of processor; by the clock p50 %.2f, p99 %.2f, p99.9 %.2f, worst %.0f µs",
                name, all / Double(rounds) * 1e6, times[rounds / 2], times[rounds * 99 / 100],
                times[rounds * 999 / 1000], times[rounds - 1]))
    }

    private static func open(_ folder: IndexFolder, fanIn: Int) throws -> DerivedFiles {
        let journal = DerivedFiles.Journal(last: { .max }, mark: { $0 })
        return try DerivedFiles(
            folder: folder.path, identity: 1, access: .writer, journal: journal,
            settings: { kind in
                var settings = RunSettings.standard(kind)
                settings.fanIn = fanIn
                return settings
            })
    }

    private static func insert(into files: DerivedFiles) {
        let perBlock = 256
        var stalls = 0
        var waiting = 0.0
        let inserting = processorSeconds {
            for block in 1...entries / perBlock {
                for number in (block - 1) * perBlock..<block * perBlock { files.ids.insert(entry(number)) }
                files.seal(UInt64(block))
                files.confirm(UInt64(block), mark: UInt64(block))
                if !files.hasRoom {
                    stalls += 1
                    waiting += seconds { #expect(files.waitForRoom()) }
                }
            }
        }
        let nothing = processorSeconds {
            var sum: UInt64 = 0
            for number in 0..<entries { sum ^= entry(number).low }
            #expect(sum != 0)
        }
        print(
            String(
                format: "%d entries: %.1f ns of processor an insert, sealed and confirmed in 256s; %d stalls, %.2f s",
                entries, (inserting - nothing) / Double(entries) * 1e9, stalls, waiting))
    }

    @Test(.enabled(if: entries > 0)) func `figures`() throws {
        let folder = IndexFolder()
        let resident = Self.residentMegabytes
        // All runs as they are written first, then merged.
        var files = try Self.open(folder, fanIn: 1000)
        Self.insert(into: files)
        print("resident \(Self.residentMegabytes) MB (before \(resident)), \(files.ids.runCount) runs")
        print(String(format: "%.2f s to write the last tables", Self.seconds { #expect(files.flush()) }))
        let count = files.ids.entriesInRuns
        let disk = Double(files.ids.bytesOnDisk) / Double(count)
        let memory = Double(files.ids.bytesInMemory - RunSettings.ids.tableEntries * 38) / Double(count)
        print(String(format: "%.2f bytes an entry on disk, %.2f in memory", disk, memory))
        files.close()
        let opening = try Self.seconds { files = try Self.open(folder, fanIn: 1000) }
        print(String(format: "opened in %.3f s, resident %d MB", opening, Self.residentMegabytes))
        try Self.findAll(files.ids, count)
        files.close()
        files = try Self.open(folder, fanIn: 8)
        let merging = Self.seconds { #expect(files.ids.settleMerges()) }
        print(String(format: "%.2f s to merge 8 runs of %d, %d runs then", merging, count / 10, files.ids.runCount))
        try Self.findAll(files.ids, count)
        files.close()
    }

    private static func findAll(_ index: SortedRunIndex, _ count: UInt64) throws {
        var stream = RandomStream(seed: 99, index: 7)
        let missing = (0..<200_000).map { _ in IndexKey(high: stream.next(), low: stream.next()) }
        let present = (0..<200_000).map { _ in entry(Int(stream.next() % count)).key }
        try finds(index, "misses over \(index.runCount) runs", key: { missing[$0] }, expect: 0)
        try finds(index, "hits in \(index.runCount) runs", key: { present[$0] }, expect: 1)
    }
}
