import Text

/// Why the ledger, the register or an account does not do what was asked (错误码).
///
/// Names and numbers are those of `DomainError` in `Proto/jiesuan/v1/error.proto`, which says what each means; what the
/// calculator refuses is `RefusalCode`.
package enum DomainCode: UInt16, CaseIterable, Sendable {
    case factInvalid = 4002
    case dateInvalid = 4003
    case amountOutOfRange = 4004
    case policyNotInForce = 4010
    case purchaseNotValid = 4011
    case notCovered = 4012
    case factMissing = 4013
    case notEntitled = 4014
    case externalNotAllowed = 4015
    case dateInFuture = 4016

    case idInvalid = 4101
    case idReusedWithOtherContent = 4102
    case settlementUnknown = 4103
    case laterSettlementStands = 4104
    case settlementReversed = 4105
    case notConfirmed = 4106
    case storeUnavailable = 4107
    case reconcilePeriodInvalid = 4108

    case personUnknown = 4201
    case institutionUnknown = 4202
    case documentsMissing = 4203
    case channelNotAllowed = 4204
    case prescriptionTooLong = 4205
    case noRule = 4206
    case recognitionRefused = 4207
    case wrongStep = 4208
    case reasonMissing = 4209
    case relationNotRegistered = 4210
    case recordUnknown = 4211
    case recordConflict = 4212
    case institutionNotDesignated = 4213
    case institutionKindNotAllowed = 4214
    case prescriptionUsed = 4215

    case accountUnknown = 4301
    case balanceTooLow = 4302
    case purposeNotAllowed = 4303
    case accountClosed = 4304
    case periodAlreadyCredited = 4305

    /// As in the proto: "PERSON_UNKNOWN".
    package var name: String {
        // Tests compare it with the proto.
        "\(self)".snakeCased.uppercased()
    }
}

/// A refusal that names the field, its value, the rule and what to do; nothing was changed.
package struct DomainRefusal: Error, Equatable, Sendable {
    package var code: DomainCode
    /// The request's field: "settlement_id"; empty where it is no single one's fault.
    package var field: String
    package var value: String
    /// Rule id: "G-12"; empty where none is behind it.
    package var rule: String
    /// What is wrong and what to do.
    package var message: String

    package init(
        _ code: DomainCode, _ field: String = "", _ value: String = "", rule: String = "", _ message: String
    ) {
        self.code = code
        self.field = field
        self.value = value
        self.rule = rule
        self.message = message
    }

    /// One line: "PERSON_UNKNOWN person=17: register the person first".
    package var line: String {
        RefusalLine.text(code.name, field: field, value: field.isEmpty ? nil : value, rule: rule, message)
    }
}
