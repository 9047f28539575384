import ArgumentParser
import Client
import Foundation
import LoadTest
import Measurement
import Policy

struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Put load on a server, check every answer, measure (压力测试).",
        discussion: """
            A closed loop keeps so many requests under way: it says how much a server can do. An open loop (--rate)
            sends on a schedule whatever the server does, and measures from the moment a request was to be sent: it
            says how long people wait. What could not be sent is counted as missed. Every answer is compared with the
            calculator of this program; one that differs makes the run fail.

            Without --server it starts one of its own, with a ledger in a temporary folder where the workload needs
            one. Quote, Settle and SettleBatch need registered persons: it registers them, under new numbers each run,
            and so only at a server that was started with --allow-load-tests.
            SIGINT ends the run, and what was measured is printed. --protocol chooses the door that the load goes
            through; persons are registered over baidu_std, on the same port.

            EXAMPLES:
              jiesuan load                                                Calculate, 4 connections × 64 in flight
              jiesuan load --server :8123 --connections 1 --in-flight 1   the round trip of a single call
              jiesuan load --workload batch --claims 65536 --regions chongqing
              jiesuan load --workload settle --in-flight 64 --json run.json --hgrm run.hgrm
              jiesuan load --protocol grpc --workload batch --claims 65536
              jiesuan load --server settle.hospital.local:8123 --tls-ca ca.pem
              jiesuan load --server :8123 --rate 20000 --arrivals poisson
              jiesuan load --workload mixed --mix calculate=80,settle=20 --duplicates 10
              jiesuan load --ramp --seconds 5 --json ramp.json            capacity, knee, overload, recovery

            \(Exit.help)
            """)

    @OptionGroup var target: LoadTargetOptions
    @OptionGroup var workload: LoadWorkloadOptions
    @OptionGroup var shape: LoadShapeOptions

    @Flag(help: "Measure the capacity, then open loops from 0.1 to 10 times of it; the rates follow from it.")
    var ramp = false

    @Option(
        help: ArgumentHelp(
            "Write the record as JSON; - is the standard output, and then nothing else.", valueName: "FILE"))
    var json: String?

    @Option(
        help: ArgumentHelp("Write the latencies' percentiles as HdrHistogram does, milliseconds.", valueName: "FILE"))
    var hgrm: String?

    func validate() throws {
        if ramp, shape.rate != nil { throw ValidationError("--ramp finds its rates itself; leave --rate out.") }
        if ramp, shape.requests != nil { throw ValidationError("--ramp measures by the time; leave --requests out.") }
        if ramp, hgrm != nil { throw ValidationError("--hgrm is of one run; --ramp has many, see --json.") }
        try shape.check(workload.options, isRamp: ramp)
    }

    func run() throws {
        for path in [json, hgrm].compactMap(\.self) where path != "-" { try LoadFile.check(path) }
        let packs = try target.policies.load()
        let options = workload.options(shape, isRamp: ramp)
        let server = try LoadTarget(target, needsLedger: options.needsLedger)
        defer { server.kill() }
        let meter = try server.pid.map { pid throws(LoadProblem) in try ProcessMeter(pid: pid) }
        let bench = LoadBench(server: meter)
        let calls = try prepare(options, packs, server)
        let signals = Interrupts { bench.stop() }
        defer { signals.cancel() }
        var report = LoadReport(target: "\(server.host):\(server.port)", isQuiet: json == "-")
        if ramp {
            try runRamp(bench, calls, server, &report)
        } else {
            try runOnce(bench, calls, server, &report)
        }
        try report.judgeAnswers()
        if !bench.isStopped { try server.stop() }
        try report.judge(isRamp: ramp, wasStopped: bench.isStopped)
    }

    /// Makes the requests, and registers their persons.
    private func prepare(_ options: LoadOptions, _ packs: [PolicyPack], _ server: LoadTarget) throws -> LoadCalls {
        let stamp = UInt64(Date().timeIntervalSince1970 * 1000)
        let calls = try LoadCalls(
            options, packs, connections: shape.connections, inFlight: shape.mostInFlight(options, isRamp: ramp),
            threads: shape.threads, stamp: stamp)
        let client = try Client.connect(host: server.host, port: server.port, tls: server.tls)
        client.identify(by: server.token)
        try calls.checkPacks(at: client)
        try calls.checkMayWrite(at: client)
        guard let world = calls.world else { return calls }
        let progress = Progress("persons registered")
        do {
            try world.register(at: client) { progress.show($0, share: Double($0) / Double(world.persons.count)) }
        } catch ClientError.failed(let code, _) where code == 1001 || code == 1002 {
            throw Failure(
                .usage,
                "the server has no ledger, which \(options.kind.rawValue) needs: start it with --ledger FILE, "
                    + "or leave --server out")
        }
        progress.finish(world.persons.count)
        return calls
    }

    private func runOnce(
        _ bench: LoadBench, _ calls: LoadCalls, _ server: LoadTarget, _ report: inout LoadReport
    ) throws {
        let shape = shape.shape(calls.options, server)
        report.announce(calls.options, shape)
        let progress = Progress("answers")
        let outcome = try bench.run(calls, shape) { progress.show($0, share: $1) }
        progress.finish(Int(outcome.record.answered))
        report.add(outcome)
        if let json { try LoadFile.write(outcome.record, to: json) }
        if let hgrm { try LoadFile.write(outcome.latency, to: hgrm) }
        report.print(outcome)
    }

    private func runRamp(
        _ bench: LoadBench, _ calls: LoadCalls, _ server: LoadTarget, _ report: inout LoadReport
    ) throws {
        let closed = shape.shape(calls.options, server)
        let ramp = LoadRamp(
            bench, calls, closed: closed, openInFlight: shape.openInFlight(calls.options), shape.arrivals)
        report.announce(calls.options, closed)
        report.printRampHead()
        // The table grows by a line a run; progress between two lines is shown only on a terminal.
        let isShown = Terminal.isErrorTerminal
        let record = try ramp.run(
            tell: { count, share in
                if isShown { Terminal.write("\r\(count) answers, \(Int(100 * share)) % of this run\u{1B}[K") }
            },
            done: { name, outcome in
                if isShown { Terminal.write("\r\u{1B}[K") }
                report.add(outcome)
                report.printStep(name, outcome)
                if let error = outcome.error, !bench.isStopped { throw error }
            })
        if let json { try LoadFile.write(record, to: json) }
        report.printKnee(record)
    }
}

/// Runs `body` on SIGINT and SIGTERM instead of ending the program.
private struct Interrupts {
    private let sources: [any DispatchSourceSignal]

    init(_ body: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: body)
            source.resume()
            return source
        }
    }

    func cancel() { sources.forEach { $0.cancel() } }
}
