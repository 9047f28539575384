import Records
import Settlement

/// What the registers keep of a person beside the qualifications; only persons who have any of it have one.
struct FilingCase: Equatable {
    var applications: [Application] = []
    var cards: [Card] = []
    var suspicions: [Suspicion] = []
    /// In the order of signing; the last one stands.
    var contracts: [OutpatientContract] = []
    /// In the order of surveying; the last one stands.
    var surveys: [SurveyEntry] = []
    /// In the order of recording.
    var feedback: [DepartmentFeedback] = []
    var chronicReports: [ChronicReport] = []

    init() {}

    func encode(to writer: inout ByteWriter) {
        writer.number(applications.count)
        for application in applications { application.encode(to: &writer) }
        writer.number(cards.count)
        for card in cards { card.encode(to: &writer) }
        writer.number(suspicions.count)
        for suspicion in suspicions { suspicion.encode(to: &writer) }
        writer.number(contracts.count)
        for contract in contracts { contract.encode(to: &writer) }
        writer.number(surveys.count)
        for survey in surveys { survey.encode(to: &writer) }
        writer.number(feedback.count)
        for entry in feedback { entry.encode(to: &writer) }
        writer.number(chronicReports.count)
        for report in chronicReports { report.encode(to: &writer) }
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        for _ in 0..<(try reader.count(upTo: FilingLimit.recordsMax)) {
            applications.append(try Application(from: &reader))
        }
        for _ in 0..<(try reader.count(upTo: FilingLimit.qualificationsMax)) {
            cards.append(try Card(from: &reader))
        }
        for _ in 0..<(try reader.count(upTo: FilingLimit.recordsMax)) {
            suspicions.append(try Suspicion(from: &reader))
        }
        for _ in 0..<(try reader.count(upTo: FilingLimit.recordsMax)) {
            contracts.append(try OutpatientContract(from: &reader))
        }
        for _ in 0..<(try reader.count(upTo: FilingLimit.recordsMax)) {
            surveys.append(try SurveyEntry(from: &reader))
        }
        for _ in 0..<(try reader.count(upTo: FilingLimit.recordsMax)) {
            feedback.append(try DepartmentFeedback(from: &reader))
        }
        for _ in 0..<(try reader.count(upTo: FilingLimit.recordsMax)) {
            chronicReports.append(try ChronicReport(from: &reader))
        }
        for (index, application) in applications.enumerated() where application.number != UInt32(index + 1) {
            throw DamagedBytes()
        }
        for (index, suspicion) in suspicions.enumerated() where suspicion.number != UInt32(index + 1) {
            throw DamagedBytes()
        }
    }
}

/// An application or an entry of the monthly list: the person and the number within the person.
package struct FilingKey: Hashable, Comparable, Sendable {
    package var person: UInt64
    package var number: UInt32

    package init(person: UInt64, number: UInt32) {
        self.person = person
        self.number = number
    }

    package static func < (left: FilingKey, right: FilingKey) -> Bool {
        (left.person, left.number) < (right.person, right.number)
    }
}
