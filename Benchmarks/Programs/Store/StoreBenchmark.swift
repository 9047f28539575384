import ArgumentParser
import Glibc
import LedgerStore

@main
struct StoreBenchmark: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "store-benchmark",
            abstract: "Times durable commits of the ledger's store against a bare file with fdatasync.",
            discussion: """
                Both take turns, round by round, in one process: a block per commit to the store (SQLite, write-ahead \
                log, every commit synced, the log copied into the file as it grows) and the same bytes appended to a \
                file and synced. A commit's time ends when its bytes are on the disk; rows per second count \
                everything, the copying of the log as well. The store's last round is read back and compared.
                """)
    }

    @Option(help: "Rounds of each side; one more goes before them and does not count.")
    var rounds = 7

    @Option(help: "Bytes of a row.")
    var rowBytes = 120

    @Option(help: "Only commits of so many rows; 0: 1, 256 and 65,536.")
    var rows = 0

    @Option(help: "Commits of a round; 0: 500, or as many as make 96 MiB.")
    var commits = 0

    @Option(help: "The log is copied into the file when it has grown by so many MiB.")
    var checkpoint = SQLiteStore.checkpointBytes >> 20

    @Option(help: "Where the files are made, and removed afterwards: the disk that is measured.")
    var directory = "."

    @Flag(help: "Print a line of JSON for each size and side.")
    var json = false

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("--rounds is at least 1") }
        guard rowBytes > 0 else { throw ValidationError("--row-bytes is at least 1") }
        guard rows >= 0, commits >= 0 else { throw ValidationError("--rows and --commits are not negative") }
        guard checkpoint > 0 else { throw ValidationError("--checkpoint is at least 1") }
    }

    func run() throws {
        if !json {
            print("commit      side     commits/s      rows/s    MB/s   commit ms: p50      p99      max")
        }
        for rows in rows > 0 ? [rows] : [1, 256, 65_536] {
            let bytes = rows * rowBytes
            let perRound = commits > 0 ? commits : max(12, min(500, (96 << 20) / bytes))
            let sides = try Sides(directory: directory, blockBytes: bytes, checkpointBytes: checkpoint << 20)
            let comparison = try sides.compare(rounds: rounds, commits: perRound)
            if json { comparison.reportJSON(rows: rows) } else { comparison.report(rows: rows, rowBytes: rowBytes) }
        }
    }
}
