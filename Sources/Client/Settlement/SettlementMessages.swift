import Population
import Settlement
import WireMessages

/// A request to settle a claim durably.
package struct SettlementRequest: Equatable, Sendable {
    package var id: String
    package var person: UInt64
    /// The platform's number of the person (psn_no) and its region; empty: the person is named by `person`.
    package var personNo = ""
    package var personRegion = ""
    /// The institution's code in the register.
    package var institution: String
    /// The claim; its institution and referral are ignored, since the register has them.
    package var claim: ClaimRecord
    /// At a pharmacy: the prescribing institution (CQ-16); empty: none.
    package var prescribingInstitution = ""
    /// Number of the electronic prescription (外购电子处方) and its day (CQ-16).
    package var prescriptionNumber = ""
    package var prescriptionDate = CalendarDate.none
    package var familyAccounts: [UInt64] = []
    /// Owners by the platform's numbers, after the others.
    package var familyAccountNos: [String] = []
    /// 手工报销, with `documents` (CQ-42).
    package var isManual = false
    package var documents: [String] = []
    /// 0: not a long-term prescription (CQ-43).
    package var prescriptionWeeks: UInt32 = 0
    package var referral = ""
    /// Asks for the platform's form of the answer too; not part of the content.
    package var withPlatform = false

    package init(id: String, person: UInt64, institution: String, _ claim: ClaimRecord) {
        self.id = id
        self.person = person
        self.institution = institution
        self.claim = claim
    }

    /// Whether a batch has columns for all of it.
    package var isPlain: Bool {
        personNo.isEmpty && familyAccounts.isEmpty && familyAccountNos.isEmpty && !isManual && documents.isEmpty
            && prescriptionWeeks == 0 && referral.isEmpty && !withPlatform
    }
}

/// A payment by an account, or its refund.
package struct RemotePayment: Equatable, Sendable {
    package var relation: AccountRelationNumber
    package var owner: UInt64
    package var paid: Fen
    package var balance: Fen

    /// 0 own, 1 spouse, 2 parent, 3 child.
    package typealias AccountRelationNumber = UInt32

    init(_ message: Jiesuan__V1__AccountPayment) {
        relation = message.relation.rawValue
        owner = message.owner
        paid = message.paid
        balance = message.balance
    }
}

/// The server's answer of a settlement or a quote.
package struct RemoteSettlement {
    package var id: String
    /// 0: a quote.
    package var sequence: UInt64
    /// Milliseconds since 1970-01-01 UTC.
    package var settledAt: Int64
    package var needsNoDeposit: Bool
    package var outcome: RemoteOutcome
    package var accounts: [RemotePayment]
    /// The platform's form, where it was asked for.
    package var platform: RemotePlatformAnswer?

    init(_ message: Jiesuan__V1__SettleResponse) throws(ClientError) {
        guard let outcome = message.outcome else { throw .badAnswer("SettleResponse has no outcome") }
        id = wireText(message.settlement_id)
        sequence = message.sequence
        settledAt = message.settled_at
        needsNoDeposit = message.no_deposit != 0
        self.outcome = RemoteOutcome(outcome.pointee, message.year_after?.pointee)
        accounts = (0..<outcome.pointee.n_accounts).compactMap { index in
            outcome.pointee.accounts[index].map { RemotePayment($0.pointee) }
        }
        platform = message.platform.map { RemotePlatformAnswer($0.pointee) }
    }
}

/// The server's answer of a reversal.
package struct RemoteReversal {
    package var id: String
    package var sequence: UInt64
    package var reversedAt: Int64
    package var yearAfter: [(name: String, amount: Fen)]
    /// The refund of each account.
    package var accounts: [RemotePayment]
    /// The opposite of the adjustments by year's ends, which are taken back with the settlement.
    package var adjustedFunds: [(fund: String, amount: Fen)]
    package var adjustedCash: Fen
    package var adjustedRecoverable: Fen
    /// The entry that takes a second-round entry back; nil: a settlement was taken back.
    package var secondRound: RemoteSecondRound?

    init(_ message: Jiesuan__V1__ReverseResponse) {
        adjustedFunds = (0..<message.n_adjusted_funds).compactMap { index in
            message.adjusted_funds[index].map { (wireText($0.pointee.fund), $0.pointee.amount) }
        }
        adjustedCash = message.adjusted_cash
        adjustedRecoverable = message.adjusted_recoverable
        secondRound = message.second_round.map { RemoteSecondRound($0.pointee) }
        id = wireText(message.settlement_id)
        sequence = message.sequence
        reversedAt = message.reversed_at
        yearAfter = amounts(message.year_after?.pointee)
        accounts = (0..<message.n_accounts).compactMap { index in
            message.accounts[index].map { RemotePayment($0.pointee) }
        }
    }
}

