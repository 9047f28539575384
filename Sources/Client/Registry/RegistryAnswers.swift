import Records
import Registry
import Settlement
import WireMessages

/// The answer to one change of the register.
package struct RegistryReceipt: Equatable {
    /// An institution's number; else 0.
    package var number: UInt32
    /// Whether the record was in force before, unchanged.
    package var isUnchanged: Bool
    /// The person's record, new or already valid.
    package var entry: RemoteEntry?

    package init(number: UInt32, isUnchanged: Bool, entry: RemoteEntry?) {
        self.number = number
        self.isUnchanged = isUnchanged
        self.entry = entry
    }
}

/// The answer to an import.
package struct ImportReceipt: Equatable {
    package var recorded: Int
    package var unchanged: Int
    package var errors: [ImportError]

    init(_ message: Jiesuan__V1__ImportBatchResponse) {
        recorded = Int(message.recorded)
        unchanged = Int(message.unchanged)
        errors = (0..<message.n_errors).compactMap { index in message.errors[index].map { ImportError($0.pointee) } }
    }
}

/// The refusal of one item of an import.
package struct ImportError: Equatable {
    package var item: Int
    package var code: Int
    package var field: String
    package var value: String
    package var rule: String
    package var message: String

    init(_ error: Jiesuan__V1__ItemError) {
        item = Int(error.item)
        code = Int(error.code.rawValue)
        field = text(error.field)
        value = text(error.value)
        rule = text(error.rule)
        message = text(error.message)
    }
}

/// A person's record; a referral's institutions by their codes.
package struct RemoteEntry: Equatable {
    package var entry: PersonEntry
    /// Codes of a referral's institutions.
    package var from = ""
    package var to = ""

    init(_ message: Jiesuan__V1__PersonEntry) throws(ClientError) {
        guard let fact = try Self.fact(message) else { throw .badAnswer("PersonEntry has no fact") }
        entry = PersonEntry(
            number: UInt16(clamping: message.number), recorded: Moment(milliseconds: message.recorded), fact: fact,
            supersedes: UInt16(clamping: message.supersedes), supersededBy: UInt16(clamping: message.superseded_by))
        from = text(message.referral?.pointee.from)
        to = text(message.referral?.pointee.to)
    }

    private static func fact(_ message: Jiesuan__V1__PersonEntry) throws(ClientError) -> PersonFact? {
        if let basics = message.basics?.pointee {
            return .basics(
                PersonBasics(
                    region: text(basics.region), birthMonth: Int32(clamping: basics.birth_month),
                    since: day(basics.since), area: text(basics.area), personNo: text(basics.person_no)))
        }
        if let enrolment = message.enrolment?.pointee { return .enrolment(try Enrolment(enrolment)) }
        if let purchase = message.purchase?.pointee {
            return .purchase(
                SupplementaryPurchase(
                    product: text(purchase.product), boughtOn: day(purchase.bought_on),
                    hasPreExistingDisease: purchase.pre_existing != 0, premium: purchase.premium))
        }
        if let record = message.identity?.pointee {
            let dated = DatedIdentity(
                try listed(record.identity.rawValue), given: day(record.given), ended: day(record.ended))
            return .identity(IdentityRecord(dated, department: try listed(record.department.rawValue)))
        }
        if let member = message.family?.pointee {
            return .family(
                FamilyMember(
                    try listed(member.relation.rawValue), member.other,
                    inForce: DateRange(from: day(member.from), until: day(member.until))))
        }
        if let special = message.special?.pointee {
            return .special(
                SpecialRegistration(
                    disease: text(special.disease),
                    inForce: DateRange(from: day(special.from), until: day(special.until))))
        }
        if let referral = message.referral?.pointee {
            return .referral(
                Referral(
                    number: text(referral.number), fromLevel: try listed(referral.from_level.rawValue),
                    toLevel: try listed(referral.to_level.rawValue), date: day(referral.date),
                    isFirstDiagnosis: referral.first_diagnosis != 0))
        }
        if let departure = message.departure?.pointee {
            return .departure(Departure(try listed(departure.reason.rawValue), on: day(departure.date)))
        }
        return message.withdrawn != 0 ? .withdrawn : nil
    }
}

