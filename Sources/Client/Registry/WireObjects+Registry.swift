import RPC
import Registry
import Settlement
import WireMessages

/// A day as its wire number.
private func number(_ date: CalendarDate) -> UInt32 { UInt32(bitPattern: date.number) }

/// Requests to the register as items of an import, each with the message of its own call.
extension WireObjects {
    func item(_ request: RegistryRequest) -> UnsafeMutablePointer<Jiesuan__V1__ImportItem> {
        let item = make(jiesuan__v1__import_item__init)
        switch request {
        case .area(let record): item.pointee.area = area(record)
        case .institution(let record): item.pointee.institution = institution(record)
        case .person(let person, let basics, let corrects):
            let message = make(jiesuan__v1__register_person_request__init)
            message.pointee.person = person
            message.pointee.region = string(basics.region)
            message.pointee.birth_month = UInt32(bitPattern: basics.birthMonth)
            message.pointee.since = number(basics.since)
            message.pointee.area = string(basics.area)
            message.pointee.corrects = UInt32(corrects)
            message.pointee.person_no = string(basics.personNo)
            item.pointee.person = message
        case .enrol(let person, let request): item.pointee.enrol = enrol(person, request)
        case .change(let person, let change):
            let message = make(jiesuan__v1__change_enrolment_request__init)
            message.pointee.person = person
            message.pointee.date = number(change.date)
            message.pointee.status = Jiesuan__V1__WorkStatus(rawValue: UInt32(change.status.rawValue))
            message.pointee.membership = Jiesuan__V1__Membership(rawValue: UInt32(change.membership.rawValue))
            message.pointee.contribution_fen = change.contributionBase ?? -1
            message.pointee.lump_sum_until = number(change.lumpSumUntil ?? .none)
            item.pointee.change = message
        case .endEnrolment(let person, let date):
            let message = make(jiesuan__v1__end_enrolment_request__init)
            message.pointee.person = person
            message.pointee.date = number(date)
            item.pointee.end_enrolment = message
        case .buy(let person, let purchase, let corrects): item.pointee.buy = buy(person, purchase, corrects)
        case .identity(let person, let record, let corrects):
            item.pointee.identity = identity(person, record, corrects)
        case .endIdentity(let person, let identity, let date):
            let dated = DatedIdentity(identity, given: .none, ended: date)
            let message = self.identity(person, IdentityRecord(dated, department: .unspecified), 0)
            message.pointee.end = 1
            item.pointee.identity = message
        case .family(let person, let member, let corrects): item.pointee.family = family(person, member, corrects)
        case .special(let person, let registration, let corrects):
            item.pointee.special = special(person, registration, corrects)
        case .referral(let person, let request, let corrects):
            item.pointee.referral = referral(person, request, corrects)
        case .feedback(let person, let feedback):
            let message = make(jiesuan__v1__put_feedback_request__init)
            message.pointee.person = person
            message.pointee.department = Jiesuan__V1__Department(rawValue: UInt32(feedback.department.rawValue))
            message.pointee.month = UInt32(feedback.month / 12 * 100 + feedback.month % 12 + 1)
            message.pointee.received = number(feedback.received)
            message.pointee.taken_in = feedback.isTakenIn ? 1 : 0
            message.pointee.identity = Jiesuan__V1__Identity(rawValue: UInt32(feedback.identity.rawValue))
            message.pointee.from = number(feedback.from)
            message.pointee.reason = string(feedback.reason)
            item.pointee.feedback = message
        case .chronicReport(let person, let report):
            let message = make(jiesuan__v1__put_chronic_report_request__init)
            message.pointee.person = person
            message.pointee.institution = string(report.institution)
            message.pointee.disease = string(report.disease)
            message.pointee.reported = number(report.reported)
            message.pointee.letter = number(report.letter)
            message.pointee.withdrawn = report.isWithdrawn ? 1 : 0
            item.pointee.chronic_report = message
        case .endPerson(let person, let departure, let corrects):
            let message = make(jiesuan__v1__end_person_request__init)
            message.pointee.person = person
            message.pointee.reason = Jiesuan__V1__DepartureReason(rawValue: UInt32(departure.reason.rawValue))
            message.pointee.date = number(departure.date)
            message.pointee.corrects = UInt32(corrects)
            item.pointee.end_person = message
        case .withdraw(let person, let number, let whole):
            let message = make(jiesuan__v1__withdraw_record_request__init)
            message.pointee.person = person
            message.pointee.number = UInt32(number)
            message.pointee.whole = whole ? 1 : 0
            item.pointee.withdraw = message
        case .named(let names, let request):
            let named = self.item(request)
            name(named.pointee, names)
            return named
        }
        return item
    }

