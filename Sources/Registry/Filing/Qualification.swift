import Records
import Settlement

/// How a disease came on file.
package enum FilingWay: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// By an institution that may certify it (CQ-46).
    case certified
    /// 按月鉴定 (AH-2).
    case appraised
    /// 绿色通道, appraised at once (AH-1).
    case greenChannel
    /// 主动筛查, “零材料” (AH-3).
    case screened
    /// “两病”备案 (SY-8).
    case twoDisease
    /// Was on file before this register began and is taken over.
    case carriedOver
}

/// A disease on file for one person (特病、慢病资格), or a correction of one.
package struct Qualification: Equatable, Sendable {
    /// 1, 2, 3 … within the person.
    package var number: UInt32
    /// Code of the disease in the region's table.
    package var disease: String
    /// `from` is a day of the calendar; `until` may be open.
    package var inForce: DateRange
    /// Number of the institution that certified it; 0: none.
    package var institution: UInt32
    package var way: FilingWay
    /// Number of the qualification that this one takes the place of; 0: it is a new one.
    package var corrects: UInt32
    /// What it corrects was on file by mistake: nothing takes its place.
    package var isWithdrawn: Bool

    package init(
        number: UInt32, disease: String, inForce: DateRange, institution: UInt32 = 0, way: FilingWay,
        corrects: UInt32 = 0, isWithdrawn: Bool = false
    ) {
        self.number = number
        self.disease = disease
        self.inForce = inForce
        self.institution = institution
        self.way = way
        self.corrects = corrects
        self.isWithdrawn = isWithdrawn
    }
}

/// A qualification with what the register knows about it.
package struct KnownQualification: Equatable, Sendable {
    package var qualification: Qualification
    package var recorded: Moment
    /// Number of the correction that took its place; 0: it stands.
    package var supersededBy: UInt32

    /// It stands for an entitlement: neither corrected nor withdrawn.
    package var isCurrent: Bool { supersededBy == 0 && !qualification.isWithdrawn }
}

extension Qualification {
    func encode(to writer: inout ByteWriter) {
        writer.number(UInt64(number))
        writer.text(disease)
        writer.range(inForce)
        writer.number(UInt64(institution))
        writer.byte(way.rawValue)
        writer.number(UInt64(corrects))
        writer.flag(isWithdrawn)
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        number = try reader.number32(upTo: UInt32(FilingLimit.qualificationsMax))
        disease = try reader.text()
        inForce = try reader.range()
        institution = try reader.number32()
        way = try reader.value()
        corrects = try reader.number32(upTo: UInt32(FilingLimit.qualificationsMax))
        isWithdrawn = try reader.flag()
        guard number > 0, corrects < number else { throw DamagedBytes() }
    }
}

extension ByteReader {
    /// A number of at most 32 bits.
    mutating func number32(upTo limit: UInt32 = .max) throws(DamagedBytes) -> UInt32 {
        let value = try number()
        guard value <= UInt64(limit) else { throw DamagedBytes() }
        return UInt32(value)
    }
}
