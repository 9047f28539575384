import Population

/// A kind of file of the register, with its columns in the order of writing.
package enum RegistryTable: String, CaseIterable, Sendable {
    /// 区县, 乡镇街道.
    case areas
    /// 定点医药机构.
    case institutions
    /// 参保人.
    case persons
    /// 救助身份.
    case identities
    /// 参保记录.
    case enrolments
    /// 参保变更: a change of an enrolment from a day on (在职转退休, 缴费基数调整). Read only: recorded as enrolments.
    case changes
    /// 家庭共济关系.
    case family
    /// 补充保险.
    case purchases
    /// 特病登记.
    case special
    /// 转诊.
    case referrals
    /// 参保终止: deaths and deregistrations.
    case departures
    /// 部门反馈.
    case feedback
    /// 慢性病患者上报.
    case chronicReports = "chronic_reports"

    /// The order in which files build up a register: areas, institutions and persons before records that refer to them,
    /// identities before the premiums that depend on them.
    package static var importOrder: [RegistryTable] { allCases }

    /// Whether `jiesuan lists` exports it, per region and in the same columns, instead of the register's export.
    package var isList: Bool { self == .feedback || self == .chronicReports }

    /// The tables of an export; changes are recorded as enrolments.
    package static var exported: [RegistryTable] { allCases.filter { $0 != .changes && !$0.isList } }

    /// The kind of file that selects the platform's names of the columns.
    var platformFile: PlatformColumn.File { PlatformColumn.File(rawValue: rawValue) ?? .other }

    /// Whether rows are persons' records, which have numbers.
    package var isOfPersons: Bool { self != .areas && self != .institutions }

    package var columns: [RegistryColumn] {
        isOfPersons
            ? ownColumns + RegistryColumn.names + (self == .family ? [.otherNo, .otherRegion] : []) : ownColumns
    }

    /// The columns without those of the platform's number, which end every table of persons.
    private var ownColumns: [RegistryColumn] {
        switch self {
        case .areas:
            [
                RegistryColumn("code", "区划代码", "code of the area (G-17)", .id, isRequired: true),
                RegistryColumn("name", "名称", "as lists show it: 奉节县, 永安街道", isRequired: true),
                RegistryColumn("parent", "上级代码", "the county of a township or street; empty: it is a county", .id),
                RegistryColumn("region", "统筹区", "policy pack that a county is in; empty for a township"),
                RegistryColumn("withdrawn", "停用", "1: nobody is put into it any more"),
            ]
        case .institutions:
            [
                RegistryColumn("code", "机构编号", "code of the institution (fixmedins_code)", .id, isRequired: true),
                RegistryColumn("region", "统筹区", "policy pack it belongs to; empty: outside all of them"),
                RegistryColumn("kind", "机构类别", "hospital, primary, pharmacy, internet_hospital", isRequired: true),
                RegistryColumn("level", "机构等级", "agreement settlement level: 1, 2, 3; empty for a pharmacy (CQ-44)"),
                RegistryColumn("chinese_medicine", "中医机构", "1: a Chinese-medicine institution (CQ-4)"),
                RegistryColumn("county_area", "县域内", "1: in a county area of the city (SY-5)"),
                RegistryColumn("out_of_city", "市外", "1: outside the city"),
                RegistryColumn("networked", "联网", "1 or empty: settles at once; 0: paid in advance (CQ-42, AH-6)"),
                RegistryColumn("special_diseases", "特病定点", "1: designated for special diseases (CQ-46)"),
                RegistryColumn("public_health_and_pooling", "公卫与统筹", "1: does basic public health and pooling (SY-8)"),
                RegistryColumn("designated_from", "协议期起", "first day of its agreement; empty: open", .date),
                RegistryColumn("designated_until", "协议期止", "last day of its agreement; empty: open", .date),
                RegistryColumn("since", "变更日期", "first day on which the row holds; empty: always", .date),
                RegistryColumn("name", "机构名称", "as lists show it beside the code"),
                RegistryColumn("area", "区划代码", "area where it lies, a code of `areas` (G-17)", .id),
                RegistryColumn("outpatient_pooling", "门诊统筹定点药店", "1: a pharmacy designated for it (CQ-16)"),
                RegistryColumn("outpatient_pooling_from", "门诊统筹定点起", "first day of that mark; empty: open", .date),
                RegistryColumn("outpatient_pooling_until", "门诊统筹定点止", "last day of that mark; empty: open", .date),
                RegistryColumn("special_diseases_from", "特病定点起", "first day of special_diseases; empty: open", .date),
                RegistryColumn("special_diseases_until", "特病定点止", "last day of special_diseases; empty: open", .date),
            ]
        case .persons:
            [
                RegistryColumn.person,
                RegistryColumn("region", "统筹区", "policy pack: chongqing, yantai, shenyang, anhui …", isRequired: true),
                RegistryColumn("birth_month", "出生年月", "196005 or 1960-05", isRequired: true),
                RegistryColumn("since", "迁入日期", "of a person who moves: first day there (CQ-32)", .date),
                RegistryColumn("area", "区划代码", "area of the person, of `areas` (G-17); empty: as it is", .id),
                RegistryColumn.corrects,
            ]
        case .enrolments:
            [
                RegistryColumn.person,
                RegistryColumn("insurance", "险种", "employee 职工, resident 居民", isRequired: true),
                RegistryColumn("membership", "参保方式", "employer 单位, tier1 一档, tier2 二档; empty: makes no difference"),
                RegistryColumn("status", "人员类别", "active 在职, retired 退休; empty: makes no difference"),
                RegistryColumn("payer", "缴费方式", "employer, person, account, subsidy; empty: not told"),
                RegistryColumn("covered_from", "待遇享受期起", "first day covered; empty: rule CQ-41 says it", .date),
                RegistryColumn("covered_until", "待遇享受期止", "last day covered; empty: open", .date),
                RegistryColumn("paid_on", "缴费日期", "day of payment; empty: not told", .date),
                RegistryColumn("lump_sum_until", "趸缴期止", "last day of the lump-sum period (CQ-30)", .date),
                RegistryColumn("contribution_base", "缴费基数", "a month, yuan (CQ-30)", .yuan),
                RegistryColumn("premium_due", "应缴保费", "yuan; empty: the pack's (CQ-40)", .yuan),
                RegistryColumn("premium_subsidised", "资助金额", "yuan; empty: by rule YT-8", .yuan),
                RegistryColumn("year", "缴费年度", "year of the premium (CQ-40); empty: none by the year", .number),
                RegistryColumn("status_change", "因就业等变化", "1: switched because of employment or the like (CQ-41)"),
                RegistryColumn.corrects,
            ]
        case .identities:
            [
                RegistryColumn.person,
                RegistryColumn("identity", "救助身份", "destitute 特困, low_income 低保 …", isRequired: true),
                RegistryColumn("given", "认定日期", "day on which it was given (G-11)", .date, isRequired: true),
                RegistryColumn("ended", "退出日期", "day on which it ended; empty: in force", .date),
                RegistryColumn(
                    "department", "部门",
                    "civil_affairs 民政, rural_revitalisation 乡村振兴, poverty_alleviation 扶贫办, healthcare_security, other",
                    isRequired: true),
                RegistryColumn.corrects,
            ]
        case .changes:
            [
                RegistryColumn.person,
                RegistryColumn("date", "变更日期", "first day on which the change holds", .date, isRequired: true),
                RegistryColumn("status", "人员类别", "active 在职, retired 退休; empty: as it is"),
                RegistryColumn("membership", "参保方式", "employer 单位, tier1 一档, tier2 二档; empty: as it is"),
                RegistryColumn("contribution_base", "缴费基数", "a month, yuan (CQ-30); empty: as it is", .yuan),
                RegistryColumn(
                    "lump_sum_until", "趸缴期止", "last day of the lump-sum period (CQ-30); empty: as it is", .date),
            ]
        case .departures:
            [
                RegistryColumn.person,
                RegistryColumn("reason", "终止原因", "death 死亡, deregistration 注销", isRequired: true),
                RegistryColumn("date", "终止日期", "last day covered", .date, isRequired: true),
                RegistryColumn.corrects,
            ]
        case .family:
            [
                RegistryColumn.person,
                RegistryColumn.other,
                RegistryColumn("relation", "关系", "what the other is: spouse, parent, child (CQ-31)", isRequired: true),
                RegistryColumn("from", "生效日期", "empty: always", .date),
                RegistryColumn("until", "终止日期", "empty: open", .date),
                RegistryColumn.corrects,
            ]
        case .purchases:
            [
                RegistryColumn.person,
                RegistryColumn("product", "补充保险", "product of the pack: yukuaibao_2023_basic", isRequired: true),
                RegistryColumn("bought_on", "投保日期", "day on which it was bought (CQ-22)", .date, isRequired: true),
                RegistryColumn("pre_existing", "既往病", "1: with a pre-existing disease"),
                RegistryColumn("premium", "保费", "yuan; empty: the pack's (CQ-21)", .yuan),
                RegistryColumn.corrects,
            ]
        case .special:
            [
                RegistryColumn.person,
                RegistryColumn("disease", "病种", "disease code of the pack's table", isRequired: true),
                RegistryColumn("from", "生效日期", "empty: always", .date),
                RegistryColumn("until", "终止日期", "empty: open", .date),
                RegistryColumn.corrects,
            ]
        case .referrals:
            [
                RegistryColumn.person,
                RegistryColumn("number", "转诊单号", "number of the referral", .id, isRequired: true),
                RegistryColumn("from", "转出机构", "code of a registered institution; empty: see from_level", .id),
                RegistryColumn("to", "转入机构", "code of a registered institution; empty: see to_level", .id),
                RegistryColumn("from_level", "转出等级", "1, 2, 3 where `from` is empty"),
                RegistryColumn("to_level", "转入等级", "1, 2, 3 where `to` is empty"),
                RegistryColumn("date", "转诊日期", "day of the referral", .date, isRequired: true),
                RegistryColumn("first_diagnosis", "基层首诊", "1: first diagnosed at the primary institution (YT-10)"),
                RegistryColumn.corrects,
            ]
        case .feedback:
            [
                RegistryColumn.person,
                RegistryColumn(
                    "department", "部门", "whose list it was: civil_affairs 民政, rural_revitalisation 乡村振兴",
                    isRequired: true),
                RegistryColumn("month", "名单月份", "month of the list: 2024-03 (YT-9)", isRequired: true),
                RegistryColumn("received", "反馈日期", "day of the answer", isRequired: true),
                RegistryColumn("taken_in", "是否纳入", "1: taken in; 0: not"),
                RegistryColumn("identity", "救助身份", "into which group; empty where not taken in"),
                RegistryColumn("from", "纳入日期", "from when; empty where not taken in"),
                RegistryColumn("reason", "未纳入原因", "why not; empty where taken in"),
            ]
        case .chronicReports:
            [
                RegistryColumn.person,
                RegistryColumn("institution", "机构编号", "code of the institution that reports", isRequired: true),
                RegistryColumn("disease", "病种编码", "disease code of the pack's table", isRequired: true),
                RegistryColumn("reported", "上报日期", "day of the report (YE-6)", isRequired: true),
                RegistryColumn("letter", "送达日期", "day on which the letter was handed over; empty: not yet"),
                RegistryColumn("withdrawn", "撤销", "1: reported by mistake"),
            ]
        }
    }
}

