/// How many answers of which methods leave together; a few methods at most, without memory of its own.
struct MethodTally: Sendable {
    private static let rowsMax = 4

    private var methods = InlineArray<4, Int32>(repeating: -1)
    private var counts = InlineArray<4, Int32>(repeating: 0)
    private var rows = 0
    /// The request that was answered last.
    private(set) var last: (method: Int32, id: Int64, logID: Int64, isOfDoor: Bool) = (-1, 0, 0, false)

    /// Whether another method might find no row: what was counted has to leave first.
    var isFull: Bool { rows == Self.rowsMax }

    /// Counts an answer; not when it `isFull`, but for a method that has a row.
    @inline(__always)
    mutating func add(_ head: RequestHead) {
        let method = head.methodIndex
        last = (method, head.correlationID, head.logID, head.traits.contains(.failureParts))
        if rows > 0, methods[rows &- 1] == method {
            counts[rows &- 1] &+= 1
        } else {
            addElsewhere(method)
        }
    }

    private mutating func addElsewhere(_ method: Int32) {
        for row in 0..<rows where methods[row] == method {
            counts[row] &+= 1
            return
        }
        precondition(rows < Self.rowsMax, "answers of five methods leave together")
        methods[rows] = method
        counts[rows] = 1
        rows += 1
    }

    /// Adds the answers, which took so many nanoseconds, to a thread's histograms of methods.
    func record(_ nanoseconds: UInt64, in durations: Histograms) {
        for row in 0..<rows { durations.add(nanoseconds, count: Int(counts[row]), row: Int(methods[row])) }
    }
}
