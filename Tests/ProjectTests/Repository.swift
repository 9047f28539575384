import Foundation
import TestSupport

/// The files of the project, for tests about the project itself.
enum Repository {
    static let root = Project.root

    /// Files below `folder` whose names end in one of `endings`, sorted.
    static func files(below folder: String, endings: [String]) throws -> [URL] {
        let start = root.appending(path: folder)
        let names = try FileManager.default.subpathsOfDirectory(atPath: start.path())
        return names.filter { name in endings.contains { name.hasSuffix($0) } }.sorted().map { start.appending(path: $0) }
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: root.appending(path: path).path(), isDirectory: &isFolder)
            && isFolder.boolValue
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}
