import Policy
import Population
import Records
import Registry
import Settlement

/// Rows of a claims file as records of the spool.
enum ClaimCoding {
    static func write(_ row: ClaimRow, to writer: inout ByteWriter) {
        writer.text(row.id)
        writer.text(row.region)
        write(row.person, to: &writer)
        let claim = row.claim.claim
        writer.text(row.claim.disease)
        writer.byte(claim.kind.rawValue)
        writer.date(claim.serviceDate)
        writer.byte(claim.institution.level.rawValue)
        writer.flag(claim.institution.isChineseMedicine)
        writer.flag(claim.institution.isCountyArea)
        writer.flag(claim.institution.isOutOfCity)
        writer.byte(claim.accountUse.rawValue)
        writer.byte(claim.referredFrom.rawValue)
        let cost = claim.cost
        for amount in [
            cost.total, cost.outOfCatalog, cost.overLimit, cost.firstSelfPay, cost.inPolicy, cost.inPolicyDrug,
            cost.specialDrug, claim.externalBasic, claim.externalLargeAmount,
        ] {
            writer.signed(amount)
        }
    }

    static func write(_ person: PersonRecord, to writer: inout ByteWriter) {
        writer.number(person.number)
        let facts = person.facts
        writer.byte(facts.insurance.rawValue)
        writer.byte(facts.membership.rawValue)
        writer.byte(facts.status.rawValue)
        writer.date(facts.covered.from)
        writer.date(facts.covered.until)
        writer.date(facts.boughtOn)
        writer.flag(facts.hasPreExistingDisease)
        writer.text(person.product)
        writer.number(person.identities.count)
        for identity in person.identities {
            writer.byte(identity.identity.rawValue)
            writer.date(identity.given)
            writer.date(identity.ended)
        }
        writer.number(person.filings.count)
        for filing in person.filings {
            writer.text(filing.disease)
            writer.date(filing.inForce.from)
            writer.date(filing.inForce.until)
        }
        writer.number(person.accounts.count)
        for account in person.accounts {
            writer.byte(account.relation.rawValue)
            writer.signed(account.balance)
        }
    }

    static func row(_ reader: inout ByteReader) throws(DamagedBytes) -> ClaimRow {
        let id = try reader.text()
        let region = try reader.text()
        let person = try person(&reader)
        let disease = try reader.text()
        var claim = Claim(
            kind: try reader.value(), serviceDate: try reader.date(), cost: CostSplit(total: 0),
            institution: Institution(
                level: try reader.value(), isChineseMedicine: try reader.flag(), isCountyArea: try reader.flag(),
                isOutOfCity: try reader.flag()),
            accountUse: try reader.value(), referredFrom: try reader.value())
        claim.cost.total = try reader.signed()
        claim.cost.outOfCatalog = try reader.signed()
        claim.cost.overLimit = try reader.signed()
        claim.cost.firstSelfPay = try reader.signed()
        claim.cost.inPolicy = try reader.signed()
        claim.cost.inPolicyDrug = try reader.signed()
        claim.cost.specialDrug = try reader.signed()
        claim.externalBasic = try reader.signed()
        claim.externalLargeAmount = try reader.signed()
        return ClaimRow(id: id, region: region, person: person, claim: ClaimRecord(claim, disease: disease))
    }

    static func person(_ reader: inout ByteReader) throws(DamagedBytes) -> PersonRecord {
        let number = try reader.number()
        var facts = PersonFacts(
            insurance: try reader.value(), membership: try reader.value(), status: try reader.value(),
            covered: DateRange(from: try reader.date(), until: try reader.date()))
        facts.boughtOn = try reader.date()
        facts.hasPreExistingDisease = try reader.flag()
        var person = PersonRecord(number: number, facts: facts, product: try reader.text())
        for _ in 0..<(try reader.count(upTo: ClaimRow.listMax)) {
            person.identities.append(
                DatedIdentity(try reader.value(), given: try reader.date(), ended: try reader.date()))
        }
        for _ in 0..<(try reader.count(upTo: ClaimRow.listMax)) {
            let disease = try reader.text()
            person.filings.append(
                FilingRecord(disease: disease, inForce: DateRange(from: try reader.date(), until: try reader.date())))
        }
        for _ in 0..<(try reader.count(upTo: ClaimRow.listMax)) {
            person.accounts.append(AccountState(relation: try reader.value(), balance: try reader.signed()))
        }
        return person
    }
}
