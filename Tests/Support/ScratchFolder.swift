import Foundation

/// A folder of its own for one test; removed with everything in it when nobody holds it any more.
package final class ScratchFolder: Sendable {
    package let path: String

    /// - Parameter inMemory: for thousands of files that need not survive the test.
    package init(inMemory: Bool = false) {
        let memory = "/dev/shm"
        let parent =
            inMemory && FileManager.default.isWritableFile(atPath: memory)
            ? memory : FileManager.default.temporaryDirectory.path
        path = parent + "/jiesuan-\(UUID().uuidString)"
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            fatalError("\(path): \(error)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func file(_ name: String) -> String { path + "/" + name }

    /// Names of what lies in it, sorted.
    package func names() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    /// Removes everything in it.
    package func clear() {
        for name in names() { try? FileManager.default.removeItem(atPath: file(name)) }
    }
}
