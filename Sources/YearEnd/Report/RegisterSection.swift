import HTMLReport

/// How many rows the year's registers have (YE-6).
enum RegisterSection {
    static func write(_ result: YearResult, to page: inout HTMLWriter) {
        page.section("registers", Words("台账", "Registers")) { section in
            let registers = result.registers
            guard registers != RegisterResult() else {
                return section.paragraph(
                    Words(
                        "没有台账内容：数据来自文件，或未给定活动日期，或没有登记。",
                        "The registers are empty: the claims come from files, no campaign's days were given, "
                            + "or nothing is registered."))
            }
            var table = ReportTable(
                caption: Words("台账条数", "Entries of the registers"),
                columns: [.text("台账", "Register"), .figure("条数", "Entries"), .text("来源", "Source")])
            table.rows = [
                [
                    .words(Words("慢性病患者参保明细", "Chronic patients")), .count(registers.chronicPersons),
                    .plain("000 附件2"),
                ],
                [
                    .words(Words("慢性病患者参保汇总（报送机构）", "Their summary by reporting institution")),
                    .count(registers.chronicInstitutions), .plain("000 附件3"),
                ],
                [.words(Words("问题台账", "Problems")), .count(registers.problemRows), .plain("002 附件2")],
            ]
            table.write(to: &section)
        }
    }
}
