import Accounts
import Records
import Registry
import Settlement
import WireMessages

/// The answer to a change of accounts.
package struct RemoteAccountAnswer: Equatable, Sendable {
    package struct Change: Equatable, Sendable {
        package var person: UInt64
        /// The platform's number of the person; empty: none.
        package var personNo: String
        package var amount: Fen
        package var balance: Fen
    }
    package var requestID: String
    package var sequence: UInt64
    package var recordedAt: Moment
    package var changes: [Change]
    /// Paid out in cash.
    package var cash: Fen

    init(_ message: Jiesuan__V1__AccountAnswer) {
        requestID = message.request_id.map { String(cString: $0) } ?? ""
        sequence = message.sequence
        recordedAt = Moment(milliseconds: message.recorded_at)
        changes = (0..<message.n_changes).compactMap { index in
            message.changes[index].map {
                Change(
                    person: $0.pointee.person, personNo: wireText($0.pointee.person_no), amount: $0.pointee.amount,
                    balance: $0.pointee.balance)
            }
        }
        cash = message.cash
    }
}

/// The outcome of a monthly run for one person.
package struct RemoteCreditDetail: Equatable, Sendable {
    package var person: UInt64
    /// The platform's number of the person; empty: none.
    package var personNo: String
    package var amount: Fen
    /// The basis of a credit made by this run.
    package var basis: CreditBasis?
    package var wasCredited: Bool
    package var none: NoCredit?
    /// The reason of a refusal.
    package var code: DomainCode?
    package var message: String

    init(_ detail: Jiesuan__V1__CreditDetail) {
        person = detail.person
        personNo = wireText(detail.person_no)
        amount = detail.amount
        basis = CreditBasis(rawValue: UInt8(truncatingIfNeeded: detail.basis.rawValue))
        wasCredited = detail.already != 0
        none = NoCredit(rawValue: UInt8(truncatingIfNeeded: detail.none.rawValue))
        code = DomainCode(ofFailure: Int32(detail.code.rawValue))
        message = detail.message.map { String(cString: $0) } ?? ""
    }
}

extension CreditSums {
    init(_ message: Jiesuan__V1__RunCreditsResponse) {
        self.init()
        persons = Int(message.persons)
        credited = Int(message.credited)
        creditedFen = message.credited_fen
        already = Int(message.already)
        alreadyFen = message.already_fen
        none = Int(message.none)
        refused = Int(message.refused)
    }
}

/// A page of an account's history from a server.
package struct RemoteStatement: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        package var sequence: UInt64
        package var recordedAt: Moment
        /// As in the proto: "MONTHLY_CREDIT", "SETTLEMENT".
        package var kind: String
        package var amount: Fen
        package var balance: Fen
        package var month: CreditMonth?
        package var purpose: UsePurpose?
        package var otherPerson: UInt64
        /// The platform's number of that person; empty: none.
        package var otherPersonNo: String
        package var text: String
    }
    package var entries: [Entry]
    package var opening: Fen
    package var credits: Fen
    package var uses: Fen
    package var closing: Fen
    package var before: UInt64

    init(_ message: Jiesuan__V1__StatementResponse) {
        entries = (0..<message.n_entries).compactMap { index in message.entries[index].map { Entry($0.pointee) } }
        opening = message.opening
        credits = message.credits
        uses = message.uses
        closing = message.closing
        before = message.before
    }
}

extension RemoteStatement.Entry {
    private static let kinds = [
        "UNSPECIFIED", "MONTHLY_CREDIT", "OPENING_BALANCE", "REFUND", "CORRECTION", "USE", "TRANSFER_IN",
        "TRANSFER_OUT", "INHERITED", "BEQUEATHED", "DEREGISTERED", "SETTLEMENT", "REVERSAL",
    ]

    init(_ message: Jiesuan__V1__StatementEntry) {
        let number = Int(message.kind.rawValue)
        kind = Self.kinds.indices.contains(number) ? Self.kinds[number] : "\(number)"
        sequence = message.sequence
        recordedAt = Moment(milliseconds: message.recorded_at)
        amount = message.amount
        balance = message.balance
        month = CreditMonth(yearMonth: Int32(clamping: message.month))
        purpose = UsePurpose(rawValue: UInt8(truncatingIfNeeded: message.purpose.rawValue))
        otherPerson = message.other_person
        otherPersonNo = wireText(message.other_person_no)
        text = message.text.map { String(cString: $0) } ?? ""
    }
}
