import Records
import Settlement

/// Who put a person on the monthly list (AH-3).
package enum SuspicionSource: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// 医保信息系统筛查.
    case screening
    /// 卫生健康部门.
    case healthOffice
    /// 扶贫部门.
    case povertyOffice
    /// 签约家庭医生.
    case familyDoctor
}

/// What became of an entry of the list.
package enum SuspicionOutcome: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case open
    /// A card without papers (“零材料”).
    case carded
    /// The person applied with papers (AH-1).
    case applied
    /// Does not meet the local standard; with a written reason.
    case closed
}

/// A person who may have a chronic disease and has no card for it (疑似慢性病患者, AH-3).
package struct Suspicion: Equatable, Sendable {
    /// 1, 2, 3 … within the person.
    package var number: UInt32
    package var disease: String
    package var source: SuspicionSource
    /// Month of the list, as `CalendarDate.monthIndex`.
    package var month: Int32
    package var reported: CalendarDate
    package var outcome = SuspicionOutcome.open
    /// Day of the outcome; `none` while open.
    package var settled = CalendarDate.none
    package var reason = ""

    package init(
        number: UInt32, disease: String, source: SuspicionSource, month: Int32, reported: CalendarDate
    ) {
        self.number = number
        self.disease = disease
        self.source = source
        self.month = month
        self.reported = reported
    }
}

/// What happens to an entry of the list; that the person applied follows from the application.
package enum SuspicionEvent: Equatable, Sendable {
    case listed(disease: String, SuspicionSource, month: Int32, on: CalendarDate)
    case carded(Card)
    case closed(on: CalendarDate, reason: String)
}

extension SuspicionEvent {
    func encode(to writer: inout ByteWriter) {
        switch self {
        case .listed(let disease, let source, let month, let day):
            writer.byte(1)
            writer.text(disease)
            writer.byte(source.rawValue)
            writer.signed(Int64(month))
            writer.date(day)
        case .carded(let card):
            writer.byte(2)
            card.encode(to: &writer)
        case .closed(let day, let reason):
            writer.byte(3)
            writer.date(day)
            writer.text(reason)
        }
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        switch try reader.byte() {
        case 1:
            self = .listed(
                disease: try reader.text(), try reader.value(), month: try reader.month(), on: try reader.date())
        case 2: self = .carded(try Card(from: &reader))
        case 3: self = .closed(on: try reader.date(), reason: try reader.text())
        default: throw DamagedBytes()
        }
    }
}

extension Suspicion {
    func encode(to writer: inout ByteWriter) {
        writer.number(UInt64(number))
        writer.text(disease)
        writer.byte(source.rawValue)
        writer.signed(Int64(month))
        writer.date(reported)
        writer.byte(outcome.rawValue)
        writer.date(settled)
        writer.text(reason)
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        number = try reader.number32(upTo: UInt32(FilingLimit.recordsMax))
        disease = try reader.text()
        source = try reader.value()
        month = try reader.month()
        reported = try reader.date()
        outcome = try reader.value()
        settled = try reader.date()
        reason = try reader.text()
    }
}
