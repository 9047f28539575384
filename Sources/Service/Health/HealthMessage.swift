import RPC

/// The two messages of `grpc.health.v1`, in the wire format.
enum HealthMessage {
    /// The longest name of a service that is kept while a call lasts.
    static let serviceBytesMax = 256

    /// Of a HealthCheckRequest: the service that is asked for; nil: the bytes are none.
    static func service(_ request: UnsafeRawBufferPointer) -> String? {
        var fields = WireFields(request)
        var service = ""
        while !fields.isAtEnd {
            guard let field = fields.next() else { return nil }
            if field.number == 1 {
                guard let name = fields.bytes(field) else { return nil }
                service = String(decoding: name, as: UTF8.self)
            } else if !fields.skip(field) {
                return nil
            }
        }
        return service
    }

    /// A HealthCheckResponse.
    static func answer(_ status: ServerHealth.Status) -> [UInt8] { [1 << 3, status.rawValue] }
}
