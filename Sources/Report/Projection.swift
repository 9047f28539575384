import Measurement

/// Will the year's end fit into the night? The claims of a year over the measured rate.
package struct Projection: Equatable, Sendable {
    package struct Question: Equatable, Sendable {
        package var population: Int
        package var claimsPerPerson: Double
        package var nightHours: Double

        package init(population: Int = 3_200_000, claimsPerPerson: Double = 10, nightHours: Double = 8) {
            self.population = population
            self.claimsPerPerson = claimsPerPerson
            self.nightHours = nightHours
        }

        package var claims: Double { Double(population) * claimsPerPerson }
    }

    package enum Verdict: String, Codable, Sendable {
        /// The slowest round needs at most half of the night.
        case fits
        /// The slowest round needs more than half of it, and no more than all of it.
        case tight
        case doesNotFit
        case unknown
        /// A run had wrong answers: no figure of it may be used.
        case void
    }

    /// One way to settle the year's claims.
    package struct Way: Equatable, Sendable {
        package enum Kind: String, Codable, CaseIterable, Sendable {
            /// For keeps, in batches: what the year's end is judged by.
            case settleBatch
            case calculateBatch
            /// For keeps, one by one.
            case settle
        }

        package let kind: Kind
        /// Claims a second.
        package let rate: Spread

        /// Of the median round.
        package func seconds(_ question: Question) -> Double { question.claims / rate.median }
        /// Of the slowest round.
        package func secondsMost(_ question: Question) -> Double { question.claims / rate.min }
    }

    /// Share of the night that leaves room for a second attempt.
    package static let roomyShare = 0.5

    package let question: Question
    /// Those that were measured.
    package let ways: [Way]
    package let verdict: Verdict

    package init(_ question: Question, _ results: RunResults, _ table: PointTable) {
        self.question = question
        let ways = Way.Kind.allCases.compactMap { kind in
            Self.rate(kind, results, table).flatMap { $0.min > 0 ? Way(kind: kind, rate: $0) : nil }
        }
        self.ways = ways
        guard let way = ways.first(where: { $0.kind == .settleBatch }) else {
            verdict = results.wrongAnswers > 0 ? .void : .unknown
            return
        }
        let share = way.secondsMost(question) / (question.nightHours * 3_600)
        verdict =
            results.wrongAnswers > 0 ? .void : share <= Self.roomyShare ? .fits : share <= 1 ? .tight : .doesNotFit
    }

    /// What the verdict rests on.
    package var basis: Way? { ways.first { $0.kind == .settleBatch } }

    /// Share of the night; nil: not measured.
    package var share: Double? { basis.map { $0.seconds(question) / (question.nightHours * 3_600) } }

    /// Rates of the points, over their rounds; else that of the best closed load run of the kind.
    private static func rate(_ kind: Way.Kind, _ results: RunResults, _ table: PointTable) -> Spread? {
        let workloads: [String]
        let loadKind: String
        switch kind {
        case .settleBatch: (workloads, loadKind) = (["settle-batch"], "settle-batch")
        case .calculateBatch: (workloads, loadKind) = (["batch-65536", "batch-1000"], "batch")
        case .settle: (workloads, loadKind) = (["settle-256"], "settle")
        }
        // A call of `settle` is a claim; of batches only rates of claims count.
        let units = kind == .settle ? ["claims/s", "settlements/s", "calls/s"] : ["claims/s", "settlements/s"]
        for workload in workloads {
            let keys = table.keys(workload: workload, contender: Contenders.ours).filter { units.contains($0.unit) }
            if let key = keys.first, let spread = table.spread(key) { return spread }
        }
        let runs = results.loads.map(\.record).filter {
            $0.workload.kind == loadKind && $0.workload.loop == "closed" && $0.workload.compression == "none"
        }
        return runs.max { $0.goodClaims < $1.goodClaims }.flatMap { Spread([$0.goodClaims]) }
    }
}