extension Enrolment {
    fileprivate init(_ message: Jiesuan__V1__Enrolment) throws(ClientError) {
        self.init(
            try listed(message.insurance.rawValue), membership: try listed(message.membership.rawValue),
            status: try listed(message.status.rawValue),
            covered: DateRange(from: day(message.covered_from), until: day(message.covered_until)),
            payer: try listed(message.payer.rawValue), paidOn: day(message.paid_on),
            lumpSumUntil: day(message.lump_sum_until), contributionBase: message.contribution_fen,
            premiumDue: message.premium_due, premiumSubsidised: message.premium_subsidised)
    }
}

extension InstitutionRecord {
    init(_ message: Jiesuan__V1__InstitutionRecord) throws(ClientError) {
        self.init(
            code: text(message.code), region: text(message.region), kind: try listed(message.kind.rawValue),
            level: try listed(message.level.rawValue), isChineseMedicine: message.chinese_medicine != 0,
            isCountyArea: message.county_area != 0, isOutOfCity: message.out_of_city != 0,
            isNetworked: message.not_networked == 0, treatsSpecialDiseases: message.special_diseases != 0,
            doesPublicHealthAndPooling: message.public_health_and_pooling != 0,
            designated: DateRange(from: day(message.designated_from), until: day(message.designated_until)),
            since: day(message.since), name: text(message.name), area: text(message.area))
        isPoolingPharmacy = message.outpatient_pooling != 0
        pooling = DateRange(
            from: day(message.outpatient_pooling_from), until: day(message.outpatient_pooling_until))
        specialDiseases = DateRange(
            from: day(message.special_diseases_from), until: day(message.special_diseases_until))
    }
}

extension AreaRecord {
    init(_ message: Jiesuan__V1__AreaRecord) {
        self.init(
            code: text(message.code), name: text(message.name), parent: text(message.parent),
            region: text(message.region), isWithdrawn: message.withdrawn != 0)
    }
}

/// A person's year, the answer of `GetYear`.
package struct RemoteYear: Equatable {
    package struct Limit: Equatable {
        /// As `LimitKind` of the proto: 1 deductible, 2 cap, 3 fund.
        package var kind: Int
        package var limit: Fen
        package var left: Fen
        package var layer: String
        package var claimKind: UInt8
        package var level: UInt8
        package var rule: String
    }
    package struct Accumulator: Equatable {
        package var name: String
        package var label: String
        package var amount: Fen
        package var limits: [Limit]
    }

    package var region: String
    package var date: CalendarDate
    package var accumulators: [Accumulator]

    init(_ message: Jiesuan__V1__GetYearResponse) {
        region = text(message.region)
        date = day(message.date)
        accumulators = (0..<message.n_accumulators).compactMap { index in
            guard let accumulator = message.accumulators[index]?.pointee else { return nil }
            let limits = (0..<accumulator.n_limits).compactMap { index in
                accumulator.limits[index].map { limit in
                    Limit(
                        kind: Int(limit.pointee.kind.rawValue), limit: limit.pointee.limit, left: limit.pointee.left,
                        layer: text(limit.pointee.layer), claimKind: UInt8(limit.pointee.claim_kind.rawValue),
                        level: UInt8(limit.pointee.level.rawValue), rule: text(limit.pointee.rule))
                }
            }
            return Accumulator(
                name: text(accumulator.name), label: text(accumulator.label_zh), amount: accumulator.amount,
                limits: limits)
        }
    }
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }

private func day(_ number: UInt32) -> CalendarDate { CalendarDate(Int32(clamping: number)) }

private func listed<Fact: RawRepresentable>(_ number: UInt32) throws(ClientError) -> Fact where Fact.RawValue == UInt8 {
    guard let fact = UInt8(exactly: number).flatMap(Fact.init) else {
        throw .badAnswer("\(number) is no value of \(Fact.self)")
    }
    return fact
}
