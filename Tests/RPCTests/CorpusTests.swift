import Foundation
import TestSupport
import Testing

@Suite struct `Fuzzer's corpus` {
    private static func files(_ folder: String) -> [URL] {
        let corpus = Project.root.appending(path: "Tests/Fuzz/\(folder)")
        return (try? FileManager.default.contentsOfDirectory(at: corpus, includingPropertiesForKeys: nil)) ?? []
    }

    @Test func `every file, among them what was found once, holds all promises`() throws {
        let files = Self.files("corpus")
        #expect(files.count >= 17)
        for file in files { try Data(contentsOf: file).withUnsafeBytes(fuzzOne) }
    }

    @Test func `every file of frames of HTTP/2 does too`() throws {
        let files = Self.files("http2")
        #expect(files.count >= 23)
        for file in files { try Data(contentsOf: file).withUnsafeBytes(fuzzGRPC) }
    }

    @Test func `every file of requests of HTTP/1 does too`() throws {
        let files = Self.files("http1")
        #expect(files.count >= 14)
        for file in files { try Data(contentsOf: file).withUnsafeBytes(fuzzHTTP1) }
    }
}
