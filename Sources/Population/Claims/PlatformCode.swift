import Settlement

/// Codes of the national platform for our values, those with the same meaning everywhere. Cities have more of their
/// own, which only the city's table explains; those are not read.
///
/// The first code of a value is written; a value without a code is written as "".
package enum PlatformCode {
    /// 险种类型.
    package static let insutype: [(Insurance, [String])] = [(.employee, ["310"]), (.resident, ["390"])]
    /// 人员类别. Residents' types go by age, which no rule looks at.
    package static let psnType: [(WorkStatus, [String])] = [
        (.active, ["11", "1101", "1102", "1103", "1160"]), (.retired, ["12", "1201", "1202", "1203", "1260"]),
        (.unspecified, ["", "14", "1401", "1402", "1403", "1404", "1405", "15", "1501", "16"]),
    ]
    /// 医疗类别. 两病, 国谈药品 and 特殊药品 have none that is the same everywhere.
    package static let medType: [(ClaimKind, [String])] = [
        (.outpatient, ["11"]), (.emergency, ["13"]), (.special, ["14"]), (.inpatient, ["21"]),
    ]
    /// 个人账户使用标志.
    package static let acctUsedFlag: [(AccountUse, [String])] = [(.none, ["0"]), (.standard, ["1"])]

    /// The code that is written for `value`.
    package static func written<Value: Equatable>(_ value: Value, _ list: [(Value, [String])]) -> String {
        Words.word(value, list)
    }
}
