import NIOCore

/// One request that waits for its answer, or whose answer waits for those of earlier requests.
struct HTTP1Exchange {
    var id: HTTP1RequestID
    /// Of `MethodTable`; -1: it is for no method.
    var methodIndex: Int32 = -1
    /// When the read came in which a method's request ended, in nanoseconds; 0: it is for no method.
    var arrival: UInt64 = 0
    var form = MessageForm.protobuf
    var language = AnswerLanguage.english
    /// HEAD: the answer's head alone.
    var isHead = false
    /// The connection ends with its answer.
    var closes = false
    /// HTTP/1.0, whose clients have to be told that the connection stays.
    var tellsKeepAlive = false
    /// The answer, when it is there and has to wait.
    var answer: ByteBuffer?
}
