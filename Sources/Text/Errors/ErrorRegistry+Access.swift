extension ErrorRegistry {
    /// Of who may do what (权限).
    package static let access: [ErrorEntry] = [
        ErrorEntry(
            4401, "NOT_PERMITTED", [.program, .operator], .corrected,
            ErrorWords("the caller's role does not have it, or it is not the caller's own", "调用方的角色无此权限, 或所涉及的不属于调用方"),
            ErrorWords(
                "ask for what is one's own, or have the right added to the list of callers",
                "请只操作属于本方的内容, 或请运维在调用方名单中增加权限")),
        ErrorEntry(
            4402, "READ_ONLY", [.operator], .asItIs,
            ErrorWords(
                "the server is being maintained: it answers questions and takes no writes; nothing was recorded",
                "服务器正在维护, 照常查询而不接受写入, 没有入账"),
            ErrorWords("send it again later under the same id", "请稍后以同一编号重发")),
    ]
}
