import Foundation
import TestSupport
import Testing

@Suite struct `Fuzzer's corpus` {
    private static let files: [URL] = {
        let corpus = Project.root.appending(path: "Tests/Fuzz/corpus")
        return (try? FileManager.default.contentsOfDirectory(at: corpus, includingPropertiesForKeys: nil)) ?? []
    }()

    @Test func `every file, among them what was found once, holds all promises`() throws {
        #expect(Self.files.count >= 17)
        for file in Self.files {
            try Data(contentsOf: file).withUnsafeBytes(fuzzOne)
        }
    }
}
