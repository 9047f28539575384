import Foundation

/// A server of this program's own, in a process of its own, on a free port of this machine.
final class ChildServer {
    let host = "127.0.0.1"
    private(set) var port = 0
    var pid: Int32 { process.processIdentifier }
    private let process = Process()
    private let output = Pipe()

    /// Starts it and waits until it listens.
    ///
    /// - Parameters:
    ///   - ledger: file of the ledger; nil: none is kept.
    ///   - clock: how it takes the clock; nil: as usual.
    ///   - allowsLoadTests: whether a load may write to it.
    init(
        policies: String?, ledger: String? = nil, clock: ClockOptions? = nil, allowsLoadTests: Bool = false
    ) throws {
        guard let program = Bundle.main.executableURL else { throw Failure(.server, "cannot find this program's file") }
        process.executableURL = program
        process.arguments =
            ["serve", "--quiet", "--leave-year-ends", "--host", host, "--port", "0"]
            + (policies.map { ["--policies", $0] } ?? []) + (ledger.map { ["--ledger", $0] } ?? [])
            + (clock?.arguments ?? []) + (allowsLoadTests ? ["--allow-load-tests"] : [])
        process.standardOutput = output
        // What it complains of is for whoever started this program; a pipe that nobody empties would block it.
        process.standardError = FileHandle.standardError
        do { try process.run() } catch { throw Failure(.server, "cannot start \(program.path): \(error)") }
        let line = firstLine()
        guard let colon = line.lastIndex(of: ":"), line.hasPrefix("listening on "),
            let port = Int(line[line.index(after: colon)...])
        else {
            process.waitUntilExit()
            throw Failure(.server, "the server does not start; above it says why")
        }
        self.port = port
    }

    /// Asks it to finish, and expects that it does so cleanly.
    func stop() throws {
        process.terminate()
        process.waitUntilExit()
        let status = process.terminationStatus
        guard process.terminationReason == .exit else {
            throw Failure(.server, "the server crashed: it was ended by signal \(status)")
        }
        guard status == 0 else { throw Failure(.server, "the server ended with \(status); above it says why") }
    }

    /// Ends it where something went wrong.
    func kill() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    /// What it prints first; empty where it ends before that.
    private func firstLine() -> String {
        var line: [UInt8] = []
        while true {
            let byte = output.fileHandleForReading.readData(ofLength: 1)
            guard let first = byte.first, first != UInt8(ascii: "\n") else { break }
            line.append(first)
        }
        return String(decoding: line, as: UTF8.self)
    }
}
