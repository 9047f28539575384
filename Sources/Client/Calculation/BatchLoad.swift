import Dispatch
import Policy
import Population
import RPC
import Settlement
import Synchronization

/// Sends a generated population to a server in batches of columns and checks every answer.
///
/// Closed loop: each connection has a few batches in flight and makes the next one when an answer has come.
package struct BatchLoad: Sendable {
    package struct Options: Sendable {
        package var host: String
        package var port: Int
        /// Connections, a thread each.
        package var connections = 2
        /// Batches in flight on a connection.
        package var inFlight = 2
        /// Claims of a batch; a person's claims stay together.
        package var batchClaims = 1000
        package var population: Generator.Options

        package init(host: String, port: Int, population: Generator.Options) {
            self.host = host
            self.port = port
            self.population = population
        }
    }

    /// The result of a load.
    package struct Result: Sendable {
        package var summary = RunSummary()
        /// Nanoseconds from sending a batch to receiving its answer, sorted.
        package var latencies: [UInt64] = []
        package var seconds = 0.0
        /// The first refusals, for the error message.
        package var refusals: [ItemRefusal] = []

        package var calls: Int { latencies.count }

        /// The percentile `share` (0 … 1) of the latencies, in nanoseconds.
        package func latency(_ share: Double) -> UInt64 { Percentile.of(latencies, share) }
    }

    private let options: Options

    package init(_ options: Options) { self.options = options }

    /// Runs the load; `progress` is called on any thread with the number of answered claims.
    package func run(progress: @escaping @Sendable (Int) -> Void) throws(ClientError) -> Result {
        let board = Mutex(Board())
        let start = MonotonicClock.nanoseconds()
        DispatchQueue.concurrentPerform(iterations: options.connections) { index in
            do throws(ClientError) {
                var worker = try Connection(options, part: index)
                try worker.run { count in
                    progress(
                        board.withLock { board in
                            board.claims += count
                            return board.claims
                        })
                }
                let result = worker.result
                board.withLock { $0.add(result) }
            } catch {
                board.withLock { $0.error = $0.error ?? error }
            }
        }
        let seconds = Double(MonotonicClock.nanoseconds() - start) / 1e9
        let (result, error) = board.withLock { ($0.result, $0.error) }
        if let error { throw error }
        var sorted = result
        sorted.latencies.sort()
        sorted.seconds = seconds
        return sorted
    }

    /// State shared by the connections' threads.
    private struct Board: Sendable {
        var claims = 0
        var result = Result()
        var error: ClientError?

        mutating func add(_ other: Result) {
            for (region, sums) in other.summary.regions {
                result.summary.regions[region, default: RegionSums()].add(sums)
            }
            result.latencies += other.latencies
            result.refusals = Array((result.refusals + other.refusals).prefix(Connection.refusalsMax))
        }
    }
}

/// One connection: its part of the population, its batches.
private struct Connection {
    static let refusalsMax = 5

    private struct Flight {
        var id: Int64
        var sent: UInt64
        var batch: BatchRequest
    }

    private let client: Client
    private let options: BatchLoad.Options
    private var generator: Generator
    private var open: [String: BatchRequest] = [:]
    private var spare: [String: [BatchRequest]] = [:]
    private var flights: [Flight] = []
    var result = BatchLoad.Result()

    init(_ options: BatchLoad.Options, part: Int) throws(ClientError) {
        self.options = options
        client = try Client.connect(host: options.host, port: options.port)
        var population = options.population
        population.part = Int64(part)
        population.parts = Int64(options.connections)
        generator = Generator(population)
    }

    mutating func run(_ answered: (Int) -> Void) throws(ClientError) {
        while let person = generator.next() {
            let region = person.region.rawValue
            var batch = take(region)
            let isTooMuch = batch.claimCount + person.claims.count > options.batchClaims
            if batch.claimCount > 0, isTooMuch || !batch.hasRoom(for: person.person, person.claims) {
                open[region] = nil
                try send(batch, answered)
                batch = take(region)
            }
            guard let year = person.claims.first?.claim.serviceDate.year else { continue }
            let row = batch.add(person.person, year: year)
            for claim in person.claims { batch.add(claim, person: row) }
        }
        for batch in open.values where batch.claimCount > 0 { try send(batch, answered) }
        while !flights.isEmpty { try receive(answered) }
    }

    /// The region's batch under construction.
    private mutating func take(_ region: String) -> BatchRequest {
        if let batch = open[region] { return batch }
        let batch = spare[region]?.popLast() ?? BatchRequest(region: region)
        open[region] = batch
        return batch
    }

    private mutating func send(_ batch: BatchRequest, _ answered: (Int) -> Void) throws(ClientError) {
        if flights.count == options.inFlight { try receive(answered) }
        let message = batch.pack()
        let sent = MonotonicClock.nanoseconds()
        let id = try client.send(CalculationClient.calculateBatch, message)
        try client.flush()
        flights.append(Flight(id: id, sent: sent, batch: batch))
    }

    private mutating func receive(_ answered: (Int) -> Void) throws(ClientError) {
        let response = try client.receive()
        let came = MonotonicClock.nanoseconds()
        guard let position = flights.firstIndex(where: { $0.id == response.correlationID }) else {
            throw .badAnswer("an answer to \(response.correlationID), which was not asked")
        }
        let flight = flights.remove(at: position)
        guard response.code == 0 else { throw .failed(code: response.code, text: response.errorText) }
        let batch = flight.batch
        let answer = try BatchAnswer(response.message, claims: batch.claimCount, accounts: batch.accountCount)
        result.latencies.append(came - flight.sent)
        check(answer, batch)
        answered(batch.claimCount)
        batch.clear()
        spare[batch.region, default: []].append(batch)
    }

    /// Checks every claim (rule G-7) and adds it to the sums.
    private mutating func check(_ answer: BatchAnswer, _ batch: BatchRequest) {
        var sums = RegionSums()
        var refused = 0
        for row in 0..<batch.claimCount {
            if refused < answer.errorCount, answer.refusedItem(refused) == row {
                refused += 1
                continue
            }
            sums.add(answer.outcome(row), total: batch.total(of: row))
        }
        sums.refused = refused
        for index in 0..<min(refused, Self.refusalsMax - result.refusals.count) {
            result.refusals.append(answer.error(index))
        }
        result.summary.regions[batch.region, default: RegionSums()].add(sums)
    }
}

/// Order statistics of measurements.
package enum Percentile {
    /// The percentile `share` (0 … 1) of `sorted`; 0 where it is empty.
    package static func of(_ sorted: [UInt64], _ share: Double) -> UInt64 {
        if sorted.isEmpty { return 0 }
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }
}
