/// Suggests the intended name for a misspelt one.
package enum NearestName {
    /// The one of `names` that is nearest to `name`, where it is near enough to be meant: at most one mistake in three
    /// letters, and at most three; nil: none is. A mistake is a letter too many, too few, another or two exchanged.
    package static func of(_ name: String, among names: some Sequence<String>) -> String? {
        let bound = min(3, max(1, name.utf8.count / 3))
        var best: (distance: Int, name: String)?
        for candidate in names {
            let most = best.map { $0.distance - 1 } ?? bound
            let distance = distance(Array(name.utf8), Array(candidate.utf8), upTo: most)
            if let distance { best = (distance, candidate) }
        }
        return best?.name
    }

    /// Mistakes between two texts (optimal string alignment); nil: more than `bound`.
    private static func distance(_ left: [UInt8], _ right: [UInt8], upTo bound: Int) -> Int? {
        guard bound >= 0, abs(left.count - right.count) <= bound else { return nil }
        var before: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var next = [row + 1]
            for (column, other) in right.enumerated() {
                var mistakes = min(last[column + 1], next[column]) + 1
                mistakes = min(mistakes, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    mistakes = min(mistakes, before[column - 1] + 1)
                }
                next.append(mistakes)
            }
            (before, last) = (last, next)
        }
        return last[right.count] <= bound ? last[right.count] : nil
    }
}
