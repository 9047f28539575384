import Records
import Registry
import Settlement

// Records of the register as messages of registry_service.proto, last field first.

extension BackwardWriter {
    /// No message of an area, an institution or a person's entry is longer, in bytes: a few fixed numbers, a name and
    /// some codes. A product's and a disease's name are a pack's, so their bytes come on top.
    static var registryRecordBytesMax: Int { 4 * RegistryLimit.codeBytesMax + RegistryLimit.nameBytesMax + 256 }

    private mutating func day(_ field: UInt64, _ date: CalendarDate) { fixed32(field, UInt32(bitPattern: date.number)) }

    mutating func institution(_ field: UInt64, _ record: InstitutionRecord) {
        let end = mark
        day(20, record.specialDiseases.until)
        day(19, record.specialDiseases.from)
        day(18, record.pooling.until)
        day(17, record.pooling.from)
        self.field(16, record.isPoolingPharmacy)
        text(15, record.area)
        text(14, record.name)
        day(13, record.since)
        day(12, record.designated.until)
        day(11, record.designated.from)
        self.field(10, record.doesPublicHealthAndPooling)
        self.field(9, record.treatsSpecialDiseases)
        self.field(8, !record.isNetworked)
        self.field(7, record.isOutOfCity)
        self.field(6, record.isCountyArea)
        self.field(5, record.isChineseMedicine)
        self.field(4, Int64(record.level.rawValue))
        self.field(3, Int64(record.kind.rawValue))
        text(2, record.region)
        text(1, record.code)
        message(field, from: end)
    }

    mutating func area(_ field: UInt64, _ record: AreaRecord) {
        let end = mark
        self.field(5, record.isWithdrawn)
        text(4, record.region)
        text(3, record.parent)
        text(2, record.name)
        text(1, record.code)
        message(field, from: end)
    }

    /// A person's entry; `code` gives the code of an institution's number.
    mutating func entry(_ field: UInt64, _ entry: PersonEntry, of person: UInt64, code: (UInt32) -> String) {
        let end = mark
        write(entry.fact, of: person, code: code)
        self.field(4, Int64(entry.supersededBy))
        self.field(3, Int64(entry.supersedes))
        fixed64(2, UInt64(bitPattern: entry.recorded.milliseconds))
        self.field(1, Int64(entry.number))
        message(field, from: end)
    }

    private mutating func write(_ fact: PersonFact, of person: UInt64, code: (UInt32) -> String) {
        let end = mark
        switch fact {
        case .basics(let basics):
            text(7, basics.personNo)
            text(5, basics.area)
            day(4, basics.since)
            field(3, Int64(basics.birthMonth))
            text(2, basics.region)
            fixed64(1, person)
            message(5, from: end)
        case .enrolment(let enrolment):
            write(enrolment)
            message(6, from: end)
        case .purchase(let purchase):
            field(4, purchase.premium)
            field(3, purchase.hasPreExistingDisease)
            day(2, purchase.boughtOn)
            text(1, purchase.product)
            message(7, from: end)
        case .identity(let record):
            field(4, Int64(record.department.rawValue))
            day(3, record.dated.ended)
            day(2, record.dated.given)
            field(1, Int64(record.dated.identity.rawValue))
            message(8, from: end)
        case .family(let member):
            day(4, member.inForce.until)
            day(3, member.inForce.from)
            field(2, Int64(member.relation.rawValue))
            fixed64(1, member.other)
            message(9, from: end)
        case .special(let registration):
            day(3, registration.inForce.until)
            day(2, registration.inForce.from)
            text(1, registration.disease)
            message(10, from: end)
        case .referral(let referral):
            field(7, referral.isFirstDiagnosis)
            day(6, referral.date)
            field(5, Int64(referral.toLevel.rawValue))
            field(4, Int64(referral.fromLevel.rawValue))
            text(3, code(referral.to))
            text(2, code(referral.from))
            text(1, referral.number)
            message(11, from: end)
        case .departure(let departure):
            day(3, departure.date)
            field(2, Int64(departure.reason.rawValue))
            fixed64(1, person)
            message(12, from: end)
        case .withdrawn:
            field(13, true)
        }
    }

    private mutating func write(_ enrolment: Enrolment) {
        field(11, enrolment.premiumSubsidised)
        field(10, enrolment.premiumDue)
        field(9, enrolment.contributionBase)
        day(8, enrolment.lumpSumUntil)
        day(7, enrolment.paidOn)
        day(6, enrolment.covered.until)
        day(5, enrolment.covered.from)
        field(4, Int64(enrolment.payer.rawValue))
        field(3, Int64(enrolment.status.rawValue))
        field(2, Int64(enrolment.membership.rawValue))
        field(1, Int64(enrolment.insurance.rawValue))
    }
}

extension PersonFact {
    /// Bytes of its names, which are as long as a pack made them.
    var nameBytes: Int {
        switch self {
        case .basics(let basics): basics.region.utf8.count + basics.personNo.utf8.count
        case .purchase(let purchase): purchase.product.utf8.count
        case .special(let registration): registration.disease.utf8.count
        case .referral(let referral): referral.number.utf8.count
        case .enrolment, .identity, .family, .departure, .withdrawn: 0
        }
    }
}
