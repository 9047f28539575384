/// One metric that a server shows: its name by Prometheus's conventions, what it tells, and its labels.
package struct Metric: Sendable {
    package enum Kind: String, Sendable {
        /// Grows only; begins at 0 with the process.
        case counter
        case gauge
        /// How many values were at most so large, their number and their sum.
        case histogram
    }

    package let name: String
    package let kind: Kind
    /// One sentence, in the metric's unit.
    package let help: String
    package let labels: [String]
    /// Whether it is left out where there is nothing to tell.
    package let isOptional: Bool

    init(_ name: String, _ kind: Kind, labels: [String] = [], isOptional: Bool = false, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
        self.isOptional = isOptional
    }

    /// Every metric of a server with a ledger, in the order in which they are written.
    package static let all: [Metric] = ofServer + ofQueues + ofConnections + ofLedger + ofFiles + ofProcess
}