/// A recorded settlement.
package struct RemoteRecord {
    package var request: SettlementRequest
    package var answer: RemoteSettlement
    package var region: String
    package var changes: [(name: String, before: Fen, after: Fen)]
    /// Sequence of the reversal; 0: not reversed.
    package var reversedBy: UInt64
    package var reversedAt: Int64
    package var reversalReason: String
    /// Whether the clock was ahead at its recording: the order is right, the time is not.
    package var isSettledAtUntrusted: Bool
    package var isReversedAtUntrusted: Bool
    package var institution: Institution
    /// Adjustments by year's ends, the oldest first.
    package var adjustments: [RemoteAdjustment]
    /// Second-round entries, the oldest first, including those that take one back (SY-4).
    package var secondRounds: [RemoteSecondRound]
    /// Later payments by recognitions that lower the settlement's cash (YT-7).
    package var recognitionParts: [RemoteRecognitionPart]
    /// The platform's number of the person, as registered now; empty: none.
    package var personNo: String
    /// The platform's form of the answer; nil: from an older server.
    package var platform: RemotePlatformAnswer?
    /// In whose name it was settled, and taken back; nil: nobody was named.
    package var recordedBy: RemoteOrigin?
    package var reversalRecordedBy: RemoteOrigin?

    init(_ message: Jiesuan__V1__SettlementRecord) throws(ClientError) {
        guard let request = message.request, let answer = message.answer else {
            throw .badAnswer("SettlementRecord has no request or answer")
        }
        self.request = SettlementRequest(request.pointee)
        self.answer = try RemoteSettlement(answer.pointee)
        region = wireText(message.region)
        personNo = wireText(message.person_no)
        changes = (0..<message.n_changes).compactMap { index in
            message.changes[index].map { (wireText($0.pointee.name), $0.pointee.before, $0.pointee.after) }
        }
        reversedBy = message.reversed_by
        reversedAt = message.reversed_at
        reversalReason = wireText(message.reversal_reason)
        isSettledAtUntrusted = message.settled_at_untrusted != 0
        isReversedAtUntrusted = message.reversed_at_untrusted != 0
        adjustments = (0..<message.n_adjustments).compactMap { index in
            message.adjustments[index].map { RemoteAdjustment($0.pointee) }
        }
        secondRounds = (0..<message.n_second_rounds).compactMap { index in
            message.second_rounds[index].map { RemoteSecondRound($0.pointee) }
        }
        recognitionParts = (0..<message.n_recognition_parts).compactMap { index in
            message.recognition_parts[index].map { RemoteRecognitionPart($0.pointee) }
        }
        platform = message.platform.map { RemotePlatformAnswer($0.pointee) }
        recordedBy = message.recorded_by.map { RemoteOrigin($0.pointee) }
        reversalRecordedBy = message.reversal_recorded_by.map { RemoteOrigin($0.pointee) }
        let hospital = message.institution?.pointee
        institution = Institution(
            level: hospital.flatMap { Level(rawValue: UInt8(truncatingIfNeeded: $0.level.rawValue)) } ?? .unspecified,
            isChineseMedicine: hospital?.chinese_medicine == 1, isCountyArea: hospital?.county_area == 1,
            isOutOfCity: hospital?.out_of_city == 1)
    }
}

/// An adjustment of a settlement by a year's end (年终调整, rule G-13); amounts in fen.
package struct RemoteAdjustment {
    package var sequence: UInt64
    /// Milliseconds since 1970-01-01 UTC.
    package var adjustedAt: Int64
    package var run: UInt64
    package var reason: String
    /// The change of each fund's payment.
    package var funds: [(fund: String, amount: Fen)]
    package var cash: Fen
    /// The amount that the person has to pay back (应退).
    package var recoverable: Fen
    /// The refund of each account.
    package var accounts: [RemotePayment]

    init(_ message: Jiesuan__V1__Adjustment) {
        sequence = message.sequence
        adjustedAt = message.adjusted_at
        run = message.run
        reason = wireText(message.reason)
        funds = (0..<message.n_funds).compactMap { index in
            message.funds[index].map { (wireText($0.pointee.fund), $0.pointee.amount) }
        }
        cash = message.cash
        recoverable = message.recoverable
        accounts = (0..<message.n_accounts).compactMap { index in
            message.accounts[index].map { RemotePayment($0.pointee) }
        }
    }
}

