import Foundation
import TestSupport

extension ScratchFolder {
    /// The bytes of every file of a run's folder that is a result, by name.
    func results(of name: String) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: file(name)) where file.contains(".") {
            found[file] = try Data(contentsOf: URL(fileURLWithPath: self.file(name) + "/" + file))
        }
        return found
    }
}
