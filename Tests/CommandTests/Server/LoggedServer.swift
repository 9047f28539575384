import Foundation
import Glibc
import TestSupport
import Testing

/// `jiesuan serve` on a free port, whose log a test reads while it runs; killed when nobody holds it any more.
final class LoggedServer {
    let port: Int
    private let process: ChildProcess
    private let folder = ScratchFolder()

    /// - Parameter arguments: behind `serve --port 0`.
    init(_ arguments: [String]) throws {
        process = try ChildProcess(
            Product.program, ["serve", "--port", "0"] + arguments, output: .pipe, errors: .file(folder.file("log")))
        let line = try process.readLine()
        port = Int(try #require(line.firstMatch(of: /listening on \S*:(\d+)\s*/), "\(line)").1)!
    }

    deinit {
        process.send(SIGKILL)
        _ = try? process.waitForEnd()
    }

    var isRunning: Bool { process.isRunning }

    /// Everything that it has logged so far.
    var logged: String { (try? String(contentsOfFile: folder.file("log"), encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { process.send(signal) }

    /// Whether something comes about within a minute.
    static func comesAbout(_ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<600 {
            if try condition() { return true }
            usleep(100_000)
        }
        return false
    }
}
