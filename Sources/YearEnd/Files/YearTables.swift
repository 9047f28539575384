import Lists
import Population

/// The columns of a run's CSV files, in the order in which their rows are written.
enum YearTables {
    private static let settlement = TableColumn("settlement_id", "结算编号", .id)
    private static let number = TableColumn("number", "流水号", .number)
    private static let person = TableColumn("person", "人员编号", .id)
    private static let region = TableColumn("region", "统筹区")
    private static let institution = TableColumn("institution", "机构编号", .id)
    private static let serviceDate = TableColumn("service_date", "服务日期", .date)
    private static let total = TableColumn("total", "医疗费总额", .yuan)
    private static let settlements = TableColumn("settlements", "结算笔数", .number)
    private static let reversals = TableColumn("reversals", "撤销笔数", .number)
    private static let outOfCatalog = TableColumn("out_of_catalog", "全自费", .yuan)
    private static let uses = TableColumn("uses", "账户直接支付笔数", .number)
    private static let refunds = TableColumn("refunds", "账户退费笔数", .number)
    private static let owed = TableColumn("owed", "应拨付", .yuan)
    private static let paidOutside = TableColumn("paid_outside", "系统外已支付", .yuan)

    static let adjustments: [TableColumn] = [
        settlement, number, person, region, institution, TableColumn("kind", "医疗类别"), serviceDate, total,
        TableColumn("reason", "调整原因"), TableColumn("fund", "基金差额", .yuan), TableColumn("cash", "现金差额", .yuan),
        TableColumn("account", "账户差额", .yuan), TableColumn("recoverable", "应退", .yuan),
        TableColumn("funds", "各基金差额"),
    ]
    static let consent: [TableColumn] = [
        settlement, number, person, institution, serviceDate, total, outOfCatalog,
    ]
    static let monitoring = WatchList.columns
    static let recognitions: [TableColumn] = [
        person, TableColumn("year", "年度", .number), TableColumn("applied", "申请日期", .date),
        TableColumn("recognised", "认定日期", .date), TableColumn("burden", "个人负担", .yuan),
        TableColumn("due", "应付", .yuan), TableColumn("paid", "已付", .yuan),
        TableColumn("outstanding", "未付", .yuan), TableColumn("overpaid", "多付", .yuan),
    ]
    static let funds: [TableColumn] = [
        region, TableColumn("payer", "承担方代码"), TableColumn("name", "承担方"), TableColumn("category", "类别"),
        TableColumn("code", "基金代码", .id), TableColumn("recorded", "原结算金额", .yuan),
        TableColumn("adjusted", "调整金额", .yuan), TableColumn("final", "最终金额", .yuan),
        TableColumn("institutions", "应付机构", .yuan), TableColumn("uses", "账户直接支付", .yuan),
        TableColumn("persons", "应付个人", .yuan), TableColumn("accounts", "应付个人账户", .yuan),
        paidOutside, TableColumn("to_recover", "应退", .yuan),
    ]
    static let clearingYear: [TableColumn] = [
        institution, settlements, reversals, uses, refunds, total, TableColumn("funds", "基金应拨付", .yuan),
        TableColumn("accounts", "个人账户应拨付", .yuan), owed, paidOutside,
        TableColumn("adjusted", "调整金额（归个人）", .yuan), TableColumn("yearly_total", "年度总额", .yuan),
        TableColumn("over", "超出总额", .yuan),
    ]
    /// What is to be recovered, person by person (G-13).
    static let recoveries: [TableColumn] = [
        person, region, TableColumn("due", "应退", .yuan), TableColumn("owed", "应付个人", .yuan),
        TableColumn("handed_over", "其中已拨付", .yuan), TableColumn("net", "应退净额", .yuan),
        TableColumn("to_accounts", "退回个人账户", .yuan),
    ]
    static let assessment: [TableColumn] = [
        institution, TableColumn("claims", "结算笔数", .number), total, outOfCatalog,
        // Hundredths of a percent, written as yuan are.
        TableColumn("share_percent", "目录外占比%", .yuan), TableColumn("without_consent", "无知情同意笔数", .number),
    ]
    static let accounts: [TableColumn] = [
        person, TableColumn("opening", "年初余额", .yuan), TableColumn("credits", "每月计入", .yuan),
        TableColumn("other_credits", "其他计入", .yuan), TableColumn("settled", "结算支付", .yuan),
        TableColumn("given_back", "退回", .yuan), TableColumn("other_uses", "其他使用", .yuan),
        TableColumn("paid_out", "转出继承", .yuan), TableColumn("closing", "年末余额", .yuan),
    ]
    static let secondRound: [TableColumn] = [
        settlement, person, TableColumn("unpaid", "首轮未付", .yuan),
        TableColumn("paid_before", "此前已补偿", .yuan), TableColumn("paid", "二次补偿", .yuan),
        TableColumn("remainder_fen", "余分", .number),
    ]
}
