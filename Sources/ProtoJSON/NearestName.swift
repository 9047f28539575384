/// The name that somebody who misspelt one meant.
enum NearestName {
    /// Longer names are not compared: the work grows with the product of two lengths.
    private static let lengthMax = 100

    /// The one of `names` that the fewest letters part from `asked`; nil where none is near: a third of its letters.
    static func of(_ asked: String, among names: [String]) -> String? {
        let wanted = Array(asked.lowercased().utf8.prefix(lengthMax))
        let distances = names.map { (name: $0, distance: distance(wanted, Array($0.lowercased().utf8))) }
        guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(2, wanted.count / 3) ? best.name : nil
    }

    /// Letters to insert, remove, replace or swap with a neighbour.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var rows = [[Int]](repeating: [Int](0...right.count), count: 3)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                let change = rows[2][j] + (left[i] == right[j] ? 0 : 1)
                var best = min(row[j] + 1, rows[2][j + 1] + 1, change)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, rows[1][j - 1] + 1)
                }
                row.append(best)
            }
            rows = [rows[1], rows[2], row]
        }
        return rows[2][right.count]
    }
}
