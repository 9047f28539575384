/// The connections of one event loop whose TLS handshake is under way, in the order in which they began.
///
/// Above the limit the one that began first gives way: a client that means it is done within a few round trips, and one
/// that only opens connections keeps nobody out for longer than it takes to open as many again.
struct Handshakes {
    private let limit: Int
    /// Those under way, and some that are not any more; the latter are dropped when there are as many.
    private var queue: [ConnectionToken] = []
    private var first = 0
    private(set) var underWay = 0

    init(limit: Int) { self.limit = limit }

    /// One begins.
    ///
    /// - Returns: whether there is one too many: then `next` has to be asked for it.
    mutating func begin(_ token: ConnectionToken, isUnderWay: (ConnectionToken) -> Bool) -> Bool {
        if queue.count - first > 2 * underWay + Self.spentFree {
            queue = queue[first...].filter(isUnderWay)
            first = 0
        }
        queue.append(token)
        underWay += 1
        return underWay > limit
    }

    /// The one that began first; it is not in the queue any more.
    mutating func next(isUnderWay: (ConnectionToken) -> Bool) -> ConnectionToken? {
        while first < queue.count {
            let token = queue[first]
            first += 1
            if isUnderWay(token) { return token }
        }
        return nil
    }

    /// One ended, whichever way.
    mutating func end() { underWay -= 1 }

    /// Entries of handshakes that ended that are kept in any case.
    private static let spentFree = 64
}
