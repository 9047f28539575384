/// Every parameter that a pack may have: name, kind, rule, Chinese term, meaning, grouped by the part that reads it. To
/// add one, add a line here. Packs with other parameters are refused, and code cannot read others.
package enum ParameterRegistry {
    package static let all: [ParameterDefinition] = [
        read(
            by: "account credits",
            [
                .init("account.credit.from", .date, "CQ-30", "开始计入的月份", "first month with a credit"),
                .init(
                    "account.credit.memberships", .names(.memberships),
                    "CQ-30", "计入的参保方式", "memberships that get a credit"),
                .init(
                    "account.credit.active", .share,
                    "CQ-30", "在职计入比例", "monthly credit, active, of the contribution base"),
                .init("account.credit.retired", .money, "CQ-30", "退休定额", "monthly credit, retired"),
                .init(
                    "account.credit.retired_elder", .money,
                    "CQ-30", "高龄退休定额", "monthly credit, retired and of the age below"),
                .init(
                    "account.credit.elder_age", .number(unit: "years", range: 1...150),
                    "CQ-30", "高龄定额起始年龄", "age from which the higher credit is given"),
                .init(
                    "account.credit.lump_sum", .share,
                    "CQ-30", "趸缴计入比例", "monthly credit while a lump sum runs, of its base"),
                .init(
                    "account.credit.lump_sum_memberships", .names(.memberships),
                    "CQ-30", "可趸缴的参保方式", "memberships that may pay a lump sum"),
            ]),
        read(
            by: "account uses",
            [
                .init(
                    "account.use.institution", .names(.beneficiaries),
                    "CQ-31", "可用于医疗机构费用的人员", "for whom an account pays at a medical institution"),
                .init(
                    "account.use.pharmacy", .names(.beneficiaries),
                    "CQ-31", "可用于药店费用的人员", "for whom an account pays at a pharmacy"),
                .init(
                    "account.use.premium.<premium>", .names(.beneficiaries),
                    "CQ-31", "可代缴保费的人员", "for whom an account pays this premium"),
                .init(
                    "account.use.refused", .names(.words(["public_health", "fitness", "wellness"])),
                    "CQ-31", "不得使用的用途", "purposes that are refused"),
                .init(
                    "account.cash.grounds", .names(.words(["deregistration"])),
                    "CQ-31", "可提取现金的情形", "grounds on which cash leaves an account"),
            ]),
        read(
            by: "account orders",
            [
                .init(
                    "account.carry_over", .names(.words(["year_end", "inheritance", "transfer"])),
                    "CQ-32", "结转、继承、转移", "what may become of a balance")
            ]),
        read(
            by: "enrolment",
            [
                .init("enrolment.<insurance>.<year>.<membership>", .money, "CQ-40", "个人缴费标准", "premium of a year"),
                .init(
                    "enrolment.switch.years_without_break", .number(unit: "years", range: 0...100),
                    "CQ-41", "连续参保年数", "years without a break before a switch"),
                .init(
                    "enrolment.switch.gap_months", .number(unit: "months", range: 0...120),
                    "CQ-41", "允许的中断月数", "months that may be made good"),
                .init(
                    "subsidy.resident.identities", .names(.identities),
                    "YT-8", "参保资助对象", "whose resident premium is subsidised"),
                .init("subsidy.resident.ratio", .share, "YT-8", "资助比例", "how much of the premium"),
            ]),
        read(
            by: "admission",
            [
                .init(
                    "out_of_area.manual.not_networked", .names(.kinds),
                    "CQ-42", "未联网时手工报销的类别", "kinds settled manually where the institution is not networked"),
                .init(
                    "out_of_area.documents.kinds", .names(.kinds),
                    "CQ-42", "须附材料的类别", "kinds whose manual settling needs documents"),
                .init("out_of_area.documents", .names(.documents), "CQ-42", "手工报销材料", "documents of a manual claim"),
                .init(
                    "out_of_area.opened_diseases", .names(.diseases),
                    "CQ-42", "市外直接结算的特病", "special diseases settled directly outside the city"),
                .init(
                    "admission.covered", .names(.words(["entitlement_period"])),
                    "CQ-45", "待遇享受期", "what a person must be in to be settled"),
                .init(
                    "admission.level", .names(.words(["agreement"])),
                    "CQ-44", "医保协议结算等级", "which level of an institution counts"),
                .init(
                    "pharmacy.kinds", .names(.kinds), "CQ-16", "药店可结算的类别", "kinds that a pharmacy may submit"),
                .init(
                    "prescription.pharmacy.kinds", .names(.kinds),
                    "CQ-16", "药店须凭处方的类别", "kinds for which a pharmacy needs a prescription"),
                .init(
                    "prescription.pharmacy.insurances", .names(.insurances),
                    "CQ-16", "须凭处方的险种", "insurances for which it needs one"),
                .init("prescription.pharmacy.from", .date, "CQ-16", "处方要求起始日", "since when it needs one"),
                .init(
                    "prescription.pharmacy.pooling_designated", .names(.kinds),
                    "CQ-16", "须为门诊统筹定点药店的类别", "kinds for which it must be designated for pooling"),
                .init(
                    "prescription.long_term.weeks", .number(unit: "weeks", range: 1...520),
                    "CQ-43", "长期处方周数上限", "longest prescription"),
                .init(
                    "entitlement.no_deposit.identities", .names(.identities),
                    "YT-10", "免押金对象", "who pays no deposit when referred"),
            ]),
        read(
            by: "identities",
            [
                .init(
                    "entitlement.identities.<department>", .names(.identities),
                    "G-10", "部门提供的名单", "identities that the department names")
            ]),
        read(
            by: "filings",
            [
                .init("filing.asked_for", .names(.kinds), "CQ-46", "须备案的类别", "kinds whose disease must be on file"),
                .init(
                    "filing.certified_in_county", .names(.diseases),
                    "CQ-46", "县内均可办理的病种", "diseases that any institution of the county certifies"),
                .init("filing.two_disease.diseases", .names(.diseases), "SY-8", "两病", "the two diseases"),
                .init("filing.two_disease.deadline", .date, "SY-8", "两病备案期限", "day by which they are on file"),
                .init(
                    "filing.papers", .names(.ownWords(["identity", "outpatient", "diagnosis", "examination"])),
                    "AH-1", "申报材料", "papers of an application"),
                .init(
                    "filing.papers.<paper>",
                    .names(
                        .ownWords([
                            "identity_document", "insurance_card", "insurance_code", "outpatient_record",
                            "discharge_record", "diagnosis_certificate", "examination_report",
                        ])),
                    "AH-1", "材料可用的证件", "any of these will do for the paper"),
                .init(
                    "filing.appraisal.passed_on_by_day", .number(unit: "day of the month", range: 1...31),
                    "AH-1", "报送截止日", "last day of a month that is in time"),
                .init(
                    "filing.appraisal.titles", .names(.ownWords(["deputy_chief_physician", "chief_physician"])),
                    "AH-2", "鉴定专家职称", "titles of those who appraise"),
                .init(
                    "filing.screening.level", .number(unit: "level of institution", range: 1...3),
                    "AH-3", "筛查机构最低级别", "lowest level whose diagnosis counts"),
            ]),
        read(
            by: "screening of high cost",
            [
                .init(
                    "filing.inspection.months", .number(unit: "months", range: 1...1_200),
                    "SY-8", "排查月数", "stretch that the screening looks at")
            ]),
        read(
            by: "recognition",
            [
                .init("recognition.kinds", .names(.kinds), "YT-7", "计入的类别", "kinds whose burden counts"),
                .init("recognition.threshold", .money, "YT-7", "救助起付", "burden that stays with the person"),
                .init("recognition.ratio", .share, "YT-7", "救助比例", "of what is above it"),
                .init("recognition.limit", .money, "YT-7", "救助限额", "most that one recognition pays"),
                .init(
                    "recognition.months_before", .number(unit: "months", range: 0...RecognitionTerms.monthsBeforeMax),
                    "YT-7", "追溯月数", "months before the application's"),
            ]),
        read(
            by: "year's end",
            [
                .init("monitoring.identities", .names(.identities), "YT-9", "监测对象", "watched above the lower share"),
                .init(
                    "monitoring.share.identified", .ratio(max: PackLimit.parameterRatioMax),
                    "YT-9", "监测比例(监测对象)", "share of the income per head, watched identities"),
                .init(
                    "monitoring.share.others", .ratio(max: PackLimit.parameterRatioMax),
                    "YT-9", "监测比例(普通人员)", "share of the income per head, persons without an identity"),
                .init(
                    "assessment.consent", .names(.documents),
                    "YT-11", "知情同意书", "document that says that the person agreed"),
            ]),
    ].flatMap { $0 }

    private static func read(by reader: String, _ definitions: [ParameterDefinition]) -> [ParameterDefinition] {
        definitions.map { definition in
            var definition = definition
            definition.reader = reader
            return definition
        }
    }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    private static let variable = all.filter { $0.name.contains("<") }

    /// By the name that the registry has; nil: there is none.
    package static subscript(name: String) -> ParameterDefinition? { byName[name] }

    /// The definition of a parameter as a pack names it, such as "enrolment.resident.2023.tier1"; nil: there is none.
    package static func definition(of name: String) -> ParameterDefinition? {
        if let definition = byName[name] { return definition.name.contains("<") ? nil : definition }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return variable.first { definition in
            definition.parts.count == parts.count
                && zip(definition.parts, parts).allSatisfy { pattern, part in
                    if let variable = ParameterVariable(rawValue: String(pattern)) { return variable.admits(part) }
                    return pattern == part
                }
        }
    }
}
