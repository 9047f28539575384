import Policy
import Settlement

/// Words of a claims file for the values of a list; the first of a value is written.
package enum Words {
    package static let insurance: [(Insurance, [String])] = [
        (.unspecified, ["", "none"]), (.employee, ["employee", "职工", "310"]), (.resident, ["resident", "居民", "390"]),
    ]
    package static let membership: [(Membership, [String])] = [
        (.unspecified, [""]), (.employer, ["employer", "单位"]), (.tier1, ["tier1", "一档"]), (.tier2, ["tier2", "二档"]),
    ]
    package static let status: [(WorkStatus, [String])] = [
        (.unspecified, [""]), (.active, ["active", "在职"]), (.retired, ["retired", "退休"]),
    ]
    package static let kind: [(ClaimKind, [String])] = [
        (.inpatient, ["inpatient", "住院"]), (.outpatient, ["outpatient", "普通门诊", "门诊"]),
        (.emergency, ["emergency", "急救"]), (.special, ["special", "特病", "慢特病"]),
        (.twoDisease, ["two_disease", "两病"]), (.negotiated, ["negotiated", "国谈"]),
        (.specialDrug, ["special_drug", "特殊药品"]),
    ]
    package static let level: [(Level, [String])] = [
        (.unspecified, [""]), (.one, ["1", "一级"]), (.two, ["2", "二级"]), (.three, ["3", "三级"]),
    ]
    package static let accountUse: [(AccountUse, [String])] = [
        (.standard, ["standard", "", "默认"]), (.none, ["none", "不用"]), (.all, ["all", "全部"]),
    ]
    package static let flag: [(Bool, [String])] = [(false, ["0", "", "否", "no"]), (true, ["1", "是", "yes"])]
    package static let identity: [(Identity, [String])] = [
        (.destitute, ["destitute", "特困"]), (.lowIncome, ["low_income", "低保"]),
        (.returnedToPoverty, ["returned_to_poverty", "返贫致贫"]), (.nearLowIncome, ["near_low_income", "低保边缘"]),
        (.monitored, ["monitored", "监测帮扶"]), (.illnessPoverty, ["illness_poverty", "因病致贫"]),
        (.registeredPoor, ["registered_poor", "建档立卡"]),
    ]
    package static let relation: [(AccountRelation, [String])] = [
        (.own, ["self", "本人"]), (.spouse, ["spouse", "配偶"]), (.parent, ["parent", "父母"]), (.child, ["child", "子女"]),
    ]

    /// The value of a word; nil: none of the list.
    static func value<Value>(_ text: borrowing Span<UInt8>, _ list: [(Value, [String])]) -> Value? {
        for (value, words) in list {
            for word in words where isEqual(text, word) { return value }
        }
        return nil
    }

    /// The word that is written for `value`.
    package static func word<Value: Equatable>(_ value: Value, _ list: [(Value, [String])]) -> String {
        list.first { $0.0 == value }?.1.first ?? ""
    }

    /// All words of the list, for an error: "employee 职工, resident 居民".
    static func choices<Value>(_ list: [(Value, [String])]) -> String {
        var texts: [String] = []
        for (_, words) in list {
            let names = words.filter { !$0.isEmpty }
            if !names.isEmpty { texts.append(names.prefix(2).joined(separator: " ")) }
        }
        return texts.joined(separator: ", ")
    }

    private static func isEqual(_ text: borrowing Span<UInt8>, _ word: String) -> Bool {
        let utf8 = word.utf8
        if utf8.count != text.count { return false }
        var index = 0
        for byte in utf8 {
            if text[index] != byte { return false }
            index += 1
        }
        return true
    }
}
