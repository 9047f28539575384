extension ErrorRegistry {
    /// Of the register (参保登记).
    package static let register: [ErrorEntry] = [
        ErrorEntry(
            4201, "PERSON_UNKNOWN", [.clerk, .office], .corrected,
            ErrorWords("the person is not registered", "参保人没有登记"),
            ErrorWords("check the number, or register the person", "请核对人员编号, 或先登记")),
        ErrorEntry(
            4202, "INSTITUTION_UNKNOWN", [.program, .office], .corrected,
            ErrorWords("the institution, or the prescribing one, is not registered", "医疗机构或开具处方的机构没有登记"),
            ErrorWords("check the code, or register the institution", "请核对机构编号, 或先登记")),
        ErrorEntry(
            4203, "DOCUMENTS_MISSING", [.clerk], .corrected,
            ErrorWords(
                "a manual claim (手工报销) without its documents (CQ-42), or an application without its papers (AH-1)",
                "手工报销缺少材料(CQ-42), 或申报缺少材料(AH-1)"),
            ErrorWords("add those that the text names", "请补齐文本列出的材料")),
        ErrorEntry(
            4204, "CHANNEL_NOT_ALLOWED", [.clerk], .corrected,
            ErrorWords("this cannot be settled online (CQ-42, AH-6)", "此项不能联网结算(CQ-42, AH-6)"),
            ErrorWords("settle it manually, with its documents", "请携材料手工报销")),
        ErrorEntry(
            4205, "PRESCRIPTION_TOO_LONG", [.clerk], .corrected,
            ErrorWords(
                "more weeks than a long-term prescription may have (CQ-43)", "周数多于长期处方的上限(CQ-43)"),
            ErrorWords("correct the weeks, or split the prescription", "请更正周数, 或分开开具")),
        ErrorEntry(
            4206, "NO_RULE", [.office], .never,
            ErrorWords("the documents have no rule for this case, and none is made up", "来源文件对此没有规定, 也不编造"),
            ErrorWords("the office decides", "请由经办机构决定")),
        ErrorEntry(
            4207, "RECOGNITION_REFUSED", [.office], .never,
            ErrorWords(
                "a second recognition (认定) in the year, or its condition fails (YT-7)",
                "同一年度的第二次认定, 或不符合条件(YT-7)"),
            ErrorWords("it cannot be granted", "不能认定")),
        ErrorEntry(
            4208, "WRONG_STEP", [.office], .corrected,
            ErrorWords(
                "a step out of its order: of an application (AH-1 … AH-3), a contract, a month that is not over (YE-3)",
                "步骤次序不对: 申报(AH-1 … AH-3)、签约、尚未结束的月份(YE-3)"),
            ErrorWords("do first what the text names", "请先办理文本指明的步骤")),
        ErrorEntry(
            4209, "REASON_MISSING", [.office], .corrected,
            ErrorWords("a refusal or a taking back needs its written reason (AH-2)", "不予通过或撤销须写明理由(AH-2)"),
            ErrorWords("write the reason", "请写明理由")),
        ErrorEntry(
            4210, "RELATION_NOT_REGISTERED", [.clerk, .office], .corrected,
            ErrorWords(
                "that account's owner is no registered spouse, parent or child (CQ-31)",
                "该账户的所有人不是已登记的配偶、父母或子女(CQ-31)"),
            ErrorWords("register the relation, or leave the account out", "请先登记亲属关系, 或不使用该账户")),
        ErrorEntry(
            4211, "RECORD_UNKNOWN", [.clerk, .office], .corrected,
            ErrorWords("no such record, filing, referral, application", "没有这样的记录、备案、转诊、申报"),
            ErrorWords("check its number or its day", "请核对编号或日期")),
        ErrorEntry(
            4212, "RECORD_CONFLICT", [.office], .corrected,
            ErrorWords(
                "it contradicts what is registered or running, which the text names",
                "与已登记或正在进行的矛盾, 文本写明是哪一项"),
            ErrorWords("correct that first", "请先更正它")),
        ErrorEntry(
            4213, "INSTITUTION_NOT_DESIGNATED", [.clerk, .office], .corrected,
            ErrorWords(
                "not a designated institution (定点) for this on that day (CQ-46)", "当天不是此项的定点医疗机构(CQ-46)"),
            ErrorWords("check the institution and the day", "请核对机构和日期")),
        ErrorEntry(
            4214, "INSTITUTION_KIND_NOT_ALLOWED", [.clerk], .corrected,
            ErrorWords(
                "an institution of this kind submits no such claims: a pharmacy's stay (CQ-16)",
                "此类机构不提交这样的申请: 例如药店的住院(CQ-16)"),
            ErrorWords("name the institution that treated the person, or correct the kind", "请写实际诊治的机构, 或更正医疗类别")),
        ErrorEntry(
            4215, "PRESCRIPTION_USED", [.clerk], .corrected,
            ErrorWords("a settlement that stands names the same prescription (I-37)", "一笔有效的结算用了同一张处方(I-37)"),
            ErrorWords("reverse that one first, or correct the number", "请先撤销那一笔, 或更正处方编号")),
    ]
}
