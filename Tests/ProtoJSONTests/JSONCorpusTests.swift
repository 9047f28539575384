import Foundation
import TestSupport
import Testing

@Suite struct `Fuzzer's corpus of JSON` {
    @Test func `every file, among them what was found once, holds all promises`() throws {
        let corpus = Project.root.appending(path: "Tests/Fuzz/json")
        let files = try FileManager.default.contentsOfDirectory(at: corpus, includingPropertiesForKeys: nil)
        #expect(files.count >= 14)
        for file in files { try Data(contentsOf: file).withUnsafeBytes(fuzzJSON) }
    }
}
