import Ledger
import Lists
import RPC
import Records
import Registry
import Settlement

/// The ledger operations that `FilingService` needs; used only by the thread that runs its methods.
package protocol FilingLedger: AnyObject {
    var registry: Registry { get }
    /// The time stamp of the next record.
    var now: Moment { get }

    /// Journals events, all or none, and applies them.
    func record(_ events: [RegistryEvent]) throws(DomainRefusal)

    /// The recognitions of a person (YT-7).
    func recognitions(of person: UInt64) -> RecognitionState

    /// Everybody who has applied for one.
    var recognisedPersons: Set<UInt64> { get }

    /// Decides a step of a recognition (`RecognitionState.decide`) and records it; what it pays beside settlements, or
    /// takes back, is in the payment.
    func recognise(
        _ person: UInt64, _ command: RecognitionCommand
    ) throws(DomainRefusal) -> (event: RecognitionEvent, payment: RecognitionPayment?)
}

/// Registers and settled visits as they stood at one moment, while lists are made of them.
package struct FilingView {
    package let registry: Registry
    package let visits: any SettledVisits
    /// The time of the moment.
    package let now: Moment
    /// Everybody who had applied for a recognition (YT-7).
    package let recognisedPersons: Set<UInt64>

    package init(_ registry: Registry, visits: any SettledVisits, now: Moment, recognisedPersons: Set<UInt64>) {
        self.registry = registry
        self.visits = visits
        self.now = now
        self.recognisedPersons = recognisedPersons
    }

    var filings: FilingRegister { registry.filings }
    var today: CalendarDate { now.date }
}

/// Snapshot reads for lists, on threads beside the sequencer.
package protocol FilingReading: Sendable {
    /// Calls `body` on this thread with the registers and settled visits of one moment; returns its value when
    /// everything it read is durable.
    ///
    /// `body` is restarted when a change of the registers has to go first, so it must write its answer last.
    func read<Value>(
        _ call: Call, _ body: (FilingView) throws(DomainRefusal) -> Value
    ) throws(CallFailure) -> Value

    /// Runs `body` on the sequencer; every request waits meanwhile.
    func change<Value: Sendable>(
        _ body: @escaping @Sendable (any FilingLedger) throws(DomainRefusal) -> Value
    ) throws(CallFailure) -> Value
}
