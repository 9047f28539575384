import Foundation
import Glibc
import Synchronization

/// A program that a test starts; killed when nobody holds it any more.
///
/// It gets three streams and no other open file. Foundation's `Process` hands a child on Linux what other threads open
/// while it starts, and then waits for the end of a child that is not its own. No wait is without a bound: after
/// `patience` seconds it throws, naming the program, for a suite that hangs tells nobody where.
package final class ChildProcess: Sendable {
    /// Where a stream of the child comes from or goes to.
    package enum Stream: Sendable {
        /// Nothing is read, what is written is dropped.
        case nothing
        /// The test's own.
        case inherited
        /// A file, written at its end; made if it is missing.
        case file(String)
        /// A pipe to the test.
        case pipe
        /// Where the output goes, for errors.
        case asOutput
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        init(_ description: String) { self.description = description }
    }

    /// How long a test waits for a process before it says that it hangs; nothing in the suite takes a tenth of it.
    package static let patience = 900.0

    package let id: pid_t
    private let program: String
    private let input: Int32?
    private let output: PipeReader?
    private let state = Mutex(State())

    private struct State {
        var isInputClosed = false
        var waitStatus: Int32?
    }

    /// Starts `program` (a path) in `folder`, or in the test's own.
    package init(
        _ program: URL, _ arguments: [String], input: Stream = .nothing, output: Stream = .nothing,
        errors: Stream = .inherited, folder: URL? = nil
    ) throws {
        self.program = program.lastPathComponent
        var streams = ChildStreams()
        self.input = try streams.add(input)
        self.output = try streams.add(output).map(PipeReader.init)
        _ = try streams.add(errors)
        id = try streams.start(program.path, arguments, folder: folder?.path)
    }

    deinit {
        if isRunning {
            kill(id, SIGKILL)
            _ = try? waitForEnd()
        }
        closeInput()
    }

    package var isRunning: Bool {
        state.withLock { state in
            guard state.waitStatus == nil else { return false }
            var status: Int32 = 0
            guard waitpid(id, &status, WNOHANG) == id else { return true }
            state.waitStatus = status
            return false
        }
    }

    /// A signal to the child, unless it has ended.
    package func send(_ signal: Int32) {
        if isRunning { kill(id, signal) }
    }

    /// Waits for the end; the exit code, or minus the signal that ended it.
    @discardableResult
    package func waitForEnd(seconds: Double = patience) throws -> Int32 {
        let end = Date(timeIntervalSinceNow: seconds)
        var pause: UInt32 = 200
        while isRunning {
            guard Date() < end else { throw Failure("\(program) still runs after \(seconds) s") }
            usleep(pause)
            pause = min(10_000, pause * 2)
        }
        let status = state.withLock { $0.waitStatus! }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : -signal
    }

    /// Ends the input, where it is a pipe.
    package func closeInput() {
        state.withLock { state in
            if let input, !state.isInputClosed { close(input) }
            state.isInputClosed = true
        }
    }

    /// The next line of the output, without its end; what is left of it where the output ends.
    package func readLine() throws -> String { try output.required.line(of: program) }

    /// All the output that is left.
    package func readToEnd() throws -> [UInt8] { try output.required.rest(of: program) }
}

extension ChildProcess {
    package struct Ended: Sendable {
        package var code: Int32
        package var output: String
        /// What it wrote to the standard error.
        package var complaint: String
    }

    /// Runs `program` to its end; what it reads and prints goes through files, so that it cannot block.
    package static func run(
        _ program: URL, _ arguments: [String], input: String = "", folder: URL? = nil
    ) throws -> Ended {
        let streams = FileManager.default.temporaryDirectory.appendingPathComponent("jiesuan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: streams, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: streams) }
        let files = ["in", "out", "err"].map { streams.appendingPathComponent($0) }
        for file in files { try Data(file == files[0] ? Array(input.utf8) : []).write(to: file) }
        let child = try ChildProcess(
            program, arguments, input: .file(files[0].path), output: .file(files[1].path), errors: .file(files[2].path),
            folder: folder)
        let code = try child.waitForEnd()
        // A mark of the byte order at the start is no part of the text, here as where a file is read.
        return Ended(
            code: code, output: try String(contentsOf: files[1], encoding: .utf8),
            complaint: try String(contentsOf: files[2], encoding: .utf8))
    }
}

extension PipeReader? {
    fileprivate var required: PipeReader {
        get throws {
            guard let self else { throw ChildProcess.Failure("the output is no pipe") }
            return self
        }
    }
}
