import Foundation
import TestSupport
import Testing

/// Examples/ has the same program in every language; Examples/try.sh builds and runs it, and compares what it prints.
@Suite struct `Examples in other languages` {
    /// Compiling for C++, Java and Go takes a minute: with JIESUAN_COMPILERS=1, and then none may be missing.
    @Test func `settle once and only once, ask again where no answer came, and take back`() throws {
        let venv = try run(
            Project.root.appending(path: ".ci/venv").path, [".build/interop", "Tests/Interop/requirements.txt"],
            in: Project.root)
        #expect(venv.code == 0, "\(venv.output)")
        let isWhole = ProcessInfo.processInfo.environment["JIESUAN_COMPILERS"] != nil
        let ended = try run(
            Project.root.appending(path: "Examples/try.sh").path,
            [isWhole ? "--all" : "--interpreted", Product.program.path], in: Project.root)
        #expect(ended.code == 0, "\(ended.output)")
        #expect(ended.output.contains("\(isWhole ? 9 : 3) examples tried"), "\(ended.output)")
    }

    /// With JIESUAN_COMPILERS=1 all of it is compiled, and no compiler may be missing; else a file a language.
    @Test func `every language's generator takes the bundle for clients, and its compiler what comes out`() throws {
        let isWhole = ProcessInfo.processInfo.environment["JIESUAN_COMPILERS"] != nil
        let script = Project.root.appending(path: "Tests/Interop/languages_test.py").path
        let ended = try run("/usr/bin/python3", ["-B", script] + (isWhole ? ["--all"] : []))
        #expect(ended.code == 0, "\(ended.output)")
        #expect(ended.output.contains("Ran 9 tests"), "\(ended.output)")
    }
}
