import Foundation
import Testing

@Suite struct `The version's number` {
    private static let changelog = Repository.root.appending(path: "CHANGELOG.md")

    @Test(.enabled(if: FileManager.default.fileExists(atPath: changelog.path()), "there is no CHANGELOG.md"))
    func `is that of the newest part of the changelog`() throws {
        let text = try String(contentsOf: Self.changelog, encoding: .utf8)
        let newest = try #require(text.firstMatch(of: /(?m)^## (\d+\.\d+\.\d+)/), "no heading '## 1.2.3'")
        let files = try Repository.files(below: "Sources/jiesuan", endings: ["ProductVersion.swift"])
        let source = try String(contentsOf: try #require(files.first), encoding: .utf8)
        let number = try #require(source.firstMatch(of: /static let number = "([0-9.]+)"/))
        #expect(number.1 == newest.1, "ProductVersion.swift says \(number.1), CHANGELOG.md \(newest.1)")
    }
}
