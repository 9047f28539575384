import Client
import ClientTesting
import Foundation
import Glibc
import RPC
import TestSupport
import Testing

/// The built server as a process of its own, on a free port; killed when nobody holds it any more.
final class ServerProcess {
    /// What a server may take at its worst moment while one client after the other sends it the worst it can: the
    /// largest packet, what it inflates to, the arena of its message and its answer; the process itself is some 60 MiB.
    static let residentBytesMax =
        Limits.frameBodyBytesMax + Limits.inflatedBytesMax + Limits.arenaBytesMax + Limits.replyBytesMax + (64 << 20)

    /// How long a test waits for a process before it says that it hangs; nothing here takes a tenth of it.
    static let hangSeconds = 60.0

    let port: Int
    private let process: ChildProcess
    private let log: URL

    /// Starts `jiesuan serve` and waits until it listens; no file of its may grow beyond `fileBytesMax`, as on a disk
    /// that is full.
    init(_ arguments: [String] = [], fileBytesMax: Int? = nil) throws {
        let log = FileManager.default.temporaryDirectory.appendingPathComponent("jiesuan-\(UUID().uuidString).log")
        let all = ["serve", "--port", "0"] + arguments
        do {
            if let fileBytesMax {
                // The shell counts in blocks of 512 bytes.
                let script = "ulimit -f \(fileBytesMax / 512) && exec \"$0\" \"$@\""
                process = try ChildProcess(
                    URL(fileURLWithPath: "/bin/sh"), ["-c", script, Product.program.path] + all, output: .pipe,
                    errors: .file(log.path))
            } else {
                process = try ChildProcess(Product.program, all, output: .pipe, errors: .file(log.path))
            }
            let line = try process.readLine()
            guard let match = line.firstMatch(of: /listening on \S*:(\d+)\s*/) else {
                throw Failure("the server ended before it listened: \(line)")
            }
            port = Int(match.1)!
            self.log = log
        } catch {
            // Without a port there is no object, and nobody who removes it later.
            try? FileManager.default.removeItem(at: log)
            throw error
        }
    }

    deinit {
        process.send(SIGKILL)
        _ = try? process.waitForEnd()
        try? FileManager.default.removeItem(at: log)
    }

    func connect() throws -> Client { try Client.connect(host: "127.0.0.1", port: port) }

    var isRunning: Bool { process.isRunning }

    /// Everything that the server has logged.
    var logged: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { process.send(signal) }

    /// Waits for the end; returns the exit code.
    func exitCode() throws -> Int32 { try process.waitForEnd(seconds: Self.hangSeconds) }

    /// The most memory that the process has had, from /proc.
    var peakResidentBytes: Int {
        let status = (try? String(contentsOfFile: "/proc/\(process.id)/status", encoding: .utf8)) ?? ""
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
