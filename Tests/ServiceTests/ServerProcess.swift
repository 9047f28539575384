import Client
import Foundation
import Glibc
import RPC
import Testing

/// The built server as a process of its own, on a free port; killed when nobody holds it any more.
final class ServerProcess {
    /// What a server may take at its worst moment while one client after the other sends it the worst it can: the
    /// largest packet, what it inflates to, the arena of its message and its answer; the process itself is some 60 MiB.
    static let residentBytesMax =
        Limits.frameBodyBytesMax + Limits.inflatedBytesMax + Limits.arenaBytesMax + Limits.replyBytesMax + (64 << 20)

    /// `jiesuan` beside the test bundle, where `swift build` puts both.
    static let program: URL = {
        // Where the test runner loads the bundle into a program of its own, an argument names the bundle.
        let bundles = [ProcessInfo.processInfo.arguments[0], "/proc/self/exe"].map {
            URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent()
        }
        let programs = bundles.map { $0.appendingPathComponent("jiesuan") }
        return programs.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? programs[0]
    }()

    /// How long a test waits for a process before it says that it hangs; nothing here takes a tenth of it.
    static let hangSeconds = 60.0

    let port: Int
    private let process = Process()
    private let log: URL

    /// Starts `jiesuan serve` and waits until it listens; no file of its may grow beyond `fileBytesMax`, as on a disk
    /// that is full.
    init(_ arguments: [String] = [], fileBytesMax: Int? = nil) throws {
        log = FileManager.default.temporaryDirectory.appendingPathComponent("jiesuan-\(UUID().uuidString).log")
        guard FileManager.default.createFile(atPath: log.path, contents: nil) else { throw Failure("no log file") }
        let all = ["serve", "--port", "0"] + arguments
        if let fileBytesMax {
            // The shell counts in blocks of 512 bytes.
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            let script = "ulimit -f \(fileBytesMax / 512) && exec \"$0\" \"$@\""
            process.arguments = ["-c", script, Self.program.path] + all
        } else {
            process.executableURL = Self.program
            process.arguments = all
        }
        let output = Pipe()
        process.standardOutput = output
        do {
            process.standardError = try FileHandle(forWritingTo: log)
            try process.run()
            port = try Self.port(output.fileHandleForReading)
        } catch {
            // Without a port there is no object, and nobody who removes it later.
            try? FileManager.default.removeItem(at: log)
            throw error
        }
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: log)
    }

    /// Reads up to the line that says where the server listens.
    private static func port(_ output: FileHandle) throws -> Int {
        var text = ""
        while true {
            let bytes = output.piece()
            guard !bytes.isEmpty else { throw Failure("the server ended before it listened: \(text)") }
            text += String(decoding: bytes, as: UTF8.self)
            if let match = text.firstMatch(of: /listening on \S*:(\d+)\s/) { return Int(match.1)! }
        }
    }

    func connect() throws -> Client { try Client.connect(host: "127.0.0.1", port: port) }

    var isRunning: Bool { process.isRunning }

    /// Everything that the server has logged.
    var logged: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for the end; returns the exit code.
    func exitCode() throws -> Int32 {
        let end = Date(timeIntervalSinceNow: Self.hangSeconds)
        while process.isRunning {
            guard Date() < end else { throw Failure("the server still runs after \(Self.hangSeconds) s") }
            usleep(10_000)
        }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// The most memory that the process has had, from /proc.
    var peakResidentBytes: Int {
        let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        guard let match = status.firstMatch(of: /VmHWM:\s+(\d+) kB/) else { return 0 }
        return Int(match.1)! * 1024
    }

    /// An honest client on a connection of its own is served, and the server's memory is bounded.
    func expectHealthy(after what: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(isRunning, "the server died of \(what): \(logged)", sourceLocation: sourceLocation)
        guard case .answer(let answer) = try connect().calculate(.plain) else {
            Issue.record("an honest client is not served after \(what)", sourceLocation: sourceLocation)
            return
        }
        #expect(answer.amounts.sum == answer.total, sourceLocation: sourceLocation)
        let peak = peakResidentBytes
        #expect(
            peak > 0 && peak < Self.residentBytesMax, "the server took \(peak >> 20) MiB for \(what)",
            sourceLocation: sourceLocation)
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}

/// Runs a program to its end; returns its exit code and all that it printed.
func run(_ program: URL, _ arguments: [String]) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    var output: [UInt8] = []
    while case let piece = pipe.fileHandleForReading.piece(), !piece.isEmpty { output += piece }
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

extension FileHandle {
    /// What can be read now, at least a byte; empty at the end. `availableData` ends the process when a signal comes.
    fileprivate func piece() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
            repeat {
                count = Glibc.read(fileDescriptor, buffer.baseAddress, buffer.count)
            } while count < 0 && errno == EINTR
            count = max(0, count)
        }
    }
}

/// The top of the repository.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
