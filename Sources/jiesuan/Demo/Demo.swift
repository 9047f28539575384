import ArgumentParser
import Client
import Foundation
import Policy
import Population
import Settlement
import Text

struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show everything once: a server, the worked examples, the ledger, a million claims.",
        discussion: """
            Starts `jiesuan serve` with a new ledger on a free port of this machine and calculates the sources' nine
            worked examples over TCP. Then it registers their persons and hospitals, settles the examples through
            the ledger, asks one again, takes one back, reconciles a hospital, recomputes the ledger from its journal
            and shows it. Then it calculates a generated population. Ends with 0 only if the examples agree with
            what the sources print, the ledger with them, and every claim's payments are its bill to the fen (G-7).

            EXAMPLES:
              jiesuan demo
              jiesuan demo --claims 10000000 --connections 4
              jiesuan demo --ledger ./demo.db       keep the ledger, to look around in it
              jiesuan demo --json

            \(Exit.help)
            """)

    @Option(help: "Claims of the generated population.")
    var claims: Int64 = 1_000_000

    @Option(help: "Persons among whom they are; default: one for every eight claims.")
    var persons: Int64 = 0

    @Option(help: "Seed of the population.")
    var seed: UInt64 = 1

    @Option(help: "Connections, a thread each.")
    var connections = 2

    @Option(help: "Batches in flight on each connection.")
    var inFlight = 2

    @Option(help: "Claims of a batch.")
    var batch = 1000

    @Option(
        help: ArgumentHelp(
            "Keep the ledger in this file; there must be none yet. Default: a temporary one.", valueName: "FILE"))
    var ledger: String?

    @Flag(help: "Print one JSON document in the end instead, amounts in fen, times in nanoseconds.")
    var json = false

    @OptionGroup var policies: PolicyOptions

    func validate() throws {
        let most = Generator.countMax
        guard (1...most).contains(claims) else { throw ValidationError("--claims is not in 1 … \(most).") }
        guard (0...most).contains(persons) else { throw ValidationError("--persons is not in 0 … \(most).") }
        guard (1...256).contains(connections) else { throw ValidationError("--connections is not in 1 … 256.") }
        guard (1...256).contains(inFlight) else { throw ValidationError("--in-flight is not in 1 … 256.") }
        let largest = BatchRequest.claimsMax
        guard (1...largest).contains(batch) else { throw ValidationError("--batch is not in 1 … \(largest).") }
    }

    func run() throws {
        let packs = try policies.load()
        if let ledger { try refuseExisting(ledger) }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("jiesuan-demo-\(UUID().uuidString)")
        if ledger == nil { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
        defer { if ledger == nil { try? FileManager.default.removeItem(at: folder) } }
        let path = ledger ?? folder.appendingPathComponent("ledger.db").path

        let server = try ChildServer(policies: policies.directory, ledger: path)
        defer { server.kill() }
        announce("Server: jiesuan serve --ledger FILE, listening on \(server.host):\(server.port)")
        let client = try Client.connect(host: server.host, port: server.port)
        let (examples, outcomes) = try calculate(CalculationClient(client))
        let kept = try settle(client, outcomes, path, packs)
        title("A generated population, over TCP (CalculationService.CalculateBatch)")
        let result = try population(server)
        try server.stop()

        let report = DemoReport(examples: examples, ledger: kept, population: result, options: self)
        announce(report.throughput, terminator: "")
        if json { print(report.json, terminator: "") }
        if let ledger {
            announce("\nThe ledger is kept; look around: jiesuan person 31 --year 2024 --ledger \(ledger)")
        }
        guard report.problems.isEmpty else { throw Failure(.someRefused, report.problems.joined(separator: "; ")) }
        announce("\nAll of it held; the server has stopped.")
    }

    /// Calculates the examples one by one, without a ledger.
    private func calculate(_ client: CalculationClient) throws -> (ExampleTable, [RowOutcome]) {
        title("The sources' worked examples, over TCP (CalculationService.Calculate)")
        var examples = ExampleTable()
        var outcomes: [RowOutcome] = []
        for row in WorkedExamples.all {
            let outcome = try client.calculate(row).outcome
            outcomes.append(outcome)
            examples.add(row, .settled(outcome))
        }
        announce(examples.lines().joined(separator: "\n"))
        announce("\nThe sources round to the yuan, sometimes in between: within 1 yuan is agreement.")
        title("One of them with its reasons (PolicyService.Explain)")
        if let row = WorkedExamples.all.first(where: { $0.id == "003-4" }) {
            announce(try client.explain(row).text, terminator: "")
        }
        return (examples, outcomes)
    }

    /// Settles the examples in a ledger, and shows the ledger.
    private func settle(
        _ client: Client, _ outcomes: [RowOutcome], _ path: String, _ packs: [PolicyPack]
    ) throws -> DemoLedger {
        title("The same through the ledger, for keeps (RegistryService, SettlementService)")
        var kept = DemoLedger(client) { what, found in
            announce(DisplayWidth.padded(what, to: Self.stepWidth) + found)
        }
        try kept.run(WorkedExamples.all, outcomes, path: path, packs)
        title("The ledger (SettlementService.ListYear)")
        announce(kept.table().joined(separator: "\n"))
        return kept
    }

    /// Width of a step's name, before its result.
    private static let stepWidth = 24

    /// Prints a step at once, in text output.
    private func announce(_ text: String, terminator: String = "\n") {
        if !json { Terminal.announce(text, terminator: terminator) }
    }

    private func title(_ text: String) { announce("\n\(text)\n") }

    private func population(_ server: ChildServer) throws -> BatchLoad.Result {
        var options = BatchLoad.Options(
            host: server.host, port: server.port,
            population: Generator.Options(claims: claims, persons: persons, seed: seed))
        options.connections = connections
        options.inFlight = inFlight
        options.batchClaims = batch
        let progress = Progress("claims")
        let all = Double(claims)
        let result = try BatchLoad(options).run { count in progress.show(count, share: Double(count) / all) }
        progress.finish(Int(claims))
        for refusal in result.refusals {
            Terminal.complain("refused: \(refusal.code.name) \(refusal.field): \(refusal.message)")
        }
        return result
    }
}
