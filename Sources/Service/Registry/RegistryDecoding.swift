import RPC
import Records
import Registry
import Settlement
import WireMessages

// Messages of registry_service.proto as requests to the register. What a value means is the register's to judge; here
// only what its own types cannot hold is refused.

/// A number of the wire as one of the register's enums.
private func listed<Fact: RawRepresentable>(
    _ number: UInt32, _ field: String, as type: Fact.Type = Fact.self
) throws(RequestProblem) -> Fact where Fact.RawValue == UInt8 {
    if number < 256, let fact = Fact(rawValue: UInt8(truncatingIfNeeded: number)) { return fact }
    throw .domain(DomainRefusal(.factInvalid, field, "\(number)", "not a value of its list; see the .proto"))
}

/// A day of the wire as it is: whether it exists is the rules' to judge.
private func day(_ number: UInt32, _ field: String) throws(RequestProblem) -> CalendarDate {
    if let small = Int32(exactly: number) { return CalendarDate(small) }
    throw .domain(
        DomainRefusal(
            .dateInvalid, field, "\(number)", "not a day of the years 1900 to 2999; send it as YYYYMMDD"))
}

private func corrected(_ number: UInt32, _ field: String = "corrects") throws(RequestProblem) -> UInt16 {
    if let small = UInt16(exactly: number) { return small }
    throw .domain(
        DomainRefusal(
            .recordUnknown, field, "\(number)",
            "no standing record of the person has that number; `GetPerson` shows them"))
}

extension InstitutionRecord {
    init(_ message: Jiesuan__V1__InstitutionRecord) throws(RequestProblem) {
        self.init(
            code: string(message.code), region: string(message.region),
            kind: try listed(message.kind.rawValue, "institution.kind"),
            level: try listed(message.level.rawValue, "institution.level"),
            isChineseMedicine: message.chinese_medicine != 0, isCountyArea: message.county_area != 0,
            isOutOfCity: message.out_of_city != 0, isNetworked: message.not_networked == 0,
            treatsSpecialDiseases: message.special_diseases != 0,
            doesPublicHealthAndPooling: message.public_health_and_pooling != 0,
            designated: DateRange(
                from: try day(message.designated_from, "institution.designated_from"),
                until: try day(message.designated_until, "institution.designated_until")),
            since: try day(message.since, "institution.since"), name: string(message.name),
            area: string(message.area))
        isPoolingPharmacy = message.outpatient_pooling != 0
        pooling = DateRange(
            from: try day(message.outpatient_pooling_from, "institution.outpatient_pooling_from"),
            until: try day(message.outpatient_pooling_until, "institution.outpatient_pooling_until"))
        specialDiseases = DateRange(
            from: try day(message.special_diseases_from, "institution.special_diseases_from"),
            until: try day(message.special_diseases_until, "institution.special_diseases_until"))
    }
}

extension AreaRecord {
    init(_ message: Jiesuan__V1__AreaRecord) {
        self.init(
            code: string(message.code), name: string(message.name), parent: string(message.parent),
            region: string(message.region), isWithdrawn: message.withdrawn != 0)
    }
}

extension Enrolment {
    init(_ message: Jiesuan__V1__Enrolment) throws(RequestProblem) {
        self.init(
            try listed(message.insurance.rawValue, "enrolment.insurance"),
            membership: try listed(message.membership.rawValue, "enrolment.membership"),
            status: try listed(message.status.rawValue, "enrolment.status"),
            covered: DateRange(
                from: try day(message.covered_from, "enrolment.covered_from"),
                until: try day(message.covered_until, "enrolment.covered_until")),
            payer: try listed(message.payer.rawValue, "enrolment.payer"),
            paidOn: try day(message.paid_on, "enrolment.paid_on"),
            lumpSumUntil: try day(message.lump_sum_until, "enrolment.lump_sum_until"),
            contributionBase: message.contribution_fen, premiumDue: message.premium_due,
            premiumSubsidised: message.premium_subsidised)
    }
}

// One initializer for each request message.

