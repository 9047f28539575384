import Foundation
import Testing

/// The built executable, run as its users run it.
enum Program {
    struct Ended {
        var code: Int32
        var output: String
        var complaint: String
    }

    /// `jiesuan` beside the test bundle, where `swift build` puts both.
    static let file: URL = {
        let bundles = [ProcessInfo.processInfo.arguments[0], "/proc/self/exe"].map {
            URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent()
        }
        let programs = bundles.map { $0.appendingPathComponent("jiesuan") }
        return programs.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? programs[0]
    }()

    /// Runs it to its end; what it prints goes through files, so that it cannot block.
    static func run(_ arguments: String..., input: String = "") throws -> Ended {
        try run(arguments, input: input)
    }

    static func run(_ arguments: [String], input: String = "") throws -> Ended {
        try run(file, arguments, input: input)
    }

    /// Another program, as one's own.
    static func run(_ program: URL, _ arguments: [String], input: String = "") throws -> Ended {
        try withFolder { folder in
            let process = Process()
            process.executableURL = program
            process.arguments = arguments
            let files = ["in", "out", "err"].map { folder.appendingPathComponent($0) }
            for file in files { try Data(file == files[0] ? Array(input.utf8) : []).write(to: file) }
            process.standardInput = try FileHandle(forReadingFrom: files[0])
            process.standardOutput = try FileHandle(forWritingTo: files[1])
            process.standardError = try FileHandle(forWritingTo: files[2])
            try process.run()
            process.waitUntilExit()
            return Ended(
                code: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
                output: try String(contentsOf: files[1], encoding: .utf8),
                complaint: try String(contentsOf: files[2], encoding: .utf8))
        }
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
    private let process = Process()
    var processID: Int32 { process.processIdentifier }

    /// - Parameters:
    ///   - ledger: file of the ledger that it keeps; nil: none.
    ///   - log: where its log goes; nil: nowhere.
    ///   - more: further arguments.
    init(ledger: String? = nil, log: URL? = nil, _ more: String...) throws {
        process.executableURL = Program.file
        process.arguments = ["serve", "--port", "0", "--workers", "1"] + (ledger.map { ["--ledger", $0] } ?? []) + more
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        if let log {
            try Data().write(to: log)
            process.standardError = try FileHandle(forWritingTo: log)
        }
        try process.run()
        var line = ""
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(Character(UnicodeScalar(byte)))
        }
        address = line.replacing("listening on ", with: "")
    }

    /// Its exit code after SIGTERM.
    func stop() -> Int32 {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    deinit {
        if process.isRunning { _ = stop() }
    }
}
