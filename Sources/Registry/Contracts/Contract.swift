import Records
import Settlement

/// A person's outpatient contract with an institution (门诊统筹签约, SY-8); the newest stands.
package struct OutpatientContract: Equatable, Sendable {
    package var institution: UInt32
    package var since: CalendarDate
    /// Last day; `none`: open.
    package var until: CalendarDate

    package init(institution: UInt32, since: CalendarDate, until: CalendarDate = .none) {
        self.institution = institution
        self.since = since
        self.until = until
    }
}

/// An answer to a question of the survey (是否 …).
package enum SurveyAnswer: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case open, yes, no
}

/// What a survey of the registered poor found about one person (002 附件2, 建档立卡贫困人口医保问题排查台账).
package struct SurveyEntry: Equatable, Sendable {
    /// 乡镇, as a code or a place's name.
    package var area: String
    package var surveyed: CalendarDate
    /// 是否了解医保扶贫政策.
    package var knowsPolicy: SurveyAnswer
    /// 是否为高血压、糖尿病应纳入两病保障范围.
    package var needsTwoDisease: SurveyAnswer
    /// 是否需要纳入门诊慢性病保障范围.
    package var needsChronicOutpatient: SurveyAnswer
    /// 是否纳入门诊统筹或住院保障范围.
    package var isCovered: SurveyAnswer
    /// 解决的问题.
    package var solved: String
    /// 需要解决的其他问题.
    package var unsolved: String

    package init(
        area: String, surveyed: CalendarDate, knowsPolicy: SurveyAnswer = .open,
        needsTwoDisease: SurveyAnswer = .open, needsChronicOutpatient: SurveyAnswer = .open,
        isCovered: SurveyAnswer = .open, solved: String = "", unsolved: String = ""
    ) {
        self.area = area
        self.surveyed = surveyed
        self.knowsPolicy = knowsPolicy
        self.needsTwoDisease = needsTwoDisease
        self.needsChronicOutpatient = needsChronicOutpatient
        self.isCovered = isCovered
        self.solved = solved
        self.unsolved = unsolved
    }
}

extension OutpatientContract {
    func encode(to writer: inout ByteWriter) {
        writer.number(UInt64(institution))
        writer.date(since)
        writer.date(until)
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        institution = try reader.number32()
        since = try reader.date()
        until = try reader.date()
    }
}

extension SurveyEntry {
    func encode(to writer: inout ByteWriter) {
        writer.text(area)
        writer.date(surveyed)
        for answer in [knowsPolicy, needsTwoDisease, needsChronicOutpatient, isCovered] {
            writer.byte(answer.rawValue)
        }
        writer.text(solved)
        writer.text(unsolved)
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        area = try reader.text()
        surveyed = try reader.date()
        knowsPolicy = try reader.value()
        needsTwoDisease = try reader.value()
        needsChronicOutpatient = try reader.value()
        isCovered = try reader.value()
        solved = try reader.text()
        unsolved = try reader.text()
    }
}
