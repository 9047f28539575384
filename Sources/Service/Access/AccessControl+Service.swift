import RPC
import Records
import Settlement

extension AccessControl {
    /// The control of a server of these services.
    ///
    /// - Parameters:
    ///   - directory: nil: whoever reaches the server may do everything.
    ///   - watch: who is told of refused callers.
    package convenience init(
        services directory: (any CallerDirectory)?, mode: MaintenanceMode = MaintenanceMode(), watch: AccessWatch
    ) {
        self.init(
            directory, mode: mode,
            wording: { caller, method in
                let short = method.service.split(separator: ".").last ?? ""
                let role = (caller.reach as? Reach)?.role.rawValue ?? "none"
                return CallStatus(
                    DomainRefusal(.notPermitted, "", "", "the role \(role) does not call \(short)/\(method.name)"))
            },
            maintenance: CallStatus(
                DomainRefusal(
                    .readOnly, "", "",
                    "the server is being maintained and takes no writes now; nothing was recorded: try again later")),
            observer: { watch.denied($0) })
    }
}
