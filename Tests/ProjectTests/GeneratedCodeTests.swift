import Foundation
import Records
import Registry
import Settlement
import TestSupport
import Testing
import Text

@Suite struct `What is written twice agrees` {
    @Test func `the committed C messages are what protoc-c makes of Proto`() throws {
        let fresh = FileManager.default.temporaryDirectory.appending(path: "jiesuan-proto-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: fresh, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: fresh) }
        let folder = Repository.root.appending(path: "Proto")
        let protos = try FileManager.default.subpathsOfDirectory(atPath: folder.path())
            // gRPC's own services are read and written by hand.
            .filter { $0.hasSuffix(".proto") && !$0.hasPrefix("grpc/") }.sorted()
        #expect(protos.count >= 7)
        let made = try run("protoc-c", ["--c_out=\(fresh.path())", "-I."] + protos, in: folder)
        #expect(made.code == 0, "\(made.output)")
        for proto in protos {
            let stem = String(proto.dropLast(".proto".count))
            for (ending, folder) in [(".pb-c.c", ""), (".pb-c.h", "include/")] {
                let place = "Sources/Generated/WireMessages/\(folder)"
                let committed = try Repository.text(place + stem + ending)
                let expected = try String(contentsOf: fresh.appending(path: stem + ending), encoding: .utf8)
                #expect(committed == expected, "\(place + stem + ending) is not what \(proto) gives: run `make proto`")
            }
        }
    }

    @Test func `the descriptions and the bundle that the server hands out are what Proto gives`() throws {
        let ended = try embedded(in: Repository.root.appending(path: "Proto"))
        #expect(ended.code == 0, "\(ended.output)")
    }

    @Test func `canary: a comment that was changed since is found, in the descriptions and in the bundle`() throws {
        let copy = FileManager.default.temporaryDirectory.appending(path: "jiesuan-embedded-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: copy) }
        for path in ["Proto", "LICENSE", "Sources/jiesuan/Version"] {
            let place = copy.appending(path: path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: Repository.root.appending(path: path), to: place)
        }
        let file = copy.appending(path: "Proto/jiesuan/v1/claim.proto")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains("// A claim: one bill"))
        try text.replacing("// A claim: one bill", with: "// A claim: a bill").write(
            to: file, atomically: true, encoding: .utf8)
        let ended = try embedded(in: copy.appending(path: "Proto"))
        #expect(ended.code == 1)
        #expect(ended.output.contains("the descriptions: not what Proto/ gives; run `make proto`"), "\(ended.output)")
        #expect(ended.output.contains(/claim\.proto in the bundle: not what/), "\(ended.output)")
        #expect(!ended.output.contains("person.proto"), "\(ended.output)")
    }

    private func embedded(in proto: URL) throws -> (code: Int32, output: String) {
        let folder = Repository.root.appending(path: "Sources/Generated/WireMessages").path()
        return try run(
            "/usr/bin/python3", ["-B", proto.appending(path: "embed.py").path(), folder, "--check"], in: Repository.root)
    }

    /// Under an umbrella a compiled module would not see a header that is new.
    @Test func `the module map names every header of the messages`() throws {
        let folder = Repository.root.appending(path: "Sources/Generated/WireMessages/include")
        let made = try run(Repository.root.appending(path: "Proto/modulemap").path(), [folder.path()], in: folder)
        #expect(made.code == 0)
        let committed = try Repository.text("Sources/Generated/WireMessages/include/module.modulemap")
        #expect(committed == made.output, "it is not what the headers give: run `make proto`")
        let headers = try Repository.files(below: "Sources/Generated/WireMessages/include", endings: [".h"])
        #expect(headers.count >= 7 && committed.matches(of: /header "/).count == headers.count)
    }

    @Test func `the error registry is the same in Swift and in the proto`() throws {
        let proto = try Repository.text("Proto/jiesuan/v1/error.proto")
        var numbers: [Int: String] = [:]
        for match in proto.matches(of: /(?m)^  ([A-Z_]+) = (\d+);/) {
            numbers[Int(match.2)!] = String(match.1)
        }
        numbers[0] = nil
        for code in DomainCode.allCases where code != .none {
            let words = "\(code)".replacing(/[A-Z]/) { "_\($0.output)" }.uppercased()
            #expect(numbers[Int(code.rawValue)] == words, "\(code) is \(code.rawValue)")
            #expect(code.name == words, "\(code) is \(code.rawValue)")
        }
        #expect(Set(DomainCode.allCases.map { Int($0.rawValue) }).subtracting([0]) == Set(numbers.keys))
    }
}