/// A payment of the second round to a settlement, or one that takes it back (SY-4); amounts in fen.
package struct RemoteSecondRound: Equatable, Sendable {
    package var sequence: UInt64
    /// Milliseconds since 1970-01-01 UTC.
    package var paidAt: Int64
    package var run: UInt64
    package var round: UInt32
    package var fund: String
    package var amount: Fen
    package var cash: Fen
    package var recoverable: Fen
    /// Sequence of the entry that it takes back; 0: a payment.
    package var takesBack: UInt64
    package var isTakenBack: Bool
    package var reason: String

    init(_ message: Jiesuan__V1__SecondRound) {
        sequence = message.sequence
        paidAt = message.paid_at
        run = message.run
        round = message.round
        fund = wireText(message.fund)
        amount = message.amount
        cash = message.cash
        recoverable = message.recoverable
        takesBack = message.takes_back
        isTakenBack = message.is_taken_back != 0
        reason = wireText(message.reason)
    }
}

/// The part of a recognition's payment that lowers a settlement's cash (YT-7, I-39); in fen.
package struct RemoteRecognitionPart: Equatable, Sendable {
    package var sequence: UInt64
    /// Milliseconds since 1970-01-01 UTC.
    package var paidAt: Int64
    package var year: Int32
    package var amount: Fen

    init(_ message: Jiesuan__V1__RecognitionPart) {
        sequence = message.sequence
        paidAt = message.paid_at
        year = message.year
        amount = message.amount
    }
}

/// A line of a person's year.
package struct RemoteYearLine: Equatable, Sendable {
    package var id: String
    package var sequence: UInt64
    package var at: Int64
    package var isReversal: Bool
    package var isReversed: Bool
    package var kind: ClaimKind
    package var serviceDate: CalendarDate
    package var institution: String
    package var total: Fen
    package var fundTotal: Fen
    package var accountTotal: Fen
    package var cash: Fen
    /// Whether it is a year's end's adjustment; amounts are changes.
    package var isAdjustment: Bool
    package var recoverable: Fen
    /// Number of a second-round entry (SY-4), whose amounts are changes; 0: none.
    package var round: UInt32
    /// Whether it is a recognition's payment beside settlements (YT-7); amounts are changes.
    package var isRecognition: Bool
    /// Whether it takes a second-round entry or a recognition back.
    package var isTakenBack: Bool

    init(_ message: Jiesuan__V1__ListYearEntry) {
        id = wireText(message.settlement_id)
        sequence = message.sequence
        at = message.at
        isReversal = message.is_reversal != 0
        isReversed = message.is_reversed != 0
        kind = ClaimKind(rawValue: UInt8(truncatingIfNeeded: message.kind.rawValue)) ?? .unspecified
        serviceDate = CalendarDate(Int32(clamping: message.service_date))
        institution = wireText(message.institution)
        total = message.total
        fundTotal = message.fund_total
        accountTotal = message.account_total
        cash = message.cash
        isAdjustment = message.is_adjustment != 0
        round = message.round
        isRecognition = message.is_recognition != 0
        isTakenBack = message.is_taken_back != 0
        recoverable = message.recoverable
    }
}

/// One column of a comparison (SY-9).
package struct RemoteColumn {
    /// Empty: a level by itself.
    package var institution: String
    package var level: Level
    /// The outcome; nil: refused, with the reason in `refusal`.
    package var outcome: RemoteOutcome?
    package var inPolicyBasisPoints: Int
    package var totalBasisPoints: Int
    package var refusal: RemoteRefusal?

    init(_ message: Jiesuan__V1__CompareColumn) {
        institution = wireText(message.institution)
        level = Level(rawValue: UInt8(truncatingIfNeeded: message.level.rawValue)) ?? .unspecified
        outcome = message.outcome.map { RemoteOutcome($0.pointee, nil) }
        inPolicyBasisPoints = Int(message.in_policy_basis_points)
        totalBasisPoints = Int(message.total_basis_points)
        refusal = message.error.map { RemoteRefusal($0.pointee) }
    }
}

/// The accumulators of a year, by name.
func amounts(_ year: Jiesuan__V1__YearState?) -> [(name: String, amount: Fen)] {
    (0..<(year?.n_accumulators ?? 0)).compactMap { index in
        year?.accumulators[index].map { (wireText($0.pointee.name), $0.pointee.amount) }
    }
}
