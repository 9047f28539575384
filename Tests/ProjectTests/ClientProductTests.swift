import Foundation
import TestSupport
import Testing

/// The product JiesuanClient is for programs outside of this package: they see only what is public.
@Suite struct `The client for other packages` {
    @Test func `is enough for the example in Swift`() throws {
        let ended = try check(Repository.root.appending(path: "Examples/swift/settle.swift").path())
        #expect(ended.code == 0, "\(ended.output)")
    }

    @Test func `canary: what is the package's own is not seen from there`() throws {
        let folder = ScratchFolder()
        let file = folder.file("other.swift")
        try "import Client\nlet bytes = Client.readBytes\n".write(toFile: file, atomically: true, encoding: .utf8)
        let ended = try check(file)
        #expect(ended.code != 0)
        #expect(ended.output.contains("'readBytes' is inaccessible"), "\(ended.output)")
    }

    /// Type-checks a file as one of another package, against the modules that were built.
    private func check(_ file: String) throws -> (code: Int32, output: String) {
        let script = """
            flags=(-I .build/release/Modules)
            while IFS= read -r -d '' map; do
                flags+=(-Xcc "-fmodule-map-file=$map" -Xcc "-I$(dirname "$map")")
            done < <(
                find Sources -name module.modulemap -print0
                find .build/release/ -maxdepth 2 -path '*.build/module.modulemap' -print0
                find .build/checkouts -path '*/Sources/*/include/module.modulemap' -print0
            )
            exec swiftc -typecheck -swift-version 6 -parse-as-library "${flags[@]}" "$0"
            """
        return try run("bash", ["-c", script, file], in: Repository.root)
    }
}