    /// Sets the names of the persons in the item's message.
    private func name(_ item: Jiesuan__V1__ImportItem, _ names: PersonNames) {
        func name<Message>(
            _ message: UnsafeMutablePointer<Message>?,
            _ no: WritableKeyPath<Message, UnsafeMutablePointer<CChar>?>,
            _ region: WritableKeyPath<Message, UnsafeMutablePointer<CChar>?>
        ) {
            message?.pointee[keyPath: no] = string(names.person.no)
            message?.pointee[keyPath: region] = string(names.person.region)
        }
        name(item.person, \.person_no, \.person_region)
        name(item.enrol, \.person_no, \.person_region)
        name(item.change, \.person_no, \.person_region)
        name(item.end_enrolment, \.person_no, \.person_region)
        name(item.buy, \.person_no, \.person_region)
        name(item.identity, \.person_no, \.person_region)
        name(item.family, \.person_no, \.person_region)
        name(item.special, \.person_no, \.person_region)
        name(item.referral, \.person_no, \.person_region)
        name(item.feedback, \.person_no, \.person_region)
        name(item.chronic_report, \.person_no, \.person_region)
        name(item.end_person, \.person_no, \.person_region)
        name(item.withdraw, \.person_no, \.person_region)
        item.family?.pointee.member?.pointee.other_no = string(names.other.no)
        item.family?.pointee.member?.pointee.other_region = string(names.other.region)
    }

    private func area(_ record: AreaRecord) -> UnsafeMutablePointer<Jiesuan__V1__PutAreaRequest> {
        let message = make(jiesuan__v1__area_record__init)
        message.pointee.code = string(record.code)
        message.pointee.name = string(record.name)
        message.pointee.parent = string(record.parent)
        message.pointee.region = string(record.region)
        message.pointee.withdrawn = record.isWithdrawn ? 1 : 0
        let request = make(jiesuan__v1__put_area_request__init)
        request.pointee.area = message
        return request
    }

    private func institution(
        _ record: InstitutionRecord
    ) -> UnsafeMutablePointer<Jiesuan__V1__PutInstitutionRequest> {
        let message = make(jiesuan__v1__institution_record__init)
        message.pointee.code = string(record.code)
        message.pointee.region = string(record.region)
        message.pointee.kind = Jiesuan__V1__InstitutionKind(rawValue: UInt32(record.kind.rawValue))
        message.pointee.level = Jiesuan__V1__Level(rawValue: UInt32(record.level.rawValue))
        message.pointee.chinese_medicine = record.isChineseMedicine ? 1 : 0
        message.pointee.county_area = record.isCountyArea ? 1 : 0
        message.pointee.out_of_city = record.isOutOfCity ? 1 : 0
        message.pointee.not_networked = record.isNetworked ? 0 : 1
        message.pointee.special_diseases = record.treatsSpecialDiseases ? 1 : 0
        message.pointee.public_health_and_pooling = record.doesPublicHealthAndPooling ? 1 : 0
        message.pointee.designated_from = number(record.designated.from)
        message.pointee.designated_until = number(record.designated.until)
        message.pointee.since = number(record.since)
        message.pointee.name = string(record.name)
        message.pointee.area = string(record.area)
        message.pointee.outpatient_pooling = record.isPoolingPharmacy ? 1 : 0
        message.pointee.outpatient_pooling_from = number(record.pooling.from)
        message.pointee.outpatient_pooling_until = number(record.pooling.until)
        message.pointee.special_diseases_from = number(record.specialDiseases.from)
        message.pointee.special_diseases_until = number(record.specialDiseases.until)
        let request = make(jiesuan__v1__put_institution_request__init)
        request.pointee.institution = message
        return request
    }

