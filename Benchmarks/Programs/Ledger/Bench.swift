import Client
import Foundation
import Population
import RPC
import Registry
import Settlement

/// A server with a ledger, persons registered in it, and claims to settle.
final class Bench {
    let server: LedgerServer
    private let folder: String
    private let persons: Int
    private var client: Client
    private var serial: UInt64 = 0
    private var random = SystemRandomNumberGenerator()

    init(folder: String, persons: Int) throws {
        self.folder = folder
        self.persons = persons
        server = try LedgerServer(ledger: folder + "/ledger.db")
        client = try Client.connect(host: "127.0.0.1", port: server.port)
        try register()
    }

    var ledgerBytes: Int {
        var sum = 0
        for ending in ["", "-wal"] {
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/ledger.db" + ending)
            sum += attributes?[.size] as? Int ?? 0
        }
        return sum
    }

    private func register() throws {
        let registry = RegistryClient(client)
        let hospital = InstitutionRecord(code: "H2", region: "chongqing", kind: .hospital, level: .two)
        _ = try registry.put([.institution(hospital)])
        let always = DateRange(from: CalendarDate(2020_01_01))
        let enrolment = Enrolment(.employee, membership: .employer, status: .active, covered: always)
        for first in stride(from: 1, through: persons, by: 4_000) {
            var requests: [RegistryRequest] = []
            for person in first..<min(first + 4_000, persons + 1) {
                requests.append(.person(UInt64(person), PersonBasics(region: "chongqing", birthMonth: 1990_01)))
                requests.append(.enrol(UInt64(person), EnrolmentRequest(enrolment)))
            }
            let receipt = try registry.put(requests)
            precondition(receipt.errors.isEmpty, "\(receipt.errors.first.map { "\($0)" } ?? "")")
        }
    }

    // MARK: Claims

    /// Ids in hospitals' form: 12 digits of the institution, 14 of the time, 4 of a series.
    private static func id(_ serial: UInt64) -> String {
        let digits = String(serial)
        let zeros = String(repeating: "0", count: 18 - digits.count)
        return "500101000001\(zeros)\(digits)"
    }

    private func claim() -> Claim {
        let total = Fen.random(in: 10_00...2_000_00, using: &random)
        return Claim(
            kind: .outpatient, serviceDate: CalendarDate(2024_06_01 + Int32.random(in: 0...29, using: &random)),
            cost: CostSplit(total: total, inPolicy: total))
    }

    private func nextPerson() -> UInt64 { UInt64.random(in: 1...UInt64(persons), using: &random) }

    private func add(_ count: Int, to batch: SettleBatch) {
        batch.clear()
        let hospital = batch.institution("H2")
        for _ in 0..<count {
            serial += 1
            let person = nextPerson()
            let claim = claim()
            var id = Self.id(serial)
            id.withUTF8 { batch.add(id: UnsafeRawBufferPointer($0), person: person, institution: hospital, claim) }
        }
    }

    // MARK: Measuring

    /// Settlements a second: the claims are made beforehand, two batches are in flight.
    func batches(_ count: Int, of size: Int) throws -> Double {
        var messages: [[UInt8]] = []
        for _ in 0..<count {
            let batch = SettleBatch()
            add(size, to: batch)
            messages.append(Array(batch.pack()))
        }
        let start = DispatchTime.now().uptimeNanoseconds
        for message in messages.prefix(2) { try send(SettlementClient.batchMethod, message) }
        for index in 0..<count {
            let response = try client.receive()
            guard response.code == 0 else { throw BenchFailure(response.errorText) }
            let answer = try SettleBatchAnswer(response.message, settlements: size)
            guard answer.errorCount == 0 else { throw BenchFailure("\(answer.errorCount) refused") }
            if index + 2 < count { try send(SettlementClient.batchMethod, messages[index + 2]) }
        }
        return Double(count * size) / seconds(since: start)
    }

    private func send(_ method: RemoteMethod, _ message: [UInt8]) throws {
        try message.withUnsafeBytes { bytes in _ = try client.send(method, bytes) }
        try client.flush()
    }

    private func requests(_ count: Int) -> [[UInt8]] {
        (0..<count).map { _ in
            serial += 1
            return SettlementClient.pack(
                SettlementRequest(
                    id: Self.id(serial), person: nextPerson(), institution: "H2", ClaimRecord(claim())))
        }
    }

