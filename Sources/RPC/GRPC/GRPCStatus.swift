/// gRPC's status codes.
package enum GRPCStatus: Int32, Sendable, CaseIterable {
    case ok = 0
    case cancelled = 1
    case unknown = 2
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case alreadyExists = 6
    case permissionDenied = 7
    case resourceExhausted = 8
    case failedPrecondition = 9
    case aborted = 10
    case outOfRange = 11
    case unimplemented = 12
    case internalError = 13
    case unavailable = 14
    case dataLoss = 15
    case unauthenticated = 16

    /// As gRPC's documentation writes it: `INVALID_ARGUMENT`.
    package var name: String {
        switch self {
        case .ok: "OK"
        case .cancelled: "CANCELLED"
        case .unknown: "UNKNOWN"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .notFound: "NOT_FOUND"
        case .alreadyExists: "ALREADY_EXISTS"
        case .permissionDenied: "PERMISSION_DENIED"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .aborted: "ABORTED"
        case .outOfRange: "OUT_OF_RANGE"
        case .unimplemented: "UNIMPLEMENTED"
        case .internalError: "INTERNAL"
        case .unavailable: "UNAVAILABLE"
        case .dataLoss: "DATA_LOSS"
        case .unauthenticated: "UNAUTHENTICATED"
        }
    }
}

extension RPCErrorCode {
    /// What gRPC calls it.
    package var grpcStatus: GRPCStatus {
        switch self {
        case .noService, .noMethod: .unimplemented
        case .badRequest: .invalidArgument
        case .unauthorized: .unauthenticated
        case .timedOut: .deadlineExceeded
        case .internalError: .internalError
        case .loggingOff: .unavailable
        case .overLimit, .answerTooLarge: .resourceExhausted
        }
    }
}

/// How the codes of the services above the transport are called, on doors that have other words for them.
package struct ErrorNaming: Sendable {
    /// Whose codes they are, for `google.rpc.ErrorInfo.domain`.
    package var domain: String
    /// A code's name: `NOT_ENTITLED`; nil: there is no such code.
    package var name: @Sendable (_ code: Int32) -> String?
    /// What gRPC calls it.
    package var grpcStatus: @Sendable (_ code: Int32) -> GRPCStatus

    package init(
        domain: String, name: @escaping @Sendable (_ code: Int32) -> String?,
        grpcStatus: @escaping @Sendable (_ code: Int32) -> GRPCStatus
    ) {
        self.domain = domain
        self.name = name
        self.grpcStatus = grpcStatus
    }

    /// Of a server whose services have no codes of their own.
    package static let none = ErrorNaming(domain: "rpc", name: { _ in nil }, grpcStatus: { _ in .unknown })

    /// The status of any code, the transport's too.
    package func status(of code: Int32) -> GRPCStatus {
        RPCErrorCode(rawValue: code)?.grpcStatus ?? grpcStatus(code)
    }

    /// The name of any code; a number's digits where it has none.
    package func name(of code: Int32) -> String {
        RPCErrorCode(rawValue: code)?.name ?? name(code) ?? "CODE_\(code)"
    }
}
