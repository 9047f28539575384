import Foundation
import Testing

@Suite struct `The targets of the package` {
    /// The modules that the Swift files of a folder import; nil where there is none.
    private static func imports(_ folder: String) throws -> Set<String>? {
        let line = /(?m)^(?:@\w+(?:\(\w+\))? +|(?:internal|package|public) +)*import +(?:(?:struct|enum|class|func) +)?(\w+)/
        let files = try Repository.files(below: folder, endings: [".swift"])
        if files.isEmpty { return nil }
        return try files.reduce(into: []) { found, file in
            let text = try String(contentsOf: file, encoding: .utf8)
            found.formUnion(text.matches(of: line).map { String($0.1) })
        }
    }

    @Test func `depend on what stands above them, and declare what they import`() throws {
        let manifest = Manifest(try Repository.text("Package.swift"))
        #expect(manifest.targets.count > 40)
        for target in manifest.targets {
            var isFolder: ObjCBool = false
            let path = Repository.root.appending(path: target.path).path()
            #expect(FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue, "\(path)")
        }
        let imports = try Dictionary(
            uniqueKeysWithValues: manifest.targets.map { ($0.name, try Self.imports($0.path)) })
        #expect(manifest.faults { imports[$0.name] ?? nil } == [])
    }

    /// Every folder of code belongs to a target: none is left over when a target goes.
    @Test func `have every folder of the sources`() throws {
        let paths = Manifest(try Repository.text("Package.swift")).targets.map { $0.path + "/" }
        for file in try Repository.files(below: "Sources", endings: [".swift", ".c"]) {
            let path = String(file.path().dropFirst(Repository.root.path().count))
            #expect(paths.contains { path.contains($0) }, "\(path) belongs to no target")
        }
    }

    @Test func `that point upwards, declare too much or too little are found`() {
        let planted = Manifest(
            """
            let package = Package(
                name: "planted",
                targets: [
                    .target(name: "Low", dependencies: ["High"]),  // "Comment"
                    .target(
                        name: "High",
                        dependencies: ["Unused", .product(name: "Logging", package: "swift-log")], path: "Elsewhere"),
                    .systemLibrary(name: "Unused"),
                    .executableTarget(name: "program"),
                    .testTarget(name: "Tests", dependencies: ["program"]),
                ]
            )
            """)
        #expect(planted.targets.map(\.path) == ["Sources/Low", "Elsewhere", "Sources/Unused", "Sources/program", "Tests/Tests"])
        let imports: [String: Set<String>] = [
            "Low": ["High"], "High": ["Logging"], "program": ["Low"], "Tests": ["Logging"],
        ]
        #expect(
            planted.faults { imports[$0.name] } == [
                "Low depends on High, which does not stand above it",
                "High depends on Unused, which does not stand above it",
                "High declares Unused and does not import it",
                "program imports Low and does not declare it",
                "Tests imports Logging and does not declare it",
            ])
    }
}
