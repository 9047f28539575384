import Records
import Settlement

/// Snapshots: the registers as a whole (`encodeSnapshot(to:)`), and each person (`encodeSnapshot(of:to:)`).
///
/// Each is complete in itself, so they are read in any order; both begin with the version of their coding.
extension FilingRegister {
    /// 2 has feedback, chronic reports and statements.
    private static var version: UInt8 { 2 }

    /// Everybody of whom a snapshot is to be written, in any order.
    package var persons: Set<UInt64> { Set(qualifications.persons).union(cases.keys) }

    /// Institutions' roles, experts, the last card's number, statements.
    package func encodeSnapshot(to writer: inout ByteWriter) {
        writer.byte(FilingRegister.version)
        writer.number(lastCard)
        writer.number(roles.count)
        for (institution, roles) in roles.sorted(by: { $0.key < $1.key }) {
            writer.number(UInt64(institution))
            writer.number(UInt64(roles.rawValue))
        }
        writer.number(experts.count)
        for (_, expert) in experts.sorted(by: { $0.key < $1.key }) { expert.encode(to: &writer) }
        writer.number(statements.count)
        for known in statements {
            writer.moment(known.recorded)
            known.statement.encode(to: &writer)
        }
    }

    package func decodeSnapshot(from reader: inout ByteReader) throws(DamagedBytes) {
        guard try reader.byte() == FilingRegister.version else { throw DamagedBytes() }
        lastCard = max(lastCard, try reader.number())
        for _ in 0..<(try reader.count(upTo: reader.left)) {
            let institution = try reader.number32()
            roles[institution] = FilingRoles(
                rawValue: UInt16(try reader.number32(upTo: UInt32(FilingRoles.all.rawValue))))
        }
        for _ in 0..<(try reader.count(upTo: min(FilingLimit.expertsMax, reader.left))) {
            let expert = try Expert(from: &reader)
            experts[expert.code] = expert
        }
        statements = []
        for _ in 0..<(try reader.count(upTo: min(FilingLimit.statementsMax, reader.left))) {
            let recorded = try reader.moment()
            statements.append(KnownStatement(statement: try SubsidyStatement(from: &reader), recorded: recorded))
        }
    }

    /// One person's qualifications and whatever else the registers keep; of a person without any, 3 bytes.
    package func encodeSnapshot(of person: UInt64, to writer: inout ByteWriter) {
        writer.byte(FilingRegister.version)
        let known = qualifications.all(of: person)
        writer.number(known.count)
        for entry in known {
            writer.signed(entry.recorded.milliseconds)
            entry.qualification.encode(to: &writer)
        }
        writer.flag(cases[person] != nil)
        cases[person]?.encode(to: &writer)
    }

    /// Takes a person over from a snapshot, in place of what was known; a damaged one may leave a part of it.
    package func decodeSnapshot(of person: UInt64, from reader: inout ByteReader) throws(DamagedBytes) {
        guard try reader.byte() == FilingRegister.version else { throw DamagedBytes() }
        forget(person)
        for _ in 0..<(try reader.count(upTo: FilingLimit.qualificationsMax)) {
            let recorded = Moment(milliseconds: try reader.signed())
            qualifications.append(try Qualification(from: &reader), of: person, recorded: recorded)
        }
        guard try reader.flag() else { return }
        let filingCase = try FilingCase(from: &reader)
        cases[person] = filingCase
        for application in filingCase.applications where application.step == .passedOn {
            awaitingAppraisal.insert(FilingKey(person: person, number: application.number))
        }
        for suspicion in filingCase.suspicions where suspicion.outcome == .open {
            openSuspicions.insert(FilingKey(person: person, number: suspicion.number))
        }
        for card in filingCase.cards { lastCard = max(lastCard, card.number) }
    }

    private func forget(_ person: UInt64) {
        qualifications.forget(person)
        guard let old = cases.removeValue(forKey: person) else { return }
        for application in old.applications {
            awaitingAppraisal.remove(FilingKey(person: person, number: application.number))
        }
        for suspicion in old.suspicions {
            openSuspicions.remove(FilingKey(person: person, number: suspicion.number))
        }
    }
}
