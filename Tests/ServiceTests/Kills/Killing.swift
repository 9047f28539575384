import Foundation
import Glibc
import TestSupport

/// Runs each part in a thread of its own against the port, and waits for all of them.
func run(_ parts: [@Sendable (Int) -> Void], at port: Int, meanwhile: () throws -> Void = {}) throws {
    let group = DispatchGroup()
    for part in parts {
        group.enter()
        Thread.detachNewThread {
            part(port)
            group.leave()
        }
    }
    try meanwhile()
    guard group.wait(timeout: .now() + ServerProcess.hangSeconds) == .success else {
        throw ServerProcess.Failure("a client hangs")
    }
}

/// Lets the clients' parts run until `moment` returns, kills the server, and waits until the clients have seen it.
func kill(_ server: ServerProcess, under parts: [@Sendable (Int) -> Void], at moment: () -> Void) throws {
    try run(parts, at: server.port) {
        moment()
        server.send(SIGKILL)
        let code = try server.exitCode()
        guard code == -SIGKILL else { throw ServerProcess.Failure("the server ended with \(code): \(server.logged)") }
    }
}
