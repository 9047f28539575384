import ArgumentParser
import Foundation
import LoadTest
import Population
import RPC

extension LoadKind: ExpressibleByArgument {}
extension Arrivals: ExpressibleByArgument {}
extension LoadProtocol: ExpressibleByArgument {}

/// The compression of messages, as an argument.
enum CompressionName: String, CaseIterable, ExpressibleByArgument {
    case none, gzip, zlib

    var compression: Compression {
        switch self {
        case .none: .none
        case .gzip: .gzip
        case .zlib: .zlib
        }
    }
}

/// Kinds and weights of a mixed load: calculate=80,settle=20.
struct Mix: ExpressibleByArgument {
    var weights: [LoadKind: Int] = [:]

    init?(argument: String) {
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, let kind = LoadKind(rawValue: String(sides[0])), kind != .mixed,
                kind != .settleBatch, weights[kind] == nil, let weight = Int(sides[1]), (1...1_000_000).contains(weight)
            else { return nil }
            weights[kind] = weight
        }
    }
}

/// Regions as an argument: chongqing,yantai.
struct RegionList: ExpressibleByArgument {
    var regions: [GeneratedPerson.Region] = []

    init?(argument: String) {
        for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let region = GeneratedPerson.Region(rawValue: String(name)), !regions.contains(region) else {
                return nil
            }
            regions.append(region)
        }
    }
}

/// Options that choose the server under load.
struct LoadTargetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A running server; without it one is started.", valueName: "HOST:PORT"))
    var server: ServerAddress?

    @Option(help: ArgumentHelp("Process of that server on this machine, whose CPU time is measured.", valueName: "PID"))
    var serverPID: Int32?

    @Option(help: ArgumentHelp("Folder for the ledger of a server started here.", valueName: "DIR"))
    var folder: String?

    @OptionGroup(title: "A server with TLS") var caller: CallerOptions
    @OptionGroup var policies: PolicyOptions

    func validate() throws {
        if server == nil, serverPID != nil { throw ValidationError("--server-pid is of a --server; name both.") }
        if server != nil, folder != nil {
            throw ValidationError("--folder is for a server started here; leave it or --server out.")
        }
    }
}

/// Options on a load's requests.
struct LoadWorkloadOptions: ParsableArguments {
    @Option(help: "calculate, quote, settle, batch, settle-batch or mixed.")
    var workload = LoadKind.calculate

    @Option(
        help: ArgumentHelp(
            "Of a mixed load: kinds and weights; default calculate=70,quote=15,settle=14,batch=1.", valueName: "MIX"))
    var mix: Mix?

    @Option(help: "Claims of a batch; default 1000, in a mixed load 100.")
    var claims: Int?

    @Option(help: "none, gzip or zlib, of requests; answers follow them.")
    var compression = CompressionName.none

    @Option(help: "Parts of a thousand that repeat an earlier request.")
    var duplicates = 0

    @Option(help: "Registered persons whose claims are settled; default 20000, or as many as are under way.")
    var persons: Int?

    @Option(help: ArgumentHelp("Regions whose claims are sent, of those with a generator.", valueName: "REGION,…"))
    var regions: RegionList?

    @Option(help: "Seed of claims, schedules and choices.")
    var seed: UInt64 = 1

    func validate() throws {
        if mix != nil, workload != .mixed { throw ValidationError("--mix is for --workload mixed.") }
        let most = LoadOptions.claimsMax
        if let claims, !(1...most).contains(claims) { throw ValidationError("--claims is not in 1 … \(most).") }
        if claims != nil, !workload.isBatch, workload != .mixed {
            throw ValidationError("--claims is for batches; \(workload.rawValue) has one claim a request.")
        }
        guard (0...1000).contains(duplicates) else { throw ValidationError("--duplicates is not in 0 … 1000.") }
        let persons = persons ?? 1
        guard (1...SettleWorld.personsMax).contains(persons) else {
            throw ValidationError("--persons is not in 1 … \(SettleWorld.personsMax).")
        }
    }

    /// The options without the needed persons.
    var options: LoadOptions {
        var options = LoadOptions()
        options.kind = workload
        if let mix { options.mix = mix.weights }
        options.claims = claims ?? (workload == .mixed ? 100 : options.claims)
        options.compression = compression.compression
        options.duplicatesPerMille = duplicates
        if let persons { options.persons = persons }
        if let regions { options.regions = regions.regions }
        options.seed = seed
        return options
    }

