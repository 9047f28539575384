import Population
import Settlement
import WireMessages

extension WireObjects {
    /// `request` as a message whose memory lives as long as this object.
    func settle(_ request: SettlementRequest) -> UnsafeMutablePointer<Jiesuan__V1__SettleRequest> {
        let message = make(jiesuan__v1__settle_request__init)
        message.pointee.settlement_id = string(request.id)
        message.pointee.person = request.person
        message.pointee.person_no = string(request.personNo)
        message.pointee.person_region = string(request.personRegion)
        message.pointee.n_family_account_nos = request.familyAccountNos.count
        message.pointee.family_account_nos = array(request.familyAccountNos.map(string))
        message.pointee.institution = string(request.institution)
        message.pointee.claim = settledClaim(request.claim)
        message.pointee.prescribing_institution = string(request.prescribingInstitution)
        message.pointee.n_family_accounts = request.familyAccounts.count
        message.pointee.family_accounts = values(request.familyAccounts)
        message.pointee.channel = Jiesuan__V1__Channel(rawValue: request.isManual ? 1 : 0)
        message.pointee.n_documents = request.documents.count
        message.pointee.documents = array(request.documents.map(string))
        message.pointee.prescription_weeks = request.prescriptionWeeks
        message.pointee.referral = string(request.referral)
        message.pointee.prescription_number = string(request.prescriptionNumber)
        message.pointee.prescription_date = UInt32(bitPattern: request.prescriptionDate.number)
        message.pointee.with_platform = request.withPlatform ? 1 : 0
        return message
    }

    /// The claim without the register's facts.
    private func settledClaim(_ record: ClaimRecord) -> UnsafeMutablePointer<Jiesuan__V1__Claim> {
        let claim = self.claim(record)
        claim.pointee.institution = nil
        claim.pointee.referred_from = Jiesuan__V1__Level(rawValue: 0)
        return claim
    }
}

extension SettlementRequest {
    init(_ message: Jiesuan__V1__SettleRequest) {
        let sent = message.claim?.pointee
        let cost = sent?.cost?.pointee
        let claim = Claim(
            kind: ClaimKind(rawValue: UInt8(truncatingIfNeeded: sent?.kind.rawValue ?? 0)) ?? .unspecified,
            serviceDate: CalendarDate(Int32(clamping: sent?.service_date ?? 0)),
            cost: CostSplit(
                total: cost?.total ?? 0, outOfCatalog: cost?.out_of_catalog ?? 0, overLimit: cost?.over_limit ?? 0,
                firstSelfPay: cost?.first_self_pay ?? 0, inPolicy: cost?.in_policy ?? 0,
                inPolicyDrug: cost?.in_policy_drug ?? 0, specialDrug: cost?.special_drug ?? 0),
            externalBasic: sent?.external_basic ?? 0, externalLargeAmount: sent?.external_large_amount ?? 0,
            accountUse: AccountUse(rawValue: UInt8(truncatingIfNeeded: sent?.account_use.rawValue ?? 0)) ?? .standard)
        self.init(
            id: wireText(message.settlement_id), person: message.person, institution: wireText(message.institution),
            ClaimRecord(claim, disease: wireText(sent?.disease)))
        prescribingInstitution = wireText(message.prescribing_institution)
        familyAccounts = (0..<message.n_family_accounts).map { message.family_accounts[$0] }
        isManual = message.channel.rawValue == 1
        documents = (0..<message.n_documents).map { wireText(message.documents[$0]) }
        prescriptionWeeks = message.prescription_weeks
        referral = wireText(message.referral)
        prescriptionNumber = wireText(message.prescription_number)
        prescriptionDate = CalendarDate(Int32(clamping: message.prescription_date))
    }
}
