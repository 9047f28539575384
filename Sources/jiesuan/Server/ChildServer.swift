import Foundation

/// A child process that serves on a free port of this machine.
final class ChildServer {
    let host = "127.0.0.1"
    private(set) var port = 0
    var pid: Int32 { process.processIdentifier }
    private let process = Process()
    private let output = Pipe()

    /// Starts it and waits until it listens.
    ///
    /// - Parameters:
    ///   - ledger: file of the ledger; nil: no ledger.
    ///   - clock: options on the clock; nil: the defaults.
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
        // The child inherits the standard error: its messages are for this program's user, and an unread pipe would
        // block it.
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

    /// Asks the child to stop, which must end cleanly.
    func stop() throws {
        process.terminate()
        process.waitUntilExit()
        let status = process.terminationStatus
        guard process.terminationReason == .exit else {
            throw Failure(.server, "the server crashed: it was ended by signal \(status)")
        }
        guard status == 0 else { throw Failure(.server, "the server ended with \(status); above it says why") }
    }

    /// Kills the child after a failure.
    func kill() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    /// The child's first line; empty if it ends before that.
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
