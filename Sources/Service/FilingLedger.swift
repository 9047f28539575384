import Ledger
import Lists
import Registry
import Settlement

/// What `FilingService` asks of the ledger; used by the one thread that runs its methods.
package protocol FilingLedger: AnyObject, SettledVisits {
    var registry: Registry { get }
    /// The time that the next record will bear.
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
