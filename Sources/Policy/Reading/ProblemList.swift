/// What is wrong with one file: all of it, up to a bound.
package final class ProblemList {
    let file: String
    private(set) var problems: [PolicyProblem] = []
    private var seen: Set<String> = []

    package init(file: String) { self.file = file }

    package var isEmpty: Bool { problems.isEmpty }

    /// Adds a problem once; `line` is 1-based, 0: the whole file.
    package func add(_ line: Int, _ message: String) {
        guard problems.count < PackLimit.problemsMax, seen.insert("\(line) \(message)").inserted else { return }
        problems.append(PolicyProblem(file: file, line: line, message: message))
    }

    /// By line.
    package var sorted: [PolicyProblem] { problems.sorted { ($0.line, $0.message) < ($1.line, $1.message) } }
}
