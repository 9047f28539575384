import Registry
import Settlement
import TestSupport

/// Events with random values, of every kind.
extension SeededRandom {
    mutating func institutionRecord() -> InstitutionRecord {
        var record = InstitutionRecord(
            code: text(upTo: 12), region: Bool.random(using: &self) ? "" : text(upTo: 9), kind: value(), level: value(),
            isChineseMedicine: .random(using: &self), isCountyArea: .random(using: &self),
            isOutOfCity: .random(using: &self), isNetworked: .random(using: &self),
            treatsSpecialDiseases: .random(using: &self), doesPublicHealthAndPooling: .random(using: &self),
            designated: range(), since: optionalDate(), name: Bool.random(using: &self) ? "" : text(upTo: 20),
            area: Bool.random(using: &self) ? "" : text(upTo: 9))
        if Bool.random(using: &self) {
            record.isPoolingPharmacy = .random(using: &self)
            record.pooling = range()
            record.specialDiseases = range()
        }
        return record
    }

    mutating func areaRecord() -> AreaRecord {
        AreaRecord(
            code: text(upTo: 9), name: text(upTo: 20), parent: Bool.random(using: &self) ? "" : text(upTo: 6),
            region: Bool.random(using: &self) ? "" : text(upTo: 9), isWithdrawn: .random(using: &self))
    }

    mutating func basics() -> PersonBasics {
        PersonBasics(
            region: text(upTo: 9), birthMonth: .random(in: 1900_01...2030_12, using: &self), since: optionalDate(),
            area: Bool.random(using: &self) ? "" : text(upTo: 3),
            personNo: Bool.random(using: &self) ? "" : "\(UInt64.random(in: 0 ... .max, using: &self))5001")
    }

    mutating func enrolment() -> Enrolment {
        Enrolment(
            value(), membership: value(), status: value(), covered: range(), payer: value(), paidOn: optionalDate(),
            lumpSumUntil: optionalDate(), contributionBase: amount(), premiumDue: amount(), premiumSubsidised: amount())
    }

    mutating func fact() -> PersonFact {
        switch Int.random(in: 0..<9, using: &self) {
        case 0: .basics(basics())
        case 1: .enrolment(enrolment())
        case 2:
            .purchase(
                SupplementaryPurchase(
                    product: text(upTo: 20), boughtOn: date(), hasPreExistingDisease: .random(using: &self), premium: amount()))
        case 3: .identity(IdentityRecord(DatedIdentity(value(), given: date(), ended: optionalDate()), department: value()))
        case 4: .family(FamilyMember(value(), next(), inForce: range()))
        case 5: .special(SpecialRegistration(disease: text(upTo: 12), inForce: range()))
        case 6:
            .referral(
                Referral(
                    number: text(upTo: 30), from: .random(in: 0...UInt32.max, using: &self), to: .random(in: 0...9, using: &self),
                    fromLevel: value(), toLevel: value(), date: date(), isFirstDiagnosis: .random(using: &self)))
        case 7: .departure(Departure(value(), on: date()))
        default: .withdrawn
        }
    }

    mutating func event() -> RegistryEvent {
        if Int.random(in: 0..<8, using: &self) == 0 { return .area(.registered(areaRecord())) }
        if Int.random(in: 0..<4, using: &self) == 0 { return .institution(.registered(institutionRecord())) }
        return .person(next(), PersonEvent(fact(), supersedes: .random(in: 0...UInt16.max, using: &self)))
    }
}