extension RegistryRequest {
    /// Keeps how the persons were named, where that is not by our numbers alone.
    private mutating func name(by names: PersonNames) { self = named(names) }

    init(_ message: Jiesuan__V1__PutAreaRequest) throws(RequestProblem) {
        guard let area = message.area?.pointee else { throw .malformed("area is missing") }
        self = .area(AreaRecord(area))
    }

    init(_ message: Jiesuan__V1__PutInstitutionRequest) throws(RequestProblem) {
        guard let institution = message.institution?.pointee else { throw .malformed("institution is missing") }
        self = .institution(try InstitutionRecord(institution))
    }

    init(_ message: Jiesuan__V1__RegisterPersonRequest) throws(RequestProblem) {
        self = .person(
            message.person,
            PersonBasics(
                region: string(message.region), birthMonth: Int32(clamping: message.birth_month),
                since: try day(message.since, "person.since"), area: string(message.area),
                personNo: string(message.person_no)),
            corrects: try corrected(message.corrects))
        name(by: message.names)
    }

    init(_ message: Jiesuan__V1__EnrolRequest) throws(RequestProblem) {
        guard let enrolment = message.enrolment?.pointee else { throw .malformed("enrolment is missing") }
        self = .enrol(
            message.person,
            EnrolmentRequest(
                try Enrolment(enrolment), year: Int32(clamping: message.year),
                isStatusChange: message.status_change != 0, corrects: try corrected(message.corrects)))
        name(by: message.names)
    }

    init(_ message: Jiesuan__V1__ChangeEnrolmentRequest) throws(RequestProblem) {
        self = .change(
            message.person,
            EnrolmentChange(
                on: try day(message.date, "change.date"), status: try listed(message.status.rawValue, "change.status"),
                membership: try listed(message.membership.rawValue, "change.membership"),
                contributionBase: message.contribution_fen < 0 ? nil : message.contribution_fen,
                lumpSumUntil: message.lump_sum_until == 0
                    ? nil : try day(message.lump_sum_until, "change.lump_sum_until")))
        name(by: message.names)
    }

    init(_ message: Jiesuan__V1__EndEnrolmentRequest) throws(RequestProblem) {
        self = .endEnrolment(message.person, try day(message.date, "date"))
        name(by: message.names)
    }

    init(_ message: Jiesuan__V1__BuySupplementaryRequest) throws(RequestProblem) {
        guard let purchase = message.purchase?.pointee else { throw .malformed("purchase is missing") }
        self = .buy(
            message.person,
            SupplementaryPurchase(
                product: string(purchase.product), boughtOn: try day(purchase.bought_on, "purchase.bought_on"),
                hasPreExistingDisease: purchase.pre_existing != 0, premium: purchase.premium),
            corrects: try corrected(message.corrects))
        name(by: message.names)
    }

    init(_ message: Jiesuan__V1__PutIdentityRequest) throws(RequestProblem) {
        guard let record = message.identity?.pointee else { throw .malformed("identity is missing") }
        let identity: Identity = try listed(record.identity.rawValue, "identity")
        let ended = try day(record.ended, "identity.ended")
        if message.end != 0 {
            self = .endIdentity(message.person, identity, ended)
            name(by: message.names)
            return
        }
        self = .identity(
            message.person,
            IdentityRecord(
                DatedIdentity(identity, given: try day(record.given, "identity.given"), ended: ended),
                department: try listed(record.department.rawValue, "identity.department")),
            corrects: try corrected(message.corrects))
        name(by: message.names)
    }

    init(_ message: Jiesuan__V1__PutFamilyRequest) throws(RequestProblem) {
        guard let member = message.member?.pointee else { throw .malformed("member is missing") }
        self = .family(
            message.person,
            FamilyMember(
                try listed(member.relation.rawValue, "family.relation"), member.other,
                inForce: DateRange(
                    from: try day(member.from, "family.from"), until: try day(member.until, "family.until"))),
            corrects: try corrected(message.corrects))
        name(
            by: PersonNames(
                message.name,
                other: PersonName(member.other, no: string(member.other_no), region: string(member.other_region))))
    }