    private func enrol(
        _ person: UInt64, _ request: EnrolmentRequest
    ) -> UnsafeMutablePointer<Jiesuan__V1__EnrolRequest> {
        let enrolment = request.enrolment
        let message = make(jiesuan__v1__enrolment__init)
        message.pointee.insurance = Jiesuan__V1__Insurance(rawValue: UInt32(enrolment.insurance.rawValue))
        message.pointee.membership = Jiesuan__V1__Membership(rawValue: UInt32(enrolment.membership.rawValue))
        message.pointee.status = Jiesuan__V1__WorkStatus(rawValue: UInt32(enrolment.status.rawValue))
        message.pointee.payer = Jiesuan__V1__PremiumPayer(rawValue: UInt32(enrolment.payer.rawValue))
        message.pointee.covered_from = number(enrolment.covered.from)
        message.pointee.covered_until = number(enrolment.covered.until)
        message.pointee.paid_on = number(enrolment.paidOn)
        message.pointee.lump_sum_until = number(enrolment.lumpSumUntil)
        message.pointee.contribution_fen = enrolment.contributionBase
        message.pointee.premium_due = enrolment.premiumDue
        message.pointee.premium_subsidised = enrolment.premiumSubsidised
        let enrol = make(jiesuan__v1__enrol_request__init)
        enrol.pointee.person = person
        enrol.pointee.enrolment = message
        enrol.pointee.year = UInt32(bitPattern: request.year)
        enrol.pointee.status_change = request.isStatusChange ? 1 : 0
        enrol.pointee.corrects = UInt32(request.corrects)
        return enrol
    }

    private func buy(
        _ person: UInt64, _ purchase: SupplementaryPurchase, _ corrects: UInt16
    ) -> UnsafeMutablePointer<Jiesuan__V1__BuySupplementaryRequest> {
        let message = make(jiesuan__v1__purchase__init)
        message.pointee.product = string(purchase.product)
        message.pointee.bought_on = number(purchase.boughtOn)
        message.pointee.pre_existing = purchase.hasPreExistingDisease ? 1 : 0
        message.pointee.premium = purchase.premium
        let request = make(jiesuan__v1__buy_supplementary_request__init)
        request.pointee.person = person
        request.pointee.purchase = message
        request.pointee.corrects = UInt32(corrects)
        return request
    }

    private func identity(
        _ person: UInt64, _ record: IdentityRecord, _ corrects: UInt16
    ) -> UnsafeMutablePointer<Jiesuan__V1__PutIdentityRequest> {
        let message = make(jiesuan__v1__identity_record__init)
        message.pointee.identity = Jiesuan__V1__Identity(rawValue: UInt32(record.dated.identity.rawValue))
        message.pointee.given = number(record.dated.given)
        message.pointee.ended = number(record.dated.ended)
        message.pointee.department = Jiesuan__V1__Department(rawValue: UInt32(record.department.rawValue))
        let request = make(jiesuan__v1__put_identity_request__init)
        request.pointee.person = person
        request.pointee.identity = message
        request.pointee.corrects = UInt32(corrects)
        return request
    }

    private func family(
        _ person: UInt64, _ member: FamilyMember, _ corrects: UInt16
    ) -> UnsafeMutablePointer<Jiesuan__V1__PutFamilyRequest> {
        let message = make(jiesuan__v1__family_member__init)
        message.pointee.other = member.other
        message.pointee.relation = Jiesuan__V1__Relation(rawValue: UInt32(member.relation.rawValue))
        message.pointee.from = number(member.inForce.from)
        message.pointee.until = number(member.inForce.until)
        let request = make(jiesuan__v1__put_family_request__init)
        request.pointee.person = person
        request.pointee.member = message
        request.pointee.corrects = UInt32(corrects)
        return request
    }

    private func special(
        _ person: UInt64, _ registration: SpecialRegistration, _ corrects: UInt16
    ) -> UnsafeMutablePointer<Jiesuan__V1__PutSpecialRegistrationRequest> {
        let message = make(jiesuan__v1__special_registration__init)
        message.pointee.disease = string(registration.disease)
        message.pointee.from = number(registration.inForce.from)
        message.pointee.until = number(registration.inForce.until)
        let request = make(jiesuan__v1__put_special_registration_request__init)
        request.pointee.person = person
        request.pointee.registration = message
        request.pointee.corrects = UInt32(corrects)
        return request
    }

    private func referral(
        _ person: UInt64, _ asked: ReferralRequest, _ corrects: UInt16
    ) -> UnsafeMutablePointer<Jiesuan__V1__PutReferralRequest> {
        let message = make(jiesuan__v1__referral__init)
        message.pointee.number = string(asked.number)
        message.pointee.from = string(asked.from)
        message.pointee.to = string(asked.to)
        message.pointee.from_level = Jiesuan__V1__Level(rawValue: UInt32(asked.fromLevel.rawValue))
        message.pointee.to_level = Jiesuan__V1__Level(rawValue: UInt32(asked.toLevel.rawValue))
        message.pointee.date = number(asked.date)
        message.pointee.first_diagnosis = asked.isFirstDiagnosis ? 1 : 0
        let request = make(jiesuan__v1__put_referral_request__init)
        request.pointee.person = person
        request.pointee.referral = message
        request.pointee.corrects = UInt32(corrects)
        return request
    }
}
