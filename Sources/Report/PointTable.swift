import Measurement

/// The figures of a benchmark, found by what they are of.
package struct PointTable: Sendable {
    package struct Key: Hashable, Comparable {
        package let group: String
        package let workload: String
        package let contender: String
        package let unit: String

        package static func < (one: Key, other: Key) -> Bool {
            (one.group, one.workload, one.contender, one.unit)
                < (other.group, other.workload, other.contender, other.unit)
        }
    }

    package enum Field: String, Codable, Sendable { case value, p50, p99 }

    private var points: [Key: [Int: BenchPoint]] = [:]

    package init(_ points: [BenchPoint]) {
        for point in points {
            let key = Key(
                group: point.group, workload: point.workload, contender: point.contender, unit: point.unit)
            self.points[key, default: [:]][point.round] = point
        }
    }

    /// Sorted; nil: any.
    package func keys(
        group: String? = nil, workload: String? = nil, contender: String? = nil, unit: String? = nil
    ) -> [Key] {
        points.keys.filter {
            (group ?? $0.group) == $0.group && (workload ?? $0.workload) == $0.workload
                && (contender ?? $0.contender) == $0.contender && (unit ?? $0.unit) == $0.unit
        }.sorted()
    }

    /// By round.
    package func rounds(_ key: Key, _ field: Field = .value) -> [Int: Double] {
        (points[key] ?? [:]).compactMapValues { point in
            switch field {
            case .value: point.value
            case .p50: point.p50
            case .p99: point.p99
            }
        }
    }

    package func spread(_ key: Key, _ field: Field = .value) -> Spread? { Spread(rounds(key, field).values) }

    /// Of several figures the greatest of each round, or the least.
    package func best(_ keys: [Key], _ field: Field, isGreatest: Bool) -> [Int: Double] {
        keys.reduce(into: [:]) { best, key in
            best.merge(rounds(key, field)) { isGreatest ? max($0, $1) : min($0, $1) }
        }
    }

    /// Workloads of a group: the well-known first, the others so that numbers in names rise.
    package func workloads(_ group: String) -> [String] {
        Set(keys(group: group).map(\.workload)).sorted { one, other in
            let known = Workloads.order
            let ranks = (known.firstIndex(of: one) ?? known.count, known.firstIndex(of: other) ?? known.count)
            return ranks.0 == ranks.1 ? one.precedes(other) : ranks.0 < ranks.1
        }
    }
}

extension String {
    /// As a reader sorts: "batch-1000" before "batch-65536", whatever the digits.
    func precedes(_ other: String) -> Bool {
        func parts(_ text: String) -> [(text: String, number: Int)] {
            var parts: [(text: String, number: Int)] = []
            for letter in text {
                if let digit = letter.wholeNumberValue, letter.isASCII, let last = parts.last, last.number >= 0,
                    last.number < 1_000_000_000_000
                {
                    parts[parts.count - 1].number = last.number * 10 + digit
                } else if let digit = letter.wholeNumberValue, letter.isASCII {
                    parts.append(("", digit))
                } else {
                    parts.append((String(letter), -1))
                }
            }
            return parts
        }
        for (one, two) in zip(parts(self), parts(other)) {
            if one.text != two.text { return one.text < two.text }
            if one.number != two.number { return one.number < two.number }
        }
        return (count, self) < (other.count, other)
    }
}
