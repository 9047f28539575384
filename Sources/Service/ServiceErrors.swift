import RPC
import Text

/// The services' errors in the words of other doors: names and gRPC's statuses.
package enum ServiceErrors {
    package static let naming = ErrorNaming(domain: "jiesuan", name: name, grpcStatus: grpcStatus)

    /// As `DomainError` in `Proto/jiesuan/v1/error.proto` has it: `NOT_COVERED`; nil: there is no such code.
    package static func name(_ code: Int32) -> String? { code < 4000 ? nil : ErrorRegistry[code]?.name }

    /// What gRPC calls a code of the services: the one table of it.
    ///
    /// What has to be put right first is FAILED_PRECONDITION; only where the same call may succeed later as it is, a
    /// status that clients send again by themselves.
    package static func grpcStatus(_ code: Int32) -> GRPCStatus {
        switch code {
        // The claim by itself is wrong.
        case 4002...4009, 4013, 4015, 4016, 4101, 4108, 4205, 4209: .invalidArgument
        // What it names is not there.
        case 4001, 4103, 4201, 4202, 4211, 4301: .notFound
        // It was done before, with another content.
        case 4102, 4305: .alreadyExists
        // Perhaps recorded: ask again with the same id.
        case 4106: .unknown
        // Certainly not recorded.
        case 4107, 4402: .unavailable
        case 4401: .permissionDenied
        case 4000...4999: .failedPrecondition
        default: .unknown
        }
    }
}
