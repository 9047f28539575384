import Synchronization

/// Who may call a server, and whether it takes writes; changed while it serves, from any thread.
package final class AccessControl: Sendable {
    /// A call that was refused because of who asked.
    package struct Denial: Sendable {
        package let caller: Caller
        /// "SettlementService/Settle"; empty: before a method was known.
        package let method: String
        package let peer: PeerAddress?
        package let status: CallStatus

        package init(caller: Caller, method: String, peer: PeerAddress?, status: CallStatus) {
            self.caller = caller
            self.method = method
            self.peer = peer
            self.status = status
        }
    }

    private struct Known {
        var directory: (any CallerDirectory)?
    }

    /// What is said of a method that the caller's role does not have.
    package typealias Wording = @Sendable (_ caller: Caller, _ method: Method) -> CallStatus

    private let known: Mutex<Known>
    /// Counts the directories: connections ask again who calls when it has changed.
    private let number = Atomic<UInt64>(1)
    private let mode: MaintenanceMode
    /// Whether callers have to be known at all; it never changes while the server runs.
    package let isGuarded: Bool
    let wrongTokens = WrongTokens()
    let wording: Wording
    private let maintenance: CallStatus
    private let observer: @Sendable (Denial) -> Void

    /// - Parameters:
    ///   - directory: nil: whoever reaches the server may do everything.
    ///   - mode: whether writes are taken.
    ///   - wording: why a caller may not call a method.
    ///   - maintenance: what writes are told while the server takes none.
    ///   - observer: told of every denial; on any thread, and must not block.
    package init(
        _ directory: (any CallerDirectory)?, mode: MaintenanceMode = MaintenanceMode(), wording: @escaping Wording,
        maintenance: CallStatus,
        observer: @escaping @Sendable (Denial) -> Void
    ) {
        known = Mutex(Known(directory: directory))
        isGuarded = directory != nil
        self.mode = mode
        self.wording = wording
        self.maintenance = maintenance
        self.observer = observer
    }

    /// Takes a new list of callers in the old one's place, for every request that is read from now on.
    package func replace(_ directory: any CallerDirectory) {
        precondition(isGuarded, "a server without callers gets none while it runs")
        known.withLock { $0.directory = directory }
        number.add(1, ordering: .releasing)
    }

    /// Which list of callers is in force: a number that grows.
    @inline(__always)
    var generation: UInt64 { number.load(ordering: .acquiring) }

    func find(token: UnsafeRawBufferPointer) -> Caller? {
        known.withLock { $0.directory }?.caller(token: token)
    }

    func find(certificate: PeerCertificate) -> Caller? {
        known.withLock { $0.directory }?.caller(certificate: certificate)
    }

    /// Tells whoever watches that a call was refused because of who asked.
    package func report(_ denial: Denial) { observer(denial) }

    // MARK: Maintenance

    /// Whether a request has to be looked at.
    @inline(__always)
    var isAsked: Bool { isGuarded || mode.isReadOnly }

    /// Whether methods that write are refused.
    var isReadOnly: Bool { mode.isReadOnly }

    /// What a method that writes is told meanwhile.
    var maintenanceRefusal: CallStatus { maintenance }
}
