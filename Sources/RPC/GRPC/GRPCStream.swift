/// What a path leads to.
package enum GRPCRoute {
    /// Of `MethodTable`.
    case method(Int)
    /// Of `ServerConfiguration.streams`.
    case stream(Int)
    case unknown
}

/// Why a call ends without work, in gRPC's words.
package struct GRPCRefusal {
    package var status: GRPCStatus
    /// Of `RPCErrorCode` or the services above; 0: gRPC itself has no other word for it.
    var code: Int32 = 0
    var text: String
    /// Other than 200 where it is not gRPC at all.
    var httpStatus = 200
    /// A `google.rpc.Status`; empty: none.
    var details: [UInt8] = []
    /// The compressions that there are, to be told.
    var namesEncodings = false

    package init(
        status: GRPCStatus, code: Int32 = 0, text: String, httpStatus: Int = 200, details: [UInt8] = [],
        namesEncodings: Bool = false
    ) {
        self.status = status
        self.code = code
        self.text = text
        self.httpStatus = httpStatus
        self.details = details
        self.namesEncodings = namesEncodings
    }
}

/// One call: its request while that comes in, its answer while that goes out.
///
/// Used again for another call when it has ended; on its connection's event loop only.
package final class GRPCStream {
    package enum Phase {
        /// The request is not whole.
        case receiving
        /// The request is whole, its answer not begun.
        case working
        /// The answer is going out.
        case answering
        /// Reset or ended; it is nobody's any more.
        case closed
    }

    // Unchecked exclusivity: as in `GRPCSession`.
    @exclusivity(unchecked) package var id: Int32 = 0
    @exclusivity(unchecked) package var phase = Phase.receiving
    /// Its place among the connection's open streams.
    @exclusivity(unchecked) var slot = 0
    /// When its time for being whole began, in monotonic nanoseconds.
    @exclusivity(unchecked) var since: UInt64 = 0

    // MARK: The request

    @exclusivity(unchecked) package var route = GRPCRoute.unknown
    /// The path where it leads nowhere, to be named.
    @exclusivity(unchecked) var unknownPath: [UInt8] = []
    /// As HTTP/2 counts them.
    @exclusivity(unchecked) var headerBytes = 0
    @exclusivity(unchecked) var isPost = false
    @exclusivity(unchecked) var isGRPC = false
    /// What the client says of the messages that it compresses; nil: a name that is not known.
    @exclusivity(unchecked) var encoding: Compression? = Compression.none
    /// Whether the client takes each.
    @exclusivity(unchecked) var takesGzip = false
    @exclusivity(unchecked) var takesDeflate = false
    /// 0: no deadline.
    @exclusivity(unchecked) var timeoutMilliseconds: Int32 = 0
    @exclusivity(unchecked) var hasBadTimeout = false
    /// A deadline of nothing.
    @exclusivity(unchecked) var isExpired = false
    /// What its caller reads best, by `accept-language`.
    @exclusivity(unchecked) var language = AnswerLanguage.english
    /// Its operator's code as it was sent, at most a byte longer than one may be; empty: not sent.
    @exclusivity(unchecked) var operatorCode: [UInt8] = []
    /// The token of `authorization`; nil: the field did not come.
    @exclusivity(unchecked) var token: [UInt8]?
    @exclusivity(unchecked) package var message = GRPCMessageReader()

    // MARK: The answer

    @exclusivity(unchecked) var answer = GRPCAnswer()
    /// The client has sent its last byte.
    @exclusivity(unchecked) var isRemoteClosed = false
    /// A call of a `StreamMethod`.
    @exclusivity(unchecked) var call: (any StreamCall)?
    /// How that ended.
    @exclusivity(unchecked) var end: GRPCRefusal?
    @exclusivity(unchecked) var isEnded = false
    /// Nothing to send for now, and nghttp2 knows it.
    @exclusivity(unchecked) var isDeferred = false

    func begin(id: Int32, now: UInt64) {
        self.id = id
        since = now
        phase = .receiving
        route = .unknown
        if !unknownPath.isEmpty { unknownPath = [] }
        language = .english
        if !operatorCode.isEmpty { operatorCode = [] }
        if token != nil { token = nil }
        headerBytes = 0
        (isPost, isGRPC) = (false, false)
        encoding = Compression.none
        (takesGzip, takesDeflate) = (false, false)
        timeoutMilliseconds = 0
        (hasBadTimeout, isExpired) = (false, false)
        (isRemoteClosed, isEnded, isDeferred) = (false, false, false)
        call = nil
        end = nil
        message.reset()
        answer.reset()
    }

    /// How to compress the answer: as the request was, if the client takes that.
    package var replyCompression: Compression {
        switch encoding {
        case .gzip where message.isCompressed && takesGzip: .gzip
        case .zlib where message.isCompressed && takesDeflate: .zlib
        default: .none
        }
    }

    /// How the message is compressed.
    package var messageCompression: Compression { message.isCompressed ? encoding ?? .none : .none }
}
