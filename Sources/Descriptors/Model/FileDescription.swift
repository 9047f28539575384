/// A .proto file as its compiled description has it.
package struct FileDescription: Sendable {
    /// `jiesuan/v1/claim.proto`.
    package var name = ""
    /// `jiesuan.v1`.
    package var package = ""
    /// Names of the files that it imports.
    package var imports: [String] = []
    package var messages: [MessageDescription] = []
    package var enums: [EnumDescription] = []
    package var services: [ServiceDescription] = []
    /// The serialized FileDescriptorProto, without comments.
    package var bytes: [UInt8] = []

    /// Full names of everything that it declares: services and methods, messages with their fields and oneofs, enums
    /// with their values.
    package var symbols: [String] {
        services.flatMap { service in [service.name] + service.methods.map { "\(service.name).\($0.name)" } }
            + messages.flatMap(\.symbols) + enums.flatMap(\.symbols)
    }
}

/// A service and its methods.
package struct ServiceDescription: Sendable {
    package struct Method: Sendable {
        package var name = ""
        /// Full names of the messages.
        package var request = ""
        package var answer = ""
        /// Whether there are many requests, or many answers, in one call.
        package var isStream = false
        package var comment = ""
    }

    /// The full name: `jiesuan.v1.SettlementService`.
    package var name = ""
    package var methods: [Method] = []
    package var comment = ""
}
