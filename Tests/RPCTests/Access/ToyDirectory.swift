import RPC

/// A list of callers: each token is its caller's name and "-token".
struct ToyDirectory: CallerDirectory {
    var callers: [Caller]

    final class Everything: CallerReach {}

    /// - Parameter methods: by their numbers in the toy server.
    static func caller(
        _ name: String, methods: MethodSet = .all, endsAt: Int = 0, calls: RateMeter? = nil
    ) -> Caller {
        Caller(name: name, methods: methods, reach: Everything(), endsAt: endsAt, calls: calls)
    }

    func caller(token: UnsafeRawBufferPointer) -> Caller? {
        callers.first { "\($0.name)-token".utf8.elementsEqual(token) }
    }

    func caller(certificate: PeerCertificate) -> Caller? {
        callers.first { certificate.names.contains($0.name) }
    }

    func control(_ mode: MaintenanceMode = MaintenanceMode(), _ told: Told = Told()) -> AccessControl {
        AccessControl(
            self, mode: mode, wording: { _, method in .failed(4401, "not for you: \(method.name)") },
            maintenance: .failed(4402, "no writes now"), observer: { told.add($0.status.code) })
    }

    static func open(_ mode: MaintenanceMode) -> AccessControl {
        AccessControl(
            nil, mode: mode, wording: { _, _ in .failed(4401, "") }, maintenance: .failed(4402, "no writes now"),
            observer: { _ in })
    }
}
