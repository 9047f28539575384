/// Why there can be no report: names the file and the place in it, and what to do.
package struct ReportProblem: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
