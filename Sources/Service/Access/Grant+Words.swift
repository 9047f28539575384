extension Grant {
    /// For the page that shows the table: what is granted, in a few words.
    package var words: (english: String, chinese: String) {
        switch self {
        case .all: ("yes", "全部")
        case .ownInstitution, .ownSettlement: ("its own", "本机构的")
        case .ownNew: ("its own, no corrections", "本机构的, 不含更正")
        case .ownUse: ("its own bills, no premiums", "本机构的费用, 不含保费")
        case .ownClaim: ("its own, online", "本机构的, 联网")
        case .ownRows: ("if every row is its own", "各行均为本机构的")
        case .ownApplication: ("received at its own service point (AH-1)", "本服务点受理的(AH-1)")
        case .onePerson: ("one person at a time, recorded", "一次一人, 留痕")
        case .person, .personsSettlement: ("persons of its area", "本地区人员")
        case .persons: ("persons of its area, both", "双方均为本地区人员")
        case .manualClaim: ("on paper, persons of its area", "手工报销, 本地区人员")
        case .registration: ("into its area, nobody of another", "登记到本地区, 非外地人员")
        case .areaInstitution, .institutionRecord: ("institutions of its area", "本地区机构")
        case .wholeRegion: ("its region, where it is of the whole of it", "本统筹区, 限统筹区经办")
        case .regionAndArea: ("its area", "本地区")
        case .items: ("each item as by itself", "逐条同单笔")
        }
    }
}

extension AccessTable {
    /// The table as a page has it.
    package static func markdown(inChinese: Bool) -> String {
        let roles = Role.allCases
        var lines = [
            "| "
                + ([inChinese ? "方法" : "method"] + roles.map { inChinese ? $0.chinese : $0.rawValue }).joined(
                    separator: " | ")
                + (inChinese ? " | 写入 |" : " | writes |"),
            "|" + String(repeating: " --- |", count: roles.count + 2),
        ]
        for row in rows {
            let cells = roles.map { role in
                row.grants[role].map { inChinese ? $0.words.chinese : $0.words.english } ?? "–"
            }
            let writes = row.isWrite ? (inChinese ? "是" : "yes") : "–"
            lines.append("| `\(row.path)` | " + (cells + [writes]).joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