    init(_ message: Jiesuan__V1__PutSpecialRegistrationRequest) throws(RequestProblem) {
        guard let registration = message.registration?.pointee else { throw .malformed("registration is missing") }
        self = .special(
            message.person,
            SpecialRegistration(
                disease: string(registration.disease),
                inForce: DateRange(
                    from: try day(registration.from, "special.from"),
                    until: try day(registration.until, "special.until"))),
            corrects: try corrected(message.corrects))
        name(by: message.names)
    }

    init(_ message: Jiesuan__V1__PutReferralRequest) throws(RequestProblem) {
        guard let referral = message.referral?.pointee else { throw .malformed("referral is missing") }
        self = .referral(
            message.person,
            ReferralRequest(
                number: string(referral.number), from: string(referral.from), to: string(referral.to),
                fromLevel: try listed(referral.from_level.rawValue, "referral.from_level"),
                toLevel: try listed(referral.to_level.rawValue, "referral.to_level"),
                date: try day(referral.date, "referral.date"), isFirstDiagnosis: referral.first_diagnosis != 0),
            corrects: try corrected(message.corrects))
        name(by: message.names)
    }

    init(_ message: Jiesuan__V1__PutFeedbackRequest) throws(RequestProblem) {
        let month: Int32
        do throws(DomainRefusal) { month = try FilingWire.monthIndex(message.month, "feedback.month") } catch {
            throw .domain(error)
        }
        self = .feedback(
            message.person,
            DepartmentFeedback(
                department: try listed(message.department.rawValue, "feedback.department"), month: month,
                received: try day(message.received, "feedback.received"), isTakenIn: message.taken_in != 0,
                identity: try listed(message.identity.rawValue, "feedback.identity"),
                from: try day(message.from, "feedback.from"), reason: string(message.reason)))
        name(by: message.names)
    }

    init(_ message: Jiesuan__V1__PutChronicReportRequest) throws(RequestProblem) {
        self = .chronicReport(
            message.person,
            ChronicReportRequest(
                institution: string(message.institution), disease: string(message.disease),
                reported: try day(message.reported, "report.reported"),
                letter: try day(message.letter, "report.letter"), isWithdrawn: message.withdrawn != 0))
        name(by: message.names)
    }

    init(_ message: Jiesuan__V1__EndPersonRequest) throws(RequestProblem) {
        self = .endPerson(
            message.person,
            Departure(
                try listed(message.reason.rawValue, "departure.reason"), on: try day(message.date, "departure.date")),
            corrects: try corrected(message.corrects))
        name(by: message.names)
    }

    init(_ message: Jiesuan__V1__WithdrawRecordRequest) throws(RequestProblem) {
        self = .withdraw(message.person, try corrected(message.number, "number"), whole: message.whole != 0)
        name(by: message.names)
    }

    /// The one request of an item.
    init(_ item: Jiesuan__V1__ImportItem) throws(RequestProblem) {
        if let message = item.area?.pointee {
            try self.init(message)
        } else if let message = item.institution?.pointee {
            try self.init(message)
        } else if let message = item.person?.pointee {
            try self.init(message)
        } else if let message = item.enrol?.pointee {
            try self.init(message)
        } else if let message = item.change?.pointee {
            try self.init(message)
        } else if let message = item.end_enrolment?.pointee {
            try self.init(message)
        } else if let message = item.buy?.pointee {
            try self.init(message)
        } else if let message = item.identity?.pointee {
            try self.init(message)
        } else if let message = item.family?.pointee {
            try self.init(message)
        } else if let message = item.special?.pointee {
            try self.init(message)
        } else if let message = item.referral?.pointee {
            try self.init(message)
        } else if let message = item.feedback?.pointee {
            try self.init(message)
        } else if let message = item.chronic_report?.pointee {
            try self.init(message)
        } else if let message = item.end_person?.pointee {
            try self.init(message)
        } else if let message = item.withdraw?.pointee {
            try self.init(message)
        } else {
            throw .domain(DomainRefusal(.factMissing, "items", "", "the item is empty; put one request into it"))
        }
    }
}
