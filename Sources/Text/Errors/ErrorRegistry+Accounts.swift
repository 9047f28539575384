extension ErrorRegistry {
    /// Of personal accounts (个人账户).
    package static let accounts: [ErrorEntry] = [
        ErrorEntry(
            4301, "ACCOUNT_UNKNOWN", [.office], .corrected,
            ErrorWords("the person has no account", "参保人没有个人账户"),
            ErrorWords("check the number, or credit the account first", "请核对人员编号, 或先计入")),
        ErrorEntry(
            4302, "BALANCE_TOO_LOW", [.clerk], .corrected,
            ErrorWords("less is on the account than is to be used or taken back", "账户余额少于要使用或要收回的金额"),
            ErrorWords("use less", "请减少金额")),
        ErrorEntry(
            4303, "PURPOSE_NOT_ALLOWED", [.clerk], .never,
            ErrorWords("an account may not be used for that (CQ-31)", "账户不得用于此项(CQ-31)"),
            ErrorWords("it is paid otherwise", "请以其他方式支付")),
        ErrorEntry(
            4304, "ACCOUNT_CLOSED", [.office], .never,
            ErrorWords(
                "the account was inherited, transferred or deregistered (CQ-32)", "账户已继承、转移或注销(CQ-32)"),
            ErrorWords("it takes and gives nothing any more", "不再收付")),
        ErrorEntry(
            4305, "PERIOD_ALREADY_CREDITED", [.office], .newID,
            ErrorWords("the month was credited already (CQ-30)", "该月已计入(CQ-30)"),
            ErrorWords("what is missing is a credit of kind correction", "缺少的以更正类计入补上")),
    ]
}