    func unary(_ count: Int, inFlight: Int) throws -> Double {
        let messages = requests(count)
        let start = DispatchTime.now().uptimeNanoseconds
        for message in messages.prefix(inFlight) { try queue(message) }
        for index in 0..<count {
            let response = try client.receive()
            guard response.code == 0 else { throw BenchFailure(response.errorText) }
            if index + inFlight < count { try queue(messages[index + inFlight]) }
        }
        return Double(count) / seconds(since: start)
    }

    private func queue(_ message: [UInt8]) throws {
        try message.withUnsafeBytes { bytes in _ = try client.send(SettlementClient.settleMethod, bytes) }
    }

    /// The seconds of one Settle by itself, several times.
    ///
    /// - Parameter isAwake: the client polls for the answer instead of sleeping.
    func lone(_ count: Int, isAwake: Bool) throws -> [Double] {
        client.busyWait = isAwake ? 1_000_000_000 : 0
        defer { client.busyWait = 0 }
        var times: [Double] = []
        for message in requests(count) {
            let start = DispatchTime.now().uptimeNanoseconds
            try send(SettlementClient.settleMethod, message)
            let response = try client.receive()
            guard response.code == 0 else { throw BenchFailure(response.errorText) }
            times.append(seconds(since: start))
        }
        return times
    }

    // MARK: A large ledger

    func fill(_ count: Int, batch size: Int) throws {
        let start = Date()
        while serial < UInt64(count) {
            let rate = try batches(4, of: min(size, max(1, (count - Int(serial)) / 4)))
            let text = "\(serial) settlements, \(Int(rate))/s, server \(server.residentMegabytes) MB\n"
            FileHandle.standardError.write(Data(text.utf8))
        }
        let seconds = Int(Date().timeIntervalSince(start))
        print("settlements                 \(serial) of \(persons) persons in \(seconds) s")
        print("server's memory             \(server.residentMegabytes) MB")
        print("ledger                      \(ledgerBytes >> 20) MB")
        try lookUp()
        let stopped = Date()
        try server.stop()
        print("stop (with a snapshot)      \(String(format: "%.1f", Date().timeIntervalSince(stopped))) s")
        try restart("start after a stop")
        try lookUp()
        server.kill()
        try restart("start after kill -9")
        try duplicates()
    }

    private func restart(_ name: String) throws {
        let start = Date()
        try server.start()
        client = try Client.connect(host: "127.0.0.1", port: server.port)
        let title = name.padding(toLength: 28, withPad: " ", startingAt: 0)
        let time = String(format: "%.1f", Date().timeIntervalSince(start))
        print("\(title)\(time) s, \(server.residentMegabytes) MB")
    }

    private func lookUp() throws {
        let settlements = SettlementClient(client)
        var times: [Double] = []
        for _ in 0..<2_000 {
            let id = Self.id(UInt64.random(in: 1...serial, using: &random))
            let start = DispatchTime.now().uptimeNanoseconds
            _ = try settlements.get(id)
            times.append(1_000 * seconds(since: start))
        }
        times.sort()
        let texts = [times[1_000], times[1_980], times[1_999]].map { String(format: "%.2f", $0) }
        print("Get, ms                     p50 \(texts[0]), p99 \(texts[1]), most \(texts[2])")
    }

    /// Checks that old ids with other content are refused.
    private func duplicates() throws {
        let settlements = SettlementClient(client)
        var refused = 0
        for _ in 0..<1_000 {
            let id = Self.id(UInt64.random(in: 1...serial, using: &random))
            var other = claim()
            other.cost.total += 5_000_00
            other.cost.inPolicy += 5_000_00
            let request = SettlementRequest(id: id, person: nextPerson(), institution: "H2", ClaimRecord(other))
            if try isRefused(request, settlements) { refused += 1 }
        }
        print("old ids with other content  \(refused) of 1000 refused")
    }

    private func isRefused(_ request: SettlementRequest, _ settlements: SettlementClient) throws -> Bool {
        do {
            _ = try settlements.settle(request)
            return false
        } catch {
            guard case .failed(4102, _) = error else { throw error }
            return true
        }
    }
}

/// Seconds since a time of `DispatchTime`.
func seconds(since start: UInt64) -> Double {
    let nanoseconds = DispatchTime.now().uptimeNanoseconds - start
    return Double(nanoseconds) / 1e9
}

struct BenchFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
