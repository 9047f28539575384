import WireMessages

/// Whether a server takes writes.
package struct RemoteMaintenance: Equatable, Sendable {
    package var isReadOnly: Bool
    /// Milliseconds since 1970-01-01 UTC; 0: since the server's start.
    package var since: Int64
}

/// `MaintenanceService` at a server: whether it takes writes.
package struct MaintenanceClient {
    private static let service = ServiceName.maintenance

    private let client: Client

    package init(_ client: Client) { self.client = client }

    package func get() throws(ClientError) -> RemoteMaintenance { try call("Get", []) }

    /// Has the server refuse writes from now on, or take them again; the same twice changes nothing.
    package func set(isReadOnly: Bool) throws(ClientError) -> RemoteMaintenance {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__set_maintenance_request__init)
        request.pointee.read_only = isReadOnly ? 1 : 0
        return try call(
            "Set",
            packed(
                request, jiesuan__v1__set_maintenance_request__get_packed_size,
                jiesuan__v1__set_maintenance_request__pack))
    }

    private func call(_ method: String, _ request: [UInt8]) throws(ClientError) -> RemoteMaintenance {
        let answer = try client.call(service: Self.service, method: method, message: request)
        return try unpacked(
            answer, jiesuan__v1__maintenance_state__unpack, jiesuan__v1__maintenance_state__free_unpacked
        ) { state in RemoteMaintenance(isReadOnly: state.read_only != 0, since: state.since) }
    }
}
