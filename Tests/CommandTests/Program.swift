import Foundation
import TestSupport
import Testing

/// The built executable, run as its users run it.
enum Program {
    struct Ended {
        var code: Int32
        var output: String
        var complaint: String
    }

    /// Runs it to its end; what it prints goes through files, so that it cannot block.
    static func run(_ arguments: String..., input: String = "") throws -> Ended {
        try run(arguments, input: input)
    }

    static func run(_ arguments: [String], input: String = "") throws -> Ended {
        try run(Product.program, arguments, input: input)
    }

    /// Another program, as one's own.
    static func run(_ program: URL, _ arguments: [String], input: String = "") throws -> Ended {
        let ended = try ChildProcess.run(program, arguments, input: input)
        return Ended(code: ended.code, output: ended.output, complaint: ended.complaint)
    }

    /// A folder of its own for `body`.
    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("jiesuan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}

/// `jiesuan serve` on a free port, ended by SIGTERM.
final class Server {
    let address: String
    private let process: ChildProcess
    var processID: Int32 { process.id }

    /// - Parameters:
    ///   - ledger: file of the ledger that it keeps; nil: none.
    ///   - log: where its log goes; nil: nowhere.
    ///   - more: further arguments.
    init(ledger: String? = nil, log: URL? = nil, _ more: String...) throws {
        if let log { try Data().write(to: log) }
        process = try ChildProcess(
            Product.program,
            ["serve", "--port", "0", "--workers", "1"] + (ledger.map { ["--ledger", $0] } ?? []) + more, output: .pipe,
            errors: log.map { .file($0.path) } ?? .nothing)
        address = try process.readLine().replacing("listening on ", with: "")
    }

    /// Its exit code after SIGTERM; no code of a program where it does not end.
    @discardableResult
    func stop() -> Int32 {
        process.send(SIGTERM)
        return (try? process.waitForEnd()) ?? .min
    }

    deinit { stop() }
}
