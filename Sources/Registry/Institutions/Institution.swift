import Records
import Settlement

/// What kind of place an institution is (定点医药机构类别).
package enum InstitutionKind: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case unspecified
    /// 医院.
    case hospital
    /// 基层医疗卫生机构: township and community health centres, village clinics.
    case primary
    /// 定点零售药店.
    case pharmacy
    /// 互联网医院 (003 实施细则第十三条).
    case internetHospital
}

/// A designated institution as registered (定点医药机构), from a day on.
package struct InstitutionRecord: Equatable, Sendable {
    /// 定点医药机构编号, fixmedins_code; 1 … `RegistryLimit.codeBytesMax` printable ASCII characters.
    package var code: String
    /// The pooling region (统筹区) it belongs to: the name of a pack; empty outside all of them, and so out of the city
    /// for everybody (G-15).
    package var region: String
    package var kind: InstitutionKind
    /// 医保协议结算等级, whatever the signboard says (CQ-44); unspecified for a pharmacy.
    package var level: Level
    /// 中医医疗机构, rule CQ-4.
    package var isChineseMedicine: Bool
    /// 本市县域内, rule SY-5.
    package var isCountyArea: Bool
    /// 市外: out of the city for everybody, also for the persons of its region (G-15).
    package var isOutOfCity: Bool
    /// 联网: settles at once; elsewhere people pay in advance (CQ-42, AH-6).
    package var isNetworked: Bool
    /// 特病定点医疗机构, rule CQ-46: on the days of `specialDiseases`.
    package var treatsSpecialDiseases: Bool
    package var specialDiseases = DateRange()
    /// 门诊统筹定点药店, rule CQ-16: on the days of `pooling`; of a pharmacy only.
    package var isPoolingPharmacy = false
    package var pooling = DateRange()
    /// Does basic public health and outpatient pooling both (基本公共卫生服务和门诊统筹), rule SY-8.
    package var doesPublicHealthAndPooling: Bool
    /// 协议有效期: days on which it is designated.
    package var designated: DateRange
    /// First day on which this record holds; `none`: always.
    package var since: CalendarDate
    /// 机构名称, as lists show it beside the code; empty: not told.
    package var name: String
    /// Code of the area where it lies (G-17); empty: not told.
    package var area: String

    package init(
        code: String, region: String = "", kind: InstitutionKind = .hospital, level: Level,
        isChineseMedicine: Bool = false, isCountyArea: Bool = false, isOutOfCity: Bool = false,
        isNetworked: Bool = true, treatsSpecialDiseases: Bool = false, doesPublicHealthAndPooling: Bool = false,
        designated: DateRange = DateRange(), since: CalendarDate = .none, name: String = "", area: String = ""
    ) {
        self.code = code
        self.region = region
        self.kind = kind
        self.level = level
        self.isChineseMedicine = isChineseMedicine
        self.isCountyArea = isCountyArea
        self.isOutOfCity = isOutOfCity
        self.isNetworked = isNetworked
        self.treatsSpecialDiseases = treatsSpecialDiseases
        self.doesPublicHealthAndPooling = doesPublicHealthAndPooling
        self.designated = designated
        self.since = since
        self.name = name
        self.area = area
    }

    /// In the city (本市) for the persons of `region`: registered under it, and not marked as outside (G-15).
    package func isInCity(of region: String) -> Bool { !isOutOfCity && self.region == region }

    /// Settles special diseases on `date` (CQ-46).
    package func treatsSpecialDiseases(on date: CalendarDate) -> Bool {
        treatsSpecialDiseases && specialDiseases.contains(date)
    }

    /// A pharmacy that outpatient pooling pays at on `date` (CQ-16).
    package func isPoolingPharmacy(on date: CalendarDate) -> Bool { isPoolingPharmacy && pooling.contains(date) }

    /// What the calculator looks at for a person of `region`: for everybody but the persons of its own region it is out
    /// of the city, whatever its marks say (G-15).
    package func institution(for region: String) -> Institution {
        Institution(
            level: level, isChineseMedicine: isChineseMedicine, isCountyArea: isCountyArea,
            isOutOfCity: !isInCity(of: region))
    }
}

/// What happens to an institution in the register.
package enum InstitutionEvent: Equatable, Sendable {
    /// Registered, or changed: the record holds from its `since` on, what was known before stays on record.
    case registered(InstitutionRecord)
}

extension InstitutionEvent {
    /// Version of the coding of `registered`; 1 had neither name nor area, 2 no days of marks.
    private static var registeredVersion: UInt8 { 3 }

    package func encode(to writer: inout ByteWriter) {
        switch self {
        case .registered(let record):
            writer.byte(InstitutionEvent.registeredVersion)
            writer.text(record.code)
            writer.text(record.region)
            writer.byte(record.kind.rawValue)
            writer.byte(record.level.rawValue)
            writer.byte(record.flags)
            writer.range(record.designated)
            writer.date(record.since)
            writer.text(record.name)
            writer.text(record.area)
            writer.flag(record.isPoolingPharmacy)
            writer.range(record.pooling)
            writer.range(record.specialDiseases)
        }
    }

    package init(from reader: inout ByteReader) throws(DamagedBytes) {
        let version = try reader.byte()
        guard (1...InstitutionEvent.registeredVersion).contains(version) else { throw DamagedBytes() }
        var record = InstitutionRecord(
            code: try reader.text(), region: try reader.text(), kind: try reader.value(), level: try reader.value())
        try record.set(flags: try reader.byte())
        record.designated = try reader.range()
        record.since = try reader.date()
        if version >= 2 {
            record.name = try reader.text()
            record.area = try reader.text()
        }
        if version >= 3 {
            record.isPoolingPharmacy = try reader.flag()
            record.pooling = try reader.range()
            record.specialDiseases = try reader.range()
        }
        self = .registered(record)
    }
}

extension InstitutionRecord {
    private static var flagPaths: [WritableKeyPath<InstitutionRecord, Bool>] {
        [
            \.isChineseMedicine, \.isCountyArea, \.isOutOfCity, \.isNetworked, \.treatsSpecialDiseases,
            \.doesPublicHealthAndPooling,
        ]
    }

    fileprivate var flags: UInt8 {
        var flags: UInt8 = 0
        for (bit, path) in InstitutionRecord.flagPaths.enumerated() where self[keyPath: path] { flags |= 1 << bit }
        return flags
    }

    fileprivate mutating func set(flags: UInt8) throws(DamagedBytes) {
        let paths = InstitutionRecord.flagPaths
        guard flags < 1 << paths.count else { throw DamagedBytes() }
        for (bit, path) in paths.enumerated() { self[keyPath: path] = flags & (1 << bit) != 0 }
    }
}

extension ByteWriter {
    mutating func range(_ range: DateRange) {
        date(range.from)
        date(range.until)
    }

    mutating func moment(_ moment: Moment) { signed(moment.milliseconds) }
}

extension ByteReader {
    mutating func range() throws(DamagedBytes) -> DateRange {
        DateRange(from: try date(), until: try date())
    }

    mutating func moment() throws(DamagedBytes) -> Moment { Moment(milliseconds: try signed()) }
}
