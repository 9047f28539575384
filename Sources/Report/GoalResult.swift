/// A goal beside what was found.
package struct GoalResult: Equatable, Sendable {
    package enum State: String, Codable, Sendable {
        /// In every round.
        case met
        /// By the median of the rounds, not in each.
        case metByMedian
        case notMet
        case notMeasured
    }

    package let goal: Goal
    /// Nil: not measured.
    package let found: Spread?

    package init(_ goal: Goal, _ results: RunResults, _ table: PointTable) {
        self.goal = goal
        let values = goal.value.rounds(results, table).filter { $0.value.isFinite }
        found =
            if let per = goal.per { Spread.ratio(values, per.rounds(results, table)) } else { Spread(values.values) }
    }

    package var state: State {
        guard let found else { return .notMeasured }
        guard goal.holds(found.median) else { return .notMet }
        return goal.holds(found.min) && goal.holds(found.max) ? .met : .metByMedian
    }

    package var isMet: Bool { state == .met || state == .metByMedian }

    /// "28.1 (26.0 – 33.2)".
    package var foundText: String {
        guard let found else { return "not measured" }
        return NumberText.spread(found, goal.per == nil ? NumberText.figure : NumberText.ratio)
    }
}
