import Records
import Settlement

extension Card {
    func encode(to writer: inout ByteWriter) {
        writer.number(number)
        writer.text(disease)
        writer.date(since)
        writer.byte(medium.rawValue)
        writer.byte(way.rawValue)
        writer.number(UInt64(qualification))
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        number = try reader.number()
        disease = try reader.text()
        since = try reader.date()
        medium = try reader.value()
        way = try reader.value()
        qualification = try reader.number32(upTo: UInt32(FilingLimit.qualificationsMax))
        guard number > 0, qualification > 0 else { throw DamagedBytes() }
    }
}

extension Expert {
    func encode(to writer: inout ByteWriter) {
        writer.text(code)
        writer.text(title)
        writer.number(UInt64(institution))
        writer.range(inForce)
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        code = try reader.text()
        title = try reader.text()
        institution = try reader.number32()
        inForce = try reader.range()
    }
}

extension ApplicationEvent {
    func encode(to writer: inout ByteWriter) {
        switch self {
        case .received(let disease, let papers, let servicePoint, let day):
            writer.byte(1)
            writer.text(disease)
            writer.texts(papers)
            writer.number(UInt64(servicePoint))
            writer.date(day)
        case .checked(let day):
            writer.byte(2)
            writer.date(day)
        case .returned(let day, let reason):
            writer.byte(3)
            writer.date(day)
            writer.text(reason)
        case .passedOn(let day, let dueMonth):
            writer.byte(4)
            writer.date(day)
            writer.signed(Int64(dueMonth))
        case .approved(let card, let experts):
            writer.byte(5)
            card.encode(to: &writer)
            writer.texts(experts)
        case .refused(let day, let isGreenChannel, let experts, let reason):
            writer.byte(6)
            writer.date(day)
            writer.flag(isGreenChannel)
            writer.texts(experts)
            writer.text(reason)
        case .told(let recipient, let day):
            writer.byte(7)
            writer.byte(recipient.rawValue)
            writer.date(day)
        }
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        switch try reader.byte() {
        case 1:
            self = .received(
                disease: try reader.text(), papers: try reader.texts(upTo: FilingLimit.papersMax),
                servicePoint: try reader.number32(), on: try reader.date())
        case 2: self = .checked(on: try reader.date())
        case 3: self = .returned(on: try reader.date(), reason: try reader.text())
        case 4: self = .passedOn(on: try reader.date(), dueMonth: try reader.month())
        case 5:
            self = .approved(
                try Card(from: &reader), experts: try reader.texts(upTo: FilingLimit.expertsPerDecisionMax))
        case 6:
            self = .refused(
                on: try reader.date(), isGreenChannel: try reader.flag(),
                experts: try reader.texts(upTo: FilingLimit.expertsPerDecisionMax), reason: try reader.text())
        case 7: self = .told(try reader.value(), on: try reader.date())
        default: throw DamagedBytes()
        }
    }
}

extension Application {
    func encode(to writer: inout ByteWriter) {
        writer.number(UInt64(number))
        writer.text(disease)
        writer.texts(papers)
        writer.number(UInt64(servicePoint))
        writer.byte(step.rawValue)
        for day in [received, checked, passedOn, decided, told[0], told[1]] { writer.date(day) }
        writer.signed(Int64(dueMonth))
        writer.flag(isGreenChannel)
        writer.texts(experts)
        writer.text(reason)
        writer.number(card)
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        number = try reader.number32(upTo: UInt32(FilingLimit.recordsMax))
        disease = try reader.text()
        papers = try reader.texts(upTo: FilingLimit.papersMax)
        servicePoint = try reader.number32()
        step = try reader.value()
        received = try reader.date()
        checked = try reader.date()
        passedOn = try reader.date()
        decided = try reader.date()
        told[0] = try reader.date()
        told[1] = try reader.date()
        dueMonth = try reader.month()
        isGreenChannel = try reader.flag()
        experts = try reader.texts(upTo: FilingLimit.expertsPerDecisionMax)
        reason = try reader.text()
        card = try reader.number()
    }
}

extension ByteWriter {
    mutating func texts(_ texts: [String]) {
        number(texts.count)
        for text in texts { self.text(text) }
    }
}

extension ByteReader {
    mutating func texts(upTo limit: Int) throws(DamagedBytes) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try count(upTo: min(limit, left))) { texts.append(try text()) }
        return texts
    }

    /// A month as `CalendarDate.monthIndex`.
    mutating func month() throws(DamagedBytes) -> Int32 {
        guard let month = Int32(exactly: try signed()) else { throw DamagedBytes() }
        return month
    }
}
