import Foundation

/// The built executable.
package enum Product {
    /// `jiesuan` beside the test bundle, where `swift build` puts both.
    package static let program: URL = {
        // Where the test runner loads the bundle into a program of its own, an argument names the bundle.
        let bundles = [ProcessInfo.processInfo.arguments[0], "/proc/self/exe"].map {
            URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent()
        }
        let programs = bundles.map { $0.appendingPathComponent("jiesuan") }
        return programs.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? programs[0]
    }()
}
