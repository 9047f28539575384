import Foundation

/// A file of a run that cannot be read or written, or is not what it should be.
package struct RunProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong and what to do.
    package var description: String

    package init(_ description: String) { self.description = description }

    static func file(_ path: String, _ action: String) -> RunProblem {
        RunProblem("\(path): cannot \(action): \(String(cString: strerror(errno)))")
    }
}
