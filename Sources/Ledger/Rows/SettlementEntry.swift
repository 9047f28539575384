import LedgerFormat
import Records
import Registry
import Settlement

/// One settlement with all its values, as made and as read from the journal.
///
/// The ledger reuses a few entries, so that settling allocates nothing; a service reads one during the call. Unchecked
/// exclusivity: the code that fills the parts never calls back.
package final class SettlementEntry {
    /// Longest settlement id, in bytes.
    package static let idBytesMax = 64

    /// An account that the settlement could use, and its payment.
    package struct Account: Equatable, Sendable, BitwiseCopyable {
        package var owner: UInt64 = 0
        /// 0 own, 1 spouse, 2 parent, 3 child.
        package var relation: UInt8 = 0
        package var paid: Fen = 0
        package var balanceAfter: Fen = 0
        /// The account's previous entry, for its statement; 0: none.
        package var previous: UInt64 = 0

        package init() {}
    }

    /// Optional parts of the request, which few claims have.
    package struct Extras: Equatable, Sendable {
        package var familyAccounts: [UInt64] = []
        package var documents: [String] = []
        package var prescriptionWeeks: UInt32 = 0
        package var referral = ""
        /// 外购电子处方: its number at the prescribing institution (CQ-16); empty: none was named.
        package var prescription = ""
        package var prescriptionDate = CalendarDate.none

        package init() {}
        package var isEmpty: Bool {
            familyAccounts.isEmpty && documents.isEmpty && prescriptionWeeks == 0 && referral.isEmpty
                && !hasPrescription
        }
        var hasPrescription: Bool { !prescription.isEmpty || prescriptionDate != .none }
    }

    private let idStorage: UnsafeMutableRawPointer
    @exclusivity(unchecked) private var idCount = 0
    package var id: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: idStorage, count: idCount) }

    @exclusivity(unchecked) package var position = Position.none
    @exclusivity(unchecked) package var settledAt = Moment(milliseconds: 0)
    /// Whether this is the recorded settlement of a repeated request.
    @exclusivity(unchecked) package var isDuplicate = false

    @exclusivity(unchecked) package var person: UInt64 = 0
    @exclusivity(unchecked) package var institution: UInt32 = 0
    @exclusivity(unchecked) package var prescribing: UInt32 = 0
    @exclusivity(unchecked) package var channel = Channel.online
    @exclusivity(unchecked) package var needsNoDeposit = false
    @exclusivity(unchecked) package var extras = Extras()

    /// Number of the pack in the ledger's archive.
    @exclusivity(unchecked) package var pack: UInt32 = 0
    @exclusivity(unchecked) package var claim = Claim(kind: .unspecified, serviceDate: .none, cost: CostSplit(total: 0))
    @exclusivity(unchecked) package var facts = PersonFacts(insurance: .unspecified)

    package let outcome: UnsafeMutablePointer<Outcome>
    /// The year's accumulators by slot, `slotCount` of them.
    package let yearBefore: UnsafeMutablePointer<Fen>
    package let yearAfter: UnsafeMutablePointer<Fen>
    @exclusivity(unchecked) package var slotCount = 0

    package let accounts: UnsafeMutablePointer<Account>
    @exclusivity(unchecked) package var accountCount = 0

    /// The previous settlement in force of the same person and year, and the previous record of any kind.
    @exclusivity(unchecked) package var previousStanding = Position.none
    @exclusivity(unchecked) package var previousRecord = Position.none

    package init() {
        idStorage = .allocate(byteCount: Self.idBytesMax, alignment: 8)
        outcome = .allocate(capacity: 1)
        outcome.initialize(to: Outcome())
        yearBefore = .allocate(capacity: CalculatorLimit.slotsMax)
        yearBefore.initialize(repeating: 0, count: CalculatorLimit.slotsMax)
        yearAfter = .allocate(capacity: CalculatorLimit.slotsMax)
        yearAfter.initialize(repeating: 0, count: CalculatorLimit.slotsMax)
        accounts = .allocate(capacity: CalculatorLimit.accountsMax)
        accounts.initialize(repeating: Account(), count: CalculatorLimit.accountsMax)
    }

    deinit {
        idStorage.deallocate()
        outcome.deallocate()
        yearBefore.deallocate()
        yearAfter.deallocate()
        accounts.deallocate()
    }

    /// - Precondition: at most `idBytesMax` bytes.
    package func setID(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= Self.idBytesMax)
        idCount = bytes.count
        if let source = bytes.baseAddress { idStorage.copyMemory(from: source, byteCount: bytes.count) }
    }

    package var idText: String { String(decoding: id, as: UTF8.self) }

    /// Paid by the person's own and the family's accounts.
    package var accountTotal: Fen { outcome.pointee.accountPaid + outcome.pointee.familyAccountPaid }

    package var year: Int32 { claim.serviceDate.year }
}
