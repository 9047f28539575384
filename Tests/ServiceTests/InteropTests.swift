import Foundation
import TestSupport
import Testing

@Suite struct `Other languages call the server` {
    /// Examples/python is for people who write a client: Google's runtime, the protocol by hand.
    @Test func `a client on Google's own protobuf runtime is served`() throws {
        let script = Project.root.appendingPathComponent("Tests/Interop/interop_test.py")
        let python = URL(fileURLWithPath: "/usr/bin/python3")
        let result = try run(python.path, ["-B", script.path, Product.program.path])
        #expect(result.code == 0, "\(result.output)")
        // The harness itself: nothing was skipped, and the number in flight is reported.
        #expect(result.output.contains("1000 in flight on one connection"), "\(result.output)")
        print(result.output.split(separator: "\n").filter { $0.contains("in flight") }.joined(separator: "\n"))
    }

    @Test func `such a client settles for keeps, once and only once, and takes back (rule G-12)`() throws {
        let script = Project.root.appendingPathComponent("Tests/Interop/ledger_test.py")
        let python = URL(fileURLWithPath: "/usr/bin/python3")
        let result = try run(python.path, ["-B", script.path, Product.program.path])
        #expect(result.code == 0, "\(result.output)")
        // The harness itself: all of them ran.
        #expect(result.output.contains("Ran 7 tests"), "\(result.output)")
    }

    @Test func `the examples of every service print what they should, also the second time`() throws {
        let script = Project.root.appendingPathComponent("Tests/Interop/examples_test.py")
        let python = URL(fileURLWithPath: "/usr/bin/python3")
        let result = try run(python.path, ["-B", script.path, Product.program.path])
        #expect(result.code == 0, "\(result.output)")
        // The harness itself: all of them ran.
        #expect(result.output.contains("Ran 3 tests"), "\(result.output)")
    }

    @Test func `unmodified gRPC libraries call it, ask for its health and learn its messages from it`() throws {
        let venv = try run(".ci/venv", [".build/interop", "Tests/Interop/requirements.txt"], in: Project.root)
        try #require(venv.code == 0, "\(venv.output)")
        let python = Project.root.appending(path: ".build/interop/bin/python")
        let script = Project.root.appendingPathComponent("Tests/Interop/grpc_test.py")
        let result = try run(python.path, ["-B", script.path, Product.program.path])
        #expect(result.code == 0, "\(result.output)")
        // The harness itself: all of them ran.
        #expect(result.output.contains("Ran 19 tests"), "\(result.output)")
    }
}
