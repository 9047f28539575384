import Records
import Settlement
import Text

/// What happens to a person in the register: a fact is recorded, perhaps in place of an earlier one.
package struct PersonEvent: Equatable, Sendable {
    package var fact: PersonFact
    /// Number of the person's entry that this one corrects or ends; 0: none.
    package var supersedes: UInt16

    package init(_ fact: PersonFact, supersedes: UInt16 = 0) {
        self.fact = fact
        self.supersedes = supersedes
    }
}

extension PersonEvent {
    /// Leading byte of each kind of fact: kind × 8 + the version of its coding. Never used again for something else.
    private enum Kind {
        static var basicsWithoutArea: UInt8 { 8 }
        static var basics: UInt8 { 9 }
        static var basicsWithPersonNo: UInt8 { 10 }
        static var enrolment: UInt8 { 16 }
        static var purchase: UInt8 { 24 }
        static var identity: UInt8 { 32 }
        static var family: UInt8 { 40 }
        static var special: UInt8 { 48 }
        static var referral: UInt8 { 56 }
        static var departure: UInt8 { 64 }
        static var withdrawn: UInt8 { 72 }
    }

    package func encode(to writer: inout ByteWriter) {
        switch fact {
        case .basics(let basics):
            writer.byte(basics.personNo.isEmpty ? Kind.basics : Kind.basicsWithPersonNo)
            writer.text(basics.region)
            writer.number(UInt64(UInt32(bitPattern: basics.birthMonth)))
            writer.date(basics.since)
            writer.text(basics.area)
            if !basics.personNo.isEmpty { writer.text(basics.personNo) }
        case .enrolment(let enrolment):
            writer.byte(Kind.enrolment)
            enrolment.encode(to: &writer)
        case .purchase(let purchase):
            writer.byte(Kind.purchase)
            writer.text(purchase.product)
            writer.date(purchase.boughtOn)
            writer.flag(purchase.hasPreExistingDisease)
            writer.number(UInt64(purchase.premium))
        case .identity(let record):
            writer.byte(Kind.identity)
            writer.byte(record.dated.identity.rawValue)
            writer.date(record.dated.given)
            writer.date(record.dated.ended)
            writer.byte(record.department.rawValue)
        case .family(let member):
            writer.byte(Kind.family)
            writer.number(member.other)
            writer.byte(member.relation.rawValue)
            writer.range(member.inForce)
        case .special(let registration):
            writer.byte(Kind.special)
            writer.text(registration.disease)
            writer.range(registration.inForce)
        case .referral(let referral):
            writer.byte(Kind.referral)
            referral.encode(to: &writer)
        case .departure(let departure):
            writer.byte(Kind.departure)
            writer.byte(departure.reason.rawValue)
            writer.date(departure.date)
        case .withdrawn:
            writer.byte(Kind.withdrawn)
        }
        writer.number(UInt64(supersedes))
    }

    package init(from reader: inout ByteReader) throws(DamagedBytes) {
        switch try reader.byte() {
        case Kind.basicsWithoutArea: fact = .basics(try reader.basics())
        case Kind.basics:
            var basics = try reader.basics()
            basics.area = try reader.text()
            fact = .basics(basics)
        case Kind.basicsWithPersonNo:
            var basics = try reader.basics()
            basics.area = try reader.text()
            basics.personNo = try reader.text()
            guard PersonNo(basics.personNo) != nil else { throw DamagedBytes() }
            fact = .basics(basics)
        case Kind.enrolment: fact = .enrolment(try Enrolment(from: &reader))
        case Kind.purchase:
            fact = .purchase(
                SupplementaryPurchase(
                    product: try reader.text(), boughtOn: try reader.date(), hasPreExistingDisease: try reader.flag(),
                    premium: try reader.premium()))
        case Kind.identity:
            let dated = DatedIdentity(try reader.value(), given: try reader.date(), ended: try reader.date())
            fact = .identity(IdentityRecord(dated, department: try reader.value()))
        case Kind.family:
            let other = try reader.number()
            fact = .family(FamilyMember(try reader.value(), other, inForce: try reader.range()))
        case Kind.special:
            fact = .special(SpecialRegistration(disease: try reader.text(), inForce: try reader.range()))
        case Kind.referral: fact = .referral(try Referral(from: &reader))
        case Kind.departure: fact = .departure(Departure(try reader.value(), on: try reader.date()))
        case Kind.withdrawn: fact = .withdrawn
        default: throw DamagedBytes()
        }
        supersedes = UInt16(try reader.count(upTo: Int(UInt16.max)))
    }
}

extension Enrolment {
    fileprivate func encode(to writer: inout ByteWriter) {
        writer.byte(insurance.rawValue)
        writer.byte(membership.rawValue)
        writer.byte(status.rawValue)
        writer.byte(payer.rawValue)
        writer.range(covered)
        writer.date(paidOn)
        writer.date(lumpSumUntil)
        writer.number(UInt64(contributionBase))
        writer.number(UInt64(premiumDue))
        writer.number(UInt64(premiumSubsidised))
    }

    fileprivate init(from reader: inout ByteReader) throws(DamagedBytes) {
        insurance = try reader.value()
        membership = try reader.value()
        status = try reader.value()
        payer = try reader.value()
        covered = try reader.range()
        paidOn = try reader.date()
        lumpSumUntil = try reader.date()
        contributionBase = try reader.premium()
        premiumDue = try reader.premium()
        premiumSubsidised = try reader.premium()
    }
}

extension Referral {
    fileprivate func encode(to writer: inout ByteWriter) {
        writer.text(number)
        writer.number(UInt64(from))
        writer.number(UInt64(to))
        writer.byte(fromLevel.rawValue)
        writer.byte(toLevel.rawValue)
        writer.date(date)
        writer.flag(isFirstDiagnosis)
    }

    fileprivate init(from reader: inout ByteReader) throws(DamagedBytes) {
        number = try reader.text()
        from = UInt32(try reader.count(upTo: Int(UInt32.max)))
        to = UInt32(try reader.count(upTo: Int(UInt32.max)))
        fromLevel = try reader.value()
        toLevel = try reader.value()
        date = try reader.date()
        isFirstDiagnosis = try reader.flag()
    }
}

extension ByteReader {
    /// What both versions of a registration begin with.
    fileprivate mutating func basics() throws(DamagedBytes) -> PersonBasics {
        PersonBasics(
            region: try text(), birthMonth: Int32(try count(upTo: Int(Int32.max))), since: try date())
    }

    /// An amount that the register keeps: 0 … `RegistryLimit.premiumMax` fen.
    fileprivate mutating func premium() throws(DamagedBytes) -> Fen {
        Fen(try count(upTo: Int(RegistryLimit.premiumMax)))
    }
}