/// A column of a file of the register; a header may use either name.
package struct RegistryColumn: Equatable, Sendable {
    package var name: String
    package var chinese: String
    /// The column's content in one line.
    package var explanation: String
    /// The kind of its cells; decides how they are written and validated.
    package var kind: TableColumn.Kind
    /// Whether a file without it, or a row where it is empty, is refused.
    package var isRequired: Bool
    package var tableColumn: TableColumn { TableColumn(name, chinese, kind) }

    init(
        _ name: String, _ chinese: String, _ explanation: String, _ kind: TableColumn.Kind = .text,
        isRequired: Bool = false
    ) {
        self.name = name
        self.chinese = chinese
        self.explanation = explanation
        self.kind = kind
        self.isRequired = isRequired
    }

    /// The last of the own columns of every table of persons but `changes`.
    package static var corrects: RegistryColumn {
        RegistryColumn(
            "corrects", "更正记录号", "number of the record that the row corrects, as `person` shows it; empty: none",
            .number)
    }

    /// Our number of the person; a row may have `personNo` instead, or both.
    static var person: RegistryColumn {
        RegistryColumn(
            "person", "人员编号", "opaque number of the person, 0 … 2^64-1, or person_no says it; never a name", .id)
    }

    static var other: RegistryColumn {
        RegistryColumn("other", "亲属编号", "number of the other person, or other_no says it", .id)
    }

    /// Names of the columns that identify the person.
    package static var nameColumns: [String] { [person, personNo, personRegion].map(\.name) }

    /// The columns after a table's own.
    static var names: [RegistryColumn] { [personNo, personRegion] }

    package static var personNo: RegistryColumn {
        RegistryColumn(
            "person_no", "平台人员编号",
            "the platform's number of the person (psn_no), up to 30 characters; in persons - takes it away", .id)
    }

    static var personRegion: RegistryColumn {
        RegistryColumn("person_region", "平台人员编号统筹区", "region in which person_no is meant; empty: any")
    }

    static var otherNo: RegistryColumn {
        RegistryColumn("other_no", "平台亲属编号", "the platform's number of the other person", .id)
    }

    static var otherRegion: RegistryColumn {
        RegistryColumn("other_region", "平台亲属编号统筹区", "region in which other_no is meant; empty: any")
    }
}
