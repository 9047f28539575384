import Foundation

/// Runs a program (a path, or a name that is found in PATH) to its end, in `folder` or in the test's own.
///
/// - Returns: its exit code, and what it printed: output first, then errors.
package func run(
    _ program: String, _ arguments: [String], in folder: URL? = nil
) throws -> (code: Int32, output: String) {
    let ended = try ChildProcess.run(URL(filePath: "/usr/bin/env"), [program] + arguments, folder: folder)
    return (ended.code, ended.output + ended.complaint)
}
