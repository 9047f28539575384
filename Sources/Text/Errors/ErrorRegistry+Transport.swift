extension ErrorRegistry {
    /// The transport's: numbers and names are brpc's.
    package static let transport: [ErrorEntry] = [
        ErrorEntry(
            1001, "ENOSERVICE", [.program, .operator], .corrected,
            ErrorWords("no such service here", "这里没有这个服务"),
            ErrorWords(
                "without --ledger there are only those for calculations and policies; the text names all of them",
                "不带--ledger时只有计算和政策两种服务, 文本列出现有的服务")),
        ErrorEntry(
            1002, "ENOMETHOD", [.program], .corrected,
            ErrorWords("the service has no such method", "服务没有这个方法"),
            ErrorWords("call one of those that the text names", "请调用文本列出的方法之一")),
        ErrorEntry(
            1003, "EREQUEST", [.program], .corrected,
            ErrorWords(
                "the request cannot be read: its meta, compression, checksum, message, a text with a zero byte, a "
                    + "column of another length, or its size",
                "请求无法读取: 元数据、压缩、校验和、消息、含零字节的文本、长度不一的列或大小不符"),
            ErrorWords("put right what the text names", "请改正文本指出之处")),
        ErrorEntry(
            1004, "ERPCAUTH", [.program, .operator], .corrected,
            ErrorWords(
                "the caller is not known: no token or certificate, a wrong or revoked one, or one sent to a server "
                    + "that knows no callers",
                "调用方未知: 没有令牌或证书, 令牌有误或已撤销, 或服务器未设调用方名单而不检查凭据"),
            ErrorWords(
                "send the token that the server's operator gave, and none to a server that knows no callers",
                "请发送运维发放的令牌; 未设调用方名单的服务器请不要发送")),
        ErrorEntry(
            1008, "ERPCTIMEDOUT", [.program, .operator], .asItIs,
            ErrorWords(
                "the call's deadline had passed before the work began, or a question that reads much was stopped",
                "工作开始之前调用的期限已过, 或要读很多的查询被中止"),
            ErrorWords("give it more time, or ask for less", "请给更长的期限, 或查询得少一些")),
        ErrorEntry(
            2001, "EINTERNAL", [.operator], .asItIs,
            ErrorWords("a fault of the server; take it as not known", "服务器内部故障, 结果不明"),
            ErrorWords("tell the operator, and send it again under the same id", "请告知运维, 并以同一编号重发")),
        ErrorEntry(
            2002, "ERESPONSE", [.program], .corrected,
            ErrorWords(
                "the answer to a question is larger than the server sends", "对查询的应答大于服务器所发送的"),
            ErrorWords("ask for less in one call", "请一次查询得少一些")),
        ErrorEntry(
            2003, "ELOGOFF", [.operator], .asItIs,
            ErrorWords("the server is shutting down", "服务器正在停止"),
            ErrorWords("send it again when it is there, or to another", "请待其恢复后重发, 或发往另一台")),
        ErrorEntry(
            2004, "ELIMIT", [.program, .operator], .asItIs,
            ErrorWords("more work waits than the server takes", "等待的工作多于服务器所接受的"),
            ErrorWords("try again in as many milliseconds as the text says", "请按文本所说的毫秒数之后再试")),
    ]
}