    func options(_ shape: LoadShapeOptions, isRamp: Bool) -> LoadOptions {
        var options = options
        if persons == nil {
            let needed = 2 * shape.connections * shape.mostInFlight(options, isRamp: isRamp)
            options.persons = max(options.persons, needed)
        }
        return options
    }
}

/// Options on sending a load.
struct LoadShapeOptions: ParsableArguments {
    /// Bounds of one machine's capacity and of reasonable waits.
    private static let connectionsMax = 1_024
    private static let inFlightMax = 65_536
    private static let threadsMax = 64
    private static let tickMax = 1_000_000
    private static let secondsMax = 86_400.0
    private static let rateMax = 10_000_000.0

    @Option(
        name: .customLong("protocol"),
        help: "baidu_std, grpc (HTTP/2), or http (HTTP/1.1 with protobuf bodies, pipelined).")
    var wire = LoadProtocol.native

    @Option(help: "Connections.")
    var connections = 4

    @Option(
        help: "Requests under way on a connection; of an open loop the most. Default 64 or 4096, of batches 2 or 16.")
    var inFlight: Int?

    @Option(help: "Threads of the client, which share the connections.")
    var threads = 1

    @Option(help: ArgumentHelp("Open loop: so many requests a second, on all connections together.", valueName: "R"))
    var rate: Double?

    @Option(help: "constant (even gaps) or poisson (as independent callers come).")
    var arrivals = Arrivals.constant

    @Option(
        help: ArgumentHelp(
            "Open loop: requests leave together this often, and count from when they were due; 0: each by itself. "
                + "Default 100 from 50000 requests a second and thread on, else 0.", valueName: "µs"))
    var tick: Int?

    @Option(help: "Seconds before what is measured.")
    var warmUp = 1.0

    @Option(help: "Seconds that are measured; with --ramp of each step.")
    var seconds = 10.0

    @Option(help: "End after so many measured requests instead.")
    var requests: Int?

    func validate() throws {
        func range(_ name: String, _ value: Int, _ most: Int) throws {
            guard (1...most).contains(value) else { throw ValidationError("--\(name) is not in 1 … \(most).") }
        }
        try range("connections", connections, Self.connectionsMax)
        try range("in-flight", inFlight ?? 1, Self.inFlightMax)
        try range("threads", threads, Self.threadsMax)
        try range("requests", requests ?? 1, .max)
        if let tick, !(0...Self.tickMax).contains(tick) {
            throw ValidationError("--tick is not in 0 … \(Self.tickMax).")
        }
        guard warmUp >= 0, warmUp <= Self.secondsMax else {
            throw ValidationError("--warm-up is not in 0 … \(Int(Self.secondsMax)).")
        }
        guard seconds > 0, seconds <= Self.secondsMax else {
            throw ValidationError("--seconds is not in 0 … \(Int(Self.secondsMax)), 0 excluded.")
        }
        let least = Schedule.rateMin * Double(connections)
        if let rate, !(rate >= least && rate <= Self.rateMax) {
            throw ValidationError("--rate is not in \(least) … \(Int(Self.rateMax)).")
        }
    }

    /// Checks the options in combination.
    func check(_ options: LoadOptions, isRamp: Bool) throws {
        guard options.kind.isBatch else { return }
        let claims = connections * mostInFlight(options, isRamp: isRamp) * options.claims
        guard claims <= LoadOptions.batchClaimsMax else {
            throw ValidationError(
                "--connections × --in-flight × --claims is \(claims) claims under way; at most "
                    + "\(LoadOptions.batchClaimsMax): lower one of them.")
        }
    }

    func openInFlight(_ options: LoadOptions) -> Int { max(inFlight ?? 0, options.inFlight(isOpen: true)) }

    /// The maximal number of requests in flight on a connection in any run.
    func mostInFlight(_ options: LoadOptions, isRamp: Bool) -> Int {
        isRamp ? openInFlight(options) : inFlight ?? options.inFlight(isOpen: rate != nil)
    }

    func shape(_ options: LoadOptions, _ server: LoadTarget) -> LoadShape {
        var shape = LoadShape(host: server.host, port: server.port)
        shape.tls = server.tls
        shape.token = server.token ?? ""
        shape.wire = wire
        if let rate { shape.loop = .open(rate: rate, arrivals) }
        shape.connections = connections
        shape.inFlight = inFlight ?? options.inFlight(isOpen: rate != nil)
        shape.threads = threads
        shape.tickMicroseconds = tick
        shape.warmUpSeconds = warmUp
        shape.seconds = seconds
        shape.requests = requests
        shape.seed = options.seed
        return shape
    }
}
