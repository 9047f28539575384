import Client
import Foundation
import Glibc
import Registry
import Settlement
import TestSupport

/// A folder with the ledger of server processes; removed when nobody holds it any more.
final class KeptLedger {
    static let institutions = ["H1", "H2"]

    let folder: URL
    let path: String

    /// Registers hospitals and the persons 1 … `persons`, active employees in Chongqing.
    convenience init(persons: Int) throws { try self.init(Self.requests(persons: persons)) }

    /// Registers what is asked for, and lets `more` ask the server for something else.
    init(_ requests: [RegistryRequest], more: (ServerProcess) throws -> Void = { _ in }) throws {
        folder = Self.newFolder()
        path = folder.appendingPathComponent("ledger.db").path
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let server = try serve()
        let receipt = try RegistryClient(try server.connect()).put(requests)
        guard receipt.errors.isEmpty else { throw ServerProcess.Failure("not registered: \(receipt.errors[0])") }
        try more(server)
        try stop(server)
    }

    /// Everything of a ledger that no server has open, in a folder of its own.
    init(copyOf other: KeptLedger) throws {
        folder = Self.newFolder()
        path = folder.appendingPathComponent("ledger.db").path
        try FileManager.default.copyItem(at: other.folder, to: folder)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static func newFolder() -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent("jiesuan-\(UUID().uuidString)")
    }

    /// What a server that forgets would have: everything as it was in a copy.
    func replace(by copy: KeptLedger) throws {
        try FileManager.default.removeItem(at: folder)
        try FileManager.default.copyItem(at: copy.folder, to: folder)
    }

    func serve() throws -> ServerProcess { try ServerProcess(["--ledger", path]) }

    /// Ends a server as an operator does.
    func stop(_ server: ServerProcess) throws {
        server.send(SIGTERM)
        let code = try server.exitCode()
        guard code == 0 else { throw ServerProcess.Failure("the server ended with \(code): \(server.logged)") }
    }

    /// What `jiesuan ledger verify` says.
    func verify() throws -> LedgerVerdict {
        let (code, output) = try run(Product.program.path, ["ledger", "verify", path, "--json"])
        guard let settlements = output.firstMatch(of: /"settlements":\s*(\d+)/),
            let reversals = output.firstMatch(of: /"reversals":\s*(\d+)/)
        else { throw ServerProcess.Failure("ledger verify ended with \(code): \(output)") }
        return LedgerVerdict(
            isClean: code == 0, settlements: Int(settlements.1)!, reversals: Int(reversals.1)!, output: output)
    }

    private static func requests(persons: Int) -> [RegistryRequest] {
        var requests: [RegistryRequest] = zip(institutions, [Level.one, .two]).map { code, level in
            .institution(InstitutionRecord(code: code, region: "chongqing", level: level))
        }
        let enrolment = Enrolment(
            .employee, membership: .employer, status: .active,
            covered: DateRange(from: CalendarDate(2020_01_01)), contributionBase: 5_000_00)
        for number in 1...UInt64(persons) {
            requests.append(.person(number, PersonBasics(region: "chongqing", birthMonth: 1990_01)))
            requests.append(.enrol(number, EnrolmentRequest(enrolment)))
        }
        return requests
    }
}

struct LedgerVerdict {
    var isClean: Bool
    var settlements: Int
    var reversals: Int
    var output: String
}

/// How one request to settle was answered.
struct SettleReply: Equatable {
    /// 0: settled.
    var code: Int32
    var text: String
    var message: [UInt8]
}

extension Client {
    /// Settles each request, `window` of them in flight; the answers in the requests' order.
    func settle(_ requests: [SettlementRequest], window: Int = 256) throws -> [SettleReply] {
        var replies = [SettleReply](repeating: SettleReply(code: -1, text: "", message: []), count: requests.count)
        var places: [Int64: Int] = [:]
        var sent = 0
        for _ in requests {
            while sent < requests.count, outstanding < window {
                let id = try send(requests[sent])
                places[id] = sent
                sent += 1
            }
            let response = try receive()
            guard let place = places.removeValue(forKey: response.correlationID) else {
                throw ServerProcess.Failure("an answer to \(response.correlationID), which was not asked")
            }
            replies[place] = SettleReply(
                code: response.code, text: response.errorText, message: Array(response.message))
        }
        return replies
    }

    func send(_ request: SettlementRequest) throws -> Int64 {
        let bytes = SettlementClient.pack(request)
        return try bytes.withUnsafeBytes { try send(SettlementClient.settleMethod, $0) }
    }
}
