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
    /// Of `RPCErrorCode` or the services above; 0: the one that fits the status.
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
        /// The request is whole, and nobody works on it yet.
        case whole
        /// It was handed out, its answer has not begun.
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

    @exclusivity(unchecked) var fields = GRPCRequestFields()
    /// When it was handed to work, in monotonic nanoseconds.
    @exclusivity(unchecked) var arrival: UInt64 = 0
    /// The path where it leads nowhere, to be named.
    @exclusivity(unchecked) var unknownPath: [UInt8] = []
    /// Bytes of the body that came.
    @exclusivity(unchecked) var bodyBytes = 0
    /// Bytes that the client may send before it is told that it may send more.
    @exclusivity(unchecked) var receiveWindow = 0
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
    /// Bytes that the client takes before it says that it takes more; below 0 where it took back what it had said.
    @exclusivity(unchecked) var sendWindow = 0
    /// It is among those that wait for a window or for their turn.
    @exclusivity(unchecked) var isWaiting = false

    package init() {}

    func begin(id: Int32, now: UInt64, sendWindow: Int) {
        self.id = id
        since = now
        phase = .receiving
        fields = GRPCRequestFields()
        if !unknownPath.isEmpty { unknownPath = [] }
        bodyBytes = 0
        receiveWindow = Limits.http2StreamWindowBytes
        self.sendWindow = sendWindow
        (isRemoteClosed, isEnded, isWaiting) = (false, false, false)
        if call != nil { call = nil }
        if end != nil { end = nil }
        message.reset()
        answer.reset()
    }

    /// Takes a header field of the request.
    ///
    /// - Parameter find: what a path leads to.
    func takeField(_ field: HPACKField, _ find: (UnsafeRawBufferPointer) -> GRPCRoute) {
        guard fields.take(field.name, field.value) else { return }
        fields.route = find(field.value)
        if case .unknown = fields.route { unknownPath = Array(field.value.prefix(2 * Limits.quotedNameBytesMax)) }
    }

    package var route: GRPCRoute { fields.route }

    /// How to compress the answer: as the request was, if the client takes that.
    package var replyCompression: Compression {
        switch fields.encoding {
        case .gzip where message.isCompressed && fields.takesGzip: .gzip
        case .zlib where message.isCompressed && fields.takesDeflate: .zlib
        default: .none
        }
    }

    /// How the message is compressed.
    package var messageCompression: Compression { message.isCompressed ? fields.encoding ?? .none : .none }
}
