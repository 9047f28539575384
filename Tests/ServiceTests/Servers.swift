import Client
import ClientTesting
import Logging
import Policy
import Population
import RPC
import Service
import Settlement

/// The packs that the product brings along, as services use them.
enum Packs {
    static let library: PolicyLibrary = {
        do {
            return try PolicyLibrary.load()
        } catch {
            fatalError("the built-in packs do not check:\n\(error)")
        }
    }()

    static let regions = ServedRegions(library.packs)

    static func pack(_ region: String) -> PolicyPack { library[region]! }
}

enum Remote {
    static let calculate = RemoteMethod(service: Services.calculation, method: "Calculate")
    static let batch = RemoteMethod(service: Services.calculation, method: "CalculateBatch")
}

/// A server inside the test process.
final class LocalServer {
    let server: Server
    let port: Int

    init(eventLoops: Int = 1, workers: Int = 2) throws {
        var configuration = ServerConfiguration()
        configuration.tellErrors(of: Packs.regions)
        configuration.eventLoopThreads = eventLoops
        configuration.workers = workers
        // Tests close their connections before the server goes; nobody is waited for.
        configuration.drain = .milliseconds(0)
        server = try Server(
            configuration: configuration, methods: Services.methods(Packs.regions),
            makeState: { _ in Services.makeState() }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        port = try server.start()
    }

    deinit { server.drain() }

    func connect() throws -> Client { try Client.connect(host: "127.0.0.1", port: port) }
}

/// The answer to one call, or its error.
enum Reply: Equatable {
    case answer(Answer)
    case batch(BatchAnswer)
    case failed(code: Int32, text: String)
    case unreadable
}

extension Client {
    func calculate(_ sample: Sample) throws -> Reply { try calculate(bytes: sample.request) }

    func calculate(bytes: [UInt8], compression: Compression = .none) throws -> Reply {
        try reply(Remote.calculate, bytes, compression) { Answer($0).map(Reply.answer) }
    }

    func batch(_ batch: Batch) throws -> Reply { try self.batch(bytes: batch.request) }

    func batch(bytes: [UInt8], compression: Compression = .none) throws -> Reply {
        try reply(Remote.batch, bytes, compression) { BatchAnswer($0).map(Reply.batch) }
    }

    private func reply(
        _ method: RemoteMethod, _ bytes: [UInt8], _ compression: Compression, _ decode: ([UInt8]) -> Reply?
    ) throws -> Reply {
        do {
            let message = try call(method, bytes: bytes, compression: compression)
            return decode(message) ?? .unreadable
        } catch ClientError.failed(let code, let text) {
            return .failed(code: code, text: text)
        }
    }

    func call(_ method: RemoteMethod, bytes: [UInt8], compression: Compression = .none) throws -> [UInt8] {
        let result: Result<[UInt8], ClientError> = bytes.withUnsafeBytes { message in
            do throws(ClientError) {
                return .success(try call(method, message, compression: compression))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
