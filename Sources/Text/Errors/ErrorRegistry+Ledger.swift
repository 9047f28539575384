extension ErrorRegistry {
    /// Of the ledger (结算台账).
    package static let ledger: [ErrorEntry] = [
        ErrorEntry(
            4101, "ID_INVALID", [.program], .corrected,
            ErrorWords(
                "an id that is empty, longer than 64 characters, or has others than printable ASCII without blanks",
                "编号为空、超过64个字符, 或含有空格或可打印ASCII以外的字符"),
            ErrorWords("make another id", "请另取编号")),
        ErrorEntry(
            4102, "ID_REUSED_WITH_OTHER_CONTENT", [.program], .newID,
            ErrorWords(
                "the id stands for another settlement, credit, use or payment batch",
                "该编号代表另一笔结算、计入、使用或支付批次"),
            ErrorWords("look up what it stands for; another claim needs an id of its own", "请先查询它代表什么, 另一笔业务须用另一个编号")),
        ErrorEntry(
            4103, "SETTLEMENT_UNKNOWN", [.program, .clerk], .corrected,
            ErrorWords(
                "nothing is settled under that id; one that is on its way may still be",
                "没有以该编号结算的, 正在途中的仍可能入账"),
            ErrorWords("check the id", "请核对编号")),
        ErrorEntry(
            4104, "LATER_SETTLEMENT_STANDS", [.clerk, .office], .corrected,
            ErrorWords(
                "a later settlement (G-12), a second round (SY-4) or a recognition (YT-7) stands in the way",
                "尚有较晚的结算(G-12)、二次报销(SY-4)或因病致贫认定(YT-7)有效"),
            ErrorWords("take back first what the text names", "请先撤销文本指明的那一项")),
        ErrorEntry(
            4105, "SETTLEMENT_REVERSED", [.clerk], .newID,
            ErrorWords(
                "the settlement of that id was taken back and stays so (G-12)", "该编号的结算已撤销, 并保持如此(G-12)"),
            ErrorWords("settle under a new id", "请以新的编号结算")),
        ErrorEntry(
            4106, "NOT_CONFIRMED", [.program, .operator], .asItIs,
            ErrorWords(
                "the disk failed while it was written, and it may be recorded", "写入时磁盘出错, 可能已经入账"),
            ErrorWords("send the same again under the same id, never under another", "请以同一编号原样重发, 切勿另取编号")),
        ErrorEntry(
            4107, "STORE_UNAVAILABLE", [.operator], .asItIs,
            ErrorWords(
                "the ledger takes nothing now and certainly did not record it; reading goes on",
                "台账现在不接受写入, 肯定没有入账, 查询照常"),
            ErrorWords("the operator does what the text says; then send it again", "请运维按文本处理, 然后重发")),
        ErrorEntry(
            4108, "RECONCILE_PERIOD_INVALID", [.program], .corrected,
            ErrorWords(
                "days in the wrong order, of two months, or with more rows than one call takes",
                "日期次序颠倒、跨两个月, 或行数多于一次调用所接受的"),
            ErrorWords("correct the days, or ask for fewer", "请更正日期, 或缩短期间")),
    ]
}
