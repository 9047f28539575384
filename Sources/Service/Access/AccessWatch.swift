import RPC
import Synchronization

/// Who is told of calls that were refused because of who asked, and of look-ups of single persons.
package final class AccessWatch: Sendable {
    /// A look-up of one person by an institution, which may ask for one at a time only.
    package struct LookUp: Sendable {
        package let caller: Caller
        /// "jiesuan.v1.RegistryService/GetYear".
        package let method: String
        /// By our number; 0: it was named otherwise.
        package let person: UInt64
        /// In whose name the call is made, and where it comes from.
        package let origin: CallOrigin?
    }

    private let onDenial: @Sendable (AccessControl.Denial) -> Void
    private let onLookUp: @Sendable (LookUp) -> Void
    private let denialCount = Atomic<Int>(0)
    private let lookUpCount = Atomic<Int>(0)

    /// Both are called on any thread, and must not block.
    package init(
        onDenial: @escaping @Sendable (AccessControl.Denial) -> Void = { _ in },
        onLookUp: @escaping @Sendable (LookUp) -> Void = { _ in }
    ) {
        self.onDenial = onDenial
        self.onLookUp = onLookUp
    }

    /// Calls refused because of who asked, since the server began.
    package var denials: Int { denialCount.load(ordering: .relaxed) }

    /// Look-ups of single persons by institutions, since the server began.
    package var lookUps: Int { lookUpCount.load(ordering: .relaxed) }

    package func denied(_ denial: AccessControl.Denial) {
        denialCount.add(1, ordering: .relaxed)
        onDenial(denial)
    }

    func lookedUp(_ lookUp: LookUp) {
        lookUpCount.add(1, ordering: .relaxed)
        onLookUp(lookUp)
    }
}
