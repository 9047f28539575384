import Settlement

/// The values of lists in the two languages of the product, for bills and error texts.
package enum ExplainWords {
    package static func label(_ kind: ClaimKind) -> Label {
        switch kind {
        case .unspecified: Label(zh: "未注明", en: "unspecified")
        case .inpatient: Label(zh: "住院", en: "inpatient")
        case .outpatient: Label(zh: "普通门诊", en: "outpatient")
        case .emergency: Label(zh: "急危重症门急诊抢救", en: "emergency")
        case .special: Label(zh: "特病门诊", en: "special-disease outpatient")
        case .twoDisease: Label(zh: "两病门诊", en: "two-disease outpatient")
        case .negotiated: Label(zh: "国谈药品", en: "negotiated drugs")
        case .specialDrug: Label(zh: "特殊药品", en: "special drugs")
        }
    }

    package static func label(_ insurance: Insurance) -> Label {
        switch insurance {
        case .unspecified: Label(zh: "未参保", en: "not insured")
        case .employee: Label(zh: "职工医保", en: "employee insurance")
        case .resident: Label(zh: "居民医保", en: "resident insurance")
        }
    }

    package static func label(_ membership: Membership) -> Label {
        switch membership {
        case .unspecified: Label(zh: "", en: "")
        case .employer: Label(zh: "随单位", en: "through employer")
        case .tier1: Label(zh: "一档", en: "tier 1")
        case .tier2: Label(zh: "二档", en: "tier 2")
        }
    }

    package static func label(_ status: WorkStatus) -> Label {
        switch status {
        case .unspecified: Label(zh: "", en: "")
        case .active: Label(zh: "在职", en: "active")
        case .retired: Label(zh: "退休", en: "retired")
        }
    }

    package static func label(_ level: Level) -> Label {
        switch level {
        case .unspecified: Label(zh: "", en: "")
        case .one: Label(zh: "一级及以下", en: "level 1")
        case .two: Label(zh: "二级", en: "level 2")
        case .three: Label(zh: "三级", en: "level 3")
        }
    }

    package static func label(_ identity: Identity) -> Label {
        switch identity {
        case .none: Label(zh: "", en: "")
        case .destitute: Label(zh: "特困人员", en: "destitute")
        case .lowIncome: Label(zh: "低保对象", en: "low income")
        case .returnedToPoverty: Label(zh: "返贫致贫人口", en: "returned to poverty")
        case .nearLowIncome: Label(zh: "低保边缘家庭成员", en: "near low income")
        case .monitored: Label(zh: "防止返贫监测帮扶对象", en: "monitored against return to poverty")
        case .illnessPoverty: Label(zh: "因病致贫重病患者", en: "poverty through illness")
        case .registeredPoor: Label(zh: "建档立卡贫困人口", en: "registered poor")
        }
    }

    package static func label(_ base: LayerBase) -> Label {
        switch base {
        case .inPolicyLeft: Label(zh: "政策范围内余额", en: "what is left in policy")
        case .drugShareOfInPolicyLeft: Label(zh: "其中药费", en: "drug share of what is left in policy")
        case .inPolicyAndFirstSelfPayLeft:
            Label(zh: "目录内自付", en: "what is left in policy and of first self-pay")
        case .outOfCatalogLeft: Label(zh: "目录外自费", en: "what is left out of catalogue")
        case .specialDrugLeft: Label(zh: "特殊药品费用", en: "special drugs")
        }
    }

    package static func label(_ category: FundCategory) -> Label {
        switch category {
        case .pool: Label(zh: "统筹基金", en: "pool")
        case .largeAmount: Label(zh: "职工大额", en: "large amount")
        case .criticalIllness: Label(zh: "大病保险", en: "critical illness")
        case .assistance: Label(zh: "医疗救助", en: "assistance")
        case .reassistance: Label(zh: "再救助", en: "re-assistance")
        case .supplementary: Label(zh: "补充保险", en: "supplementary")
        }
    }
}

extension Label {
    /// Both languages: "统筹基金 pool"; one where they are the same or one is empty.
    package var both: String {
        if zh.isEmpty || zh == en { return en }
        return en.isEmpty ? zh : "\(zh) \(en)"
    }
}
