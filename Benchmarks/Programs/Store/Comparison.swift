/// The rounds of both sides.
struct Comparison {
    var store: [Round] = []
    var bare: [Round] = []

    func report(rows: Int, rowBytes: Int) {
        line("store", store, rows: rows, rowBytes: rowBytes)
        line("bare", bare, rows: rows, rowBytes: rowBytes)
        let ratios = zip(store, bare).map { $1.total / $0.total }.sorted()
        let latencies = zip(store, bare).map { median($0.commits) / median($1.commits) }.sorted()
        print(
            "  store ÷ bare, min median max of rounds: throughput \(spread(ratios)), "
                + "p50 of a commit \(spread(latencies))"
        )
    }

    /// The same as a line of JSON a side; times are nanoseconds of a commit.
    func reportJSON(rows: Int) {
        for (side, rounds) in [("store", store), ("bare", bare)] {
            let sums = Sums(rounds)
            print(
                "{\"rows\":\(rows),\"side\":\"\(side)\",\"rowsPerSecond\":\(sums.perSecond * Double(rows)),"
                    + "\"p50\":\(sums.quantile(0.5)),\"p99\":\(sums.quantile(0.99))}")
        }
    }

    private struct Sums {
        /// Of the median round, because other programs disturb some.
        let perSecond: Double
        private let commits: [Double]

        init(_ rounds: [Round]) {
            let totals = rounds.map { $0.total / Double($0.commits.count) }.sorted()
            perSecond = 1e9 / totals[totals.count / 2]
            commits = rounds.flatMap(\.commits).sorted()
        }

        func quantile(_ share: Double) -> Double {
            commits[min(commits.count - 1, Int(Double(commits.count) * share))]
        }
    }

    private func line(_ side: String, _ rounds: [Round], rows: Int, rowBytes: Int) {
        let sums = Sums(rounds)
        let perSecond = sums.perSecond
        func milliseconds(_ share: Double) -> String { decimal(sums.quantile(share) / 1e6, 3, width: 9) }
        let cells = [
            "\(rows) rows".padded(to: 12), side.padded(to: 6), decimal(perSecond, 1, width: 12),
            decimal(perSecond * Double(rows), 0, width: 12),
            decimal(perSecond * Double(rows * rowBytes) / 1e6, 1, width: 8), "          ", milliseconds(0.5),
            milliseconds(0.99), milliseconds(1),
        ]
        print(cells.joined())
    }

    private func spread(_ sorted: [Double]) -> String {
        [sorted[0], sorted[sorted.count / 2], sorted[sorted.count - 1]]
            .map { decimal($0, 2, width: 0) }.joined(separator: " ")
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// A number with so many digits after the point, right-aligned.
private func decimal(_ value: Double, _ digits: Int, width: Int) -> String {
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    let fraction = String(scaled % scale)
    let text =
        digits == 0
        ? "\(scaled)" : "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    return String(repeating: " ", count: max(0, width - text.count)) + text
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
