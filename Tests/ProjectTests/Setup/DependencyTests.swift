import Foundation
import Testing

/// What is built tomorrow of a commit is what is built of it today.
@Suite struct `The packages that are depended on` {
    @Test func `are named by exact versions, in every Package.swift`() throws {
        let files =
            [Repository.root.appending(path: "Package.swift")]
            + (try Repository.files(below: "Benchmarks", endings: ["Package.swift"]))
        var found = 0
        for file in files where !file.path().contains("/.build/") {
            let text = try String(contentsOf: file, encoding: .utf8)
            for line in text.split(separator: "\n") where line.contains(".package(url:") {
                found += 1
                #expect(line.contains(/exact: "\d+\.\d+\.\d+"/), "\(file.path()): \(line)")
            }
        }
        #expect(found >= 10)
    }

    @Test func `stand in Package.resolved with the version that Package.swift names, and those that they depend on too`() throws {
        let text = try Repository.text("Package.swift")
        let data = Data(try Repository.text("Package.resolved").utf8)
        let resolved = try JSONDecoder().decode(Resolved.self, from: data)
        let versions = Dictionary(uniqueKeysWithValues: resolved.pins.map { ($0.identity, $0.state.version) })
        let named = text.matches(of: /url: "[^"]*\/([^"\/]+)", exact: "([0-9.]+)"/)
        #expect(named.count == 5)
        for match in named {
            let identity = match.1.lowercased()
            #expect(versions[identity] == String(match.2), "\(identity): run `swift package resolve`")
        }
        #expect(versions.count > named.count, "none that the dependencies depend on")
    }

    private struct Resolved: Decodable {
        struct Pin: Decodable {
            struct State: Decodable { var version: String? }
            var identity: String
            var state: State
        }
        var pins: [Pin]
    }
}
