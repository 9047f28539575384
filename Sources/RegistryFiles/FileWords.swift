import Population
import Registry
import Settlement

/// Words of the register's files; the first of a value is written.
enum FileWords {
    static let kind: [(InstitutionKind, [String])] = [
        (.hospital, ["hospital", "医院"]), (.primary, ["primary", "基层医疗卫生机构", "基层"]),
        (.pharmacy, ["pharmacy", "定点零售药店", "药店"]), (.internetHospital, ["internet_hospital", "互联网医院"]),
    ]
    static let payer: [(PremiumPayer, [String])] = [
        (.unspecified, [""]), (.employer, ["employer", "单位"]), (.person, ["person", "个人"]),
        (.account, ["account", "个人账户"]), (.subsidy, ["subsidy", "资助"]),
    ]
    static let department: [(Department, [String])] = [
        (.civilAffairs, ["civil_affairs", "民政"]), (.ruralRevitalisation, ["rural_revitalisation", "乡村振兴"]),
        (.povertyAlleviation, ["poverty_alleviation", "扶贫办"]),
        (.healthcareSecurity, ["healthcare_security", "医保"]), (.other, ["other", "其他"]),
    ]
    static let departure: [(DepartureReason, [String])] = [
        (.death, ["death", "死亡"]), (.deregistration, ["deregistration", "注销"]),
    ]
    static let relation: [(FamilyRelation, [String])] = [
        (.spouse, ["spouse", "配偶"]), (.parent, ["parent", "父母"]), (.child, ["child", "子女"]),
    ]
    /// Networked unless the file says otherwise.
    static let networked: [(Bool, [String])] = [(true, ["1", "", "是", "yes"]), (false, ["0", "否", "no"])]
}
