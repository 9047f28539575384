/// How a call ended: code 0, or an error code with a text for the caller's developer.
///
/// Two words, so that every handler returns it in registers: what only a failure has stands behind a reference.
package struct CallStatus: Sendable {
    /// 0 success; 1000…2999 the transport's (`RPCErrorCode`); 4000…4999 the domain's.
    package let code: Int32
    /// nil: success.
    private let failure: Failure?

    private final class Failure: Sendable {
        let text: String
        let parts: FailureParts

        init(_ text: String, _ parts: FailureParts) {
            self.text = text
            self.parts = parts
        }
    }

    /// Names the field, its value, the rule and what to do; cut at `Limits.errorTextBytesMax`. Empty: success.
    package var text: String { failure?.text ?? "" }
    /// Where the field, its value and the rule stand in the text.
    package var parts: FailureParts { failure?.parts ?? FailureParts() }

    /// Success; allocates nothing.
    package static var ok: CallStatus { CallStatus(code: 0, failure: nil) }

    /// A failure with the text that the caller will read.
    package static func failed(_ code: Int32, _ text: String, _ parts: FailureParts = FailureParts()) -> CallStatus {
        CallStatus(code: code, failure: Failure(text, parts))
    }

    /// A failure that the transport itself found.
    package static func failed(
        _ code: RPCErrorCode, _ text: String, _ parts: FailureParts = FailureParts()
    ) -> CallStatus {
        failed(code.rawValue, text, parts)
    }

    package var isOK: Bool { code == 0 }

    /// The server shuts down.
    static let loggingOff = CallStatus.failed(
        .loggingOff, "the server is shutting down; nothing was done, ask another")

    private init(code: Int32, failure: Failure?) {
        self.code = code
        self.failure = failure
    }
}

/// What the transport itself answers; the numbers are Apache brpc's.
package enum RPCErrorCode: Int32, Sendable, CaseIterable {
    /// No such service here.
    case noService = 1001
    /// The service has no such method.
    case noMethod = 1002
    /// The request cannot be read: meta, compression, attachment, message.
    case badRequest = 1003
    /// The caller may not do this.
    case unauthorized = 1004
    /// `timeout_ms` had passed before the work began; nothing was done.
    case timedOut = 1008
    /// The server's own fault.
    case internalError = 2001
    /// The answer is larger than the server sends; brpc's clients do not ask again by themselves, as for `overLimit`.
    case answerTooLarge = 2002
    /// The server is shutting down; nothing was done, another server may be asked.
    case loggingOff = 2003
    /// The server has more work than it takes; nothing was done.
    case overLimit = 2004

    /// The name by which brpc's documentation knows it.
    package var name: String {
        switch self {
        case .noService: "ENOSERVICE"
        case .noMethod: "ENOMETHOD"
        case .badRequest: "EREQUEST"
        case .unauthorized: "ERPCAUTH"
        case .timedOut: "ERPCTIMEDOUT"
        case .internalError: "EINTERNAL"
        case .answerTooLarge: "ERESPONSE"
        case .loggingOff: "ELOGOFF"
        case .overLimit: "ELIMIT"
        }
    }
}
