import Glibc

/// What a caller may reach, for the services that read its messages; the transport knows nothing of it.
package protocol CallerReach: AnyObject, Sendable {}

/// Who asks: a name for the log, the methods that it may call, what it may reach, and how often it may ask.
///
/// Made by a `CallerDirectory` and shared by every connection and worker that has requests of it.
package final class Caller: Sendable {
    /// As the directory has it; for logs and for the record of who did what. Empty: nobody in particular.
    package let name: String
    /// The methods that it may call, by their numbers in the server's table.
    let methods: MethodSet
    /// nil: everything.
    package let reach: (any CallerReach)?
    /// From when on it is nobody any more, in seconds since 1970-01-01 UTC; 0: it has no end.
    let endsAt: Int
    /// How often it may call; nil: as often as it likes.
    package let calls: RateMeter?
    /// How many items it may send in a second, all calls together; nil: as many as it likes. The services ask it.
    package let items: RateMeter?

    package init(
        name: String, methods: MethodSet, reach: (any CallerReach)?, endsAt: Int = 0, calls: RateMeter? = nil,
        items: RateMeter? = nil
    ) {
        self.name = name
        self.methods = methods
        self.reach = reach
        self.endsAt = endsAt
        self.calls = calls
        self.items = items
    }

    /// Whoever reaches a server that knows no callers: may do everything, as often as it likes.
    package static let everybody = Caller(name: "", methods: .all, reach: nil)

    /// Whoever has not said who it is: may do nothing.
    package static let nobody = Caller(name: "", methods: MethodSet(), reach: NoReach())

    private final class NoReach: CallerReach {}

    /// Whether nothing of what it does has to be looked at.
    @inline(__always)
    package var isUnlimited: Bool { reach == nil }

    /// Whether its time is over; reads the clock only where it has an end.
    @inline(__always)
    var isOver: Bool { endsAt != 0 && Self.seconds >= endsAt }

    private static var seconds: Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        return now.tv_sec
    }
}
