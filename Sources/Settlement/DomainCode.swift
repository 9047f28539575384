/// Why a claim is not settled, or the ledger, the register or an account does not do what was asked (错误码).
///
/// Names and numbers are those of `DomainError` in `Proto/jiesuan/v1/error.proto`; `ErrorRegistry` says what each
/// means. Where several apply to a claim, the one with the lowest number is reported; the calculator reports no other
/// than 4001 to 4015.
package enum DomainCode: UInt16, CaseIterable, Sendable, BitwiseCopyable {
    /// No error.
    case none = 0

    case regionUnknown = 4001
    case factInvalid = 4002
    case dateInvalid = 4003
    case amountOutOfRange = 4004
    case amountsDoNotAddUp = 4005
    case partExceedsWhole = 4006
    case yearMismatch = 4007
    case accumulatorUnknown = 4008
    case accumulatorOutOfRange = 4009
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

    case notPermitted = 4401
    case readOnly = 4402

    /// The code of a failure by its number; nil: 0, which is no failure, or a number that no code here has.
    package init?(ofFailure number: some BinaryInteger) {
        guard number != 0, let raw = UInt16(exactly: number), let code = DomainCode(rawValue: raw) else { return nil }
        self = code
    }
}
