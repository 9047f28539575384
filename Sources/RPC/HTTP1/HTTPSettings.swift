/// What the HTTP door is given beside the methods.
package struct HTTPSettings: Sendable {
    package var pages: [HTTPPage] = []
    /// Names under which clients may reach the server, beside its addresses, "localhost" and the name that it listens
    /// on; "*" stands for every name.
    package var hostNames: [String] = []
    /// The status of HTTP that fits an error code of the services; the transport's own have theirs.
    package var status: @Sendable (_ code: Int32) -> Int = { _ in 422 }

    package init() {}

    func statusOf(_ code: Int32) -> Int { RPCErrorCode(rawValue: code)?.httpStatus ?? status(code) }
}

/// A page beside the methods: `/health`, `/metrics`.
package struct HTTPPage: Sendable {
    /// What a page may look at.
    package struct Request: Sendable {
        /// The server shuts down.
        package let isDraining: Bool

        package init(isDraining: Bool) { self.isDraining = isDraining }
    }

    package struct Answer: Sendable {
        package var status: Int
        package var contentType: String
        package var body: [UInt8]
        /// Fields beside the usual ones.
        package var fields: [(name: String, value: String)]

        package init(
            status: Int = 200, contentType: String, body: [UInt8], fields: [(name: String, value: String)] = []
        ) {
            self.status = status
            self.contentType = contentType
            self.body = body
            self.fields = fields
        }
    }

    package let path: String
    /// Only for this machine: to others it is refused.
    package let isLocal: Bool
    /// For balancers too, which ask under any name; it says nothing that is worth a page of somebody else's.
    package let takesAnyHost: Bool
    /// Shown to callers that nobody knows too, where the server knows its callers; the others only to this machine.
    package let isPublic: Bool
    /// Runs on the event loop: takes microseconds and does not block.
    package let answer: @Sendable (Request) -> Answer

    package init(
        path: String, isLocal: Bool = false, takesAnyHost: Bool = false, isPublic: Bool = false,
        answer: @escaping @Sendable (Request) -> Answer
    ) {
        self.path = path
        self.isLocal = isLocal
        self.takesAnyHost = takesAnyHost
        self.isPublic = isPublic
        self.answer = answer
    }
}

extension RPCErrorCode {
    /// The status of HTTP that fits.
    package var httpStatus: Int {
        switch self {
        case .badRequest: 400
        case .unauthorized: 401
        case .noService, .noMethod: 404
        case .internalError, .answerTooLarge: 500
        case .loggingOff, .overLimit: 503
        case .timedOut: 504
        }
    }
}
