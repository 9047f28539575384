import ArgumentParser
import Foundation

/// Durable settlements of a real server over TCP, against single commits and blocks of the bare store in the same run.
@main
struct LedgerBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger-benchmark",
        abstract: "Durable Settle and SettleBatch over TCP, side by side with the bare store.",
        discussion: """
            Starts `jiesuan serve --ledger` beside this program, registers the persons, and measures in rounds that take
            turns: single commits of the bare store, a lone Settle, Settle with 256 in flight, batches, and the same
            bytes committed by the bare store.

            EXAMPLES:
              ledger-benchmark
              ledger-benchmark --fill 10000000 --persons 1000000     many settlements, look-ups, a restart
            """)

    @Option(help: "Persons that claims are of.") var persons = 20_000
    @Option(help: "Rounds; what is reported is their least, median and most.") var rounds = 5
    @Option(help: "Settlements of a batch.") var batch = 65_536
    @Option(help: "Batches of a round.") var batches = 4
    @Option(help: "Unary settlements of a round.") var unary = 40_000
    @Option(help: "Settle so many first, and measure look-ups and a restart; 0: the rounds.") var fill = 0
    @Option(help: "Folder for the ledger.") var folder = NSTemporaryDirectory()

    func run() throws {
        let scratch = folder + "/ledger-benchmark-\(getpid())"
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let bench = try Bench(folder: scratch, persons: persons)
        defer { bench.server.kill() }
        if fill > 0 { try bench.fill(fill, batch: batch) } else { try measure(bench, scratch) }
    }

    private func measure(_ bench: Bench, _ folder: String) throws {
        let bare = try BareStore(folder: folder)
        // Commits are slower until the store's log has reached its size.
        _ = try bench.batches(2, of: batch)
        let rowBytes = try BareStore.rowBytes(ofLedger: folder + "/ledger.db")
        var results = Results()
        for round in 1...rounds {
            results.batch.append(try bench.batches(batches, of: batch))
            results.blocks.append(try bare.blocks(batches, rows: batch, rowBytes: rowBytes, oneByOne: true))
            results.groups.append(try bare.blocks(batches, rows: batch, rowBytes: rowBytes, oneByOne: false))
            results.unary.append(try bench.unary(unary, inFlight: 256))
            // Interleaved, because the disk's speed varies.
            var single: [Double] = []
            var lone: [Double] = []
            var awake: [Double] = []
            for _ in 0..<Self.turns {
                single += try bare.singles(Self.commitsOfTurn)
                lone += try bench.lone(Self.commitsOfTurn, isAwake: false)
                awake += try bench.lone(Self.commitsOfTurn, isAwake: true)
            }
            results.single.append(single.sorted()[single.count / 2])
            results.lone.append(lone.sorted()[lone.count / 2])
            results.awake.append(awake.sorted()[awake.count / 2])
            FileHandle.standardError.write(Data("round \(round) of \(rounds)\n".utf8))
        }
        results.print(rowBytes: rowBytes, batch: batch)
    }

    private static let turns = 20
    private static let commitsOfTurn = 20
}

/// The measurements, one value a round.
private struct Results {
    var single: [Double] = []
    var lone: [Double] = []
    var awake: [Double] = []
    var unary: [Double] = []
    var batch: [Double] = []
    var blocks: [Double] = []
    var groups: [Double] = []

    private static let titleWidth = 58

    func print(rowBytes: Double, batch size: Int) {
        Swift.print("\(Int(rowBytes.rounded())) bytes a settlement")
        Swift.print(String(repeating: " ", count: Self.titleWidth) + "           least          median            most")
        line("bare store: single commit, ms, p50", single.map { $0 * 1000 }, 3)
        line("lone Settle over TCP, ms, p50", lone.map { $0 * 1000 }, 3)
        line("  ÷ single commit", zip(lone, single).map { $0 / $1 }, 2)
        line("the same, its client awake until the answer comes", awake.map { $0 * 1000 }, 3)
        line("  ÷ single commit", zip(awake, single).map { $0 / $1 }, 2)
        line("Settle, 256 in flight, a second", unary)
        line("  × single commits", zip(unary, single).map { $0 * $1 }, 1)
        line("SettleBatch of \(size), settlements a second", batch)
        line("bare store: blocks of the same bytes, a commit each", blocks)
        line("  SettleBatch ÷ it", zip(batch, blocks).map { $0 / $1 }, 2)
        line("bare store: the same blocks, a commit a batch", groups)
        line("  SettleBatch ÷ it", zip(batch, groups).map { $0 / $1 }, 2)
    }

    private func line(_ name: String, _ values: [Double], _ digits: Int = 0) {
        let sorted = values.sorted()
        let format = "%16.\(digits)f"
        let least = String(format: format, sorted[0])
        let median = String(format: format, sorted[sorted.count / 2])
        let most = String(format: format, sorted[sorted.count - 1])
        Swift.print(name.padding(toLength: Self.titleWidth, withPad: " ", startingAt: 0) + least + median + most)
    }
}
