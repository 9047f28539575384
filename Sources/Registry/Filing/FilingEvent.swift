import Records
import Settlement

/// What happens to filings (备案): special and chronic diseases, applications, cards, contracts, surveys.
package enum FilingEvent: Equatable, Sendable {
    /// An institution's part in filing, in place of what it was.
    case designated(institution: UInt32, FilingRoles)
    case qualified(person: UInt64, Qualification)
    case application(person: UInt64, number: UInt32, ApplicationEvent)
    /// An expert's entry, in place of what it was.
    case expert(Expert)
    case suspicion(person: UInt64, number: UInt32, SuspicionEvent)
    /// The next of the person's contracts.
    case contract(person: UInt64, OutpatientContract)
    /// The next of the person's survey entries.
    case survey(person: UInt64, SurveyEntry)
    /// The next of the person's feedback (YT-9).
    case feedback(person: UInt64, DepartmentFeedback)
    /// The next of the reports of the person (YE-6).
    case chronicReport(person: UInt64, ChronicReport)
    /// The next statement of a region and year (YT-12).
    case statement(SubsidyStatement)

    /// Whose filing it is about; nil: nobody's.
    package var person: UInt64? {
        switch self {
        case .designated, .expert, .statement: nil
        case .qualified(let person, _), .application(let person, _, _), .suspicion(let person, _, _),
            .contract(let person, _), .survey(let person, _), .feedback(let person, _), .chronicReport(let person, _):
            person
        }
    }

    package func encode(to writer: inout ByteWriter) {
        switch self {
        case .designated(let institution, let roles):
            writer.byte(1)
            writer.number(UInt64(institution))
            writer.number(UInt64(roles.rawValue))
        case .qualified(let person, let qualification):
            writer.byte(2)
            writer.number(person)
            qualification.encode(to: &writer)
        case .application(let person, let number, let event):
            writer.byte(3)
            writer.number(person)
            writer.number(UInt64(number))
            event.encode(to: &writer)
        case .expert(let expert):
            writer.byte(4)
            expert.encode(to: &writer)
        case .suspicion(let person, let number, let event):
            writer.byte(5)
            writer.number(person)
            writer.number(UInt64(number))
            event.encode(to: &writer)
        case .contract(let person, let contract):
            writer.byte(6)
            writer.number(person)
            contract.encode(to: &writer)
        case .survey(let person, let entry):
            writer.byte(7)
            writer.number(person)
            entry.encode(to: &writer)
        case .feedback(let person, let feedback):
            writer.byte(8)
            writer.number(person)
            feedback.encode(to: &writer)
        case .chronicReport(let person, let report):
            writer.byte(9)
            writer.number(person)
            report.encode(to: &writer)
        case .statement(let statement):
            writer.byte(10)
            statement.encode(to: &writer)
        }
    }

    package init(from reader: inout ByteReader) throws(DamagedBytes) {
        switch try reader.byte() {
        case 1:
            let institution = try reader.number32()
            let roles = FilingRoles(rawValue: UInt16(try reader.number32(upTo: UInt32(FilingRoles.all.rawValue))))
            self = .designated(institution: institution, roles)
        case 2: self = .qualified(person: try reader.number(), try Qualification(from: &reader))
        case 3:
            self = .application(
                person: try reader.number(), number: try reader.record(), try ApplicationEvent(from: &reader))
        case 4: self = .expert(try Expert(from: &reader))
        case 5:
            self = .suspicion(
                person: try reader.number(), number: try reader.record(), try SuspicionEvent(from: &reader))
        case 6: self = .contract(person: try reader.number(), try OutpatientContract(from: &reader))
        case 7: self = .survey(person: try reader.number(), try SurveyEntry(from: &reader))
        case 8: self = .feedback(person: try reader.number(), try DepartmentFeedback(from: &reader))
        case 9: self = .chronicReport(person: try reader.number(), try ChronicReport(from: &reader))
        case 10: self = .statement(try SubsidyStatement(from: &reader))
        default: throw DamagedBytes()
        }
    }
}

extension ByteReader {
    /// Number of a record within its person, 1 …
    fileprivate mutating func record() throws(DamagedBytes) -> UInt32 {
        let number = try number32(upTo: UInt32(FilingLimit.recordsMax))
        guard number > 0 else { throw DamagedBytes() }
        return number
    }
}
