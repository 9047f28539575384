import CShims
import Policy
import WireMessages

/// A method of a service, with the messages that it takes and answers.
package struct MethodType: Sendable {
    /// The full name: `jiesuan.v1.SettlementService`.
    package let service: String
    package let name: String
    package let request: MessageType
    package let response: MessageType

    /// What follows the package: `SettlementService`.
    package var shortService: String { String(service[service.index(after: service.lastIndex(of: ".")!)...]) }
    package var path: String { "\(shortService)/\(name)" }
}

/// Every method that a server may have, from the descriptions that protobuf-c compiles in.
package enum MethodCatalog {
    /// In the order of the services' names and of their .proto files.
    package static let methods: [MethodType] = services.flatMap { service in
        (0..<Int(service.n_methods)).map { index in
            let method = service.methods[index]
            return MethodType(
                service: String(cString: service.name), name: String(cString: method.name),
                request: MessageType(method.input), response: MessageType(method.output))
        }
    }

    private static var services: [ProtobufCServiceDescriptor] {
        [
            jiesuan__v1__account_service__descriptor, jiesuan__v1__calculation_service__descriptor,
            jiesuan__v1__clearing_service__descriptor,
            jiesuan__v1__filing_service__descriptor, jiesuan__v1__maintenance_service__descriptor,
            jiesuan__v1__policy_service__descriptor,
            jiesuan__v1__registry_service__descriptor, jiesuan__v1__settlement_service__descriptor,
            jiesuan__v1__status_service__descriptor, jiesuan__v1__year_end_service__descriptor,
        ]
    }

    /// The method that a person means by `SettlementService/Settle` or `jiesuan.v1.SettlementService/Settle`.
    ///
    /// - Throws: `UnknownMethod`, which names the nearest.
    package static func find(_ path: String) throws(UnknownMethod) -> MethodType {
        if let found = methods.first(where: { $0.path == path || "\($0.service)/\($0.name)" == path }) { return found }
        let short = path.drop { $0 == "/" }.split(separator: ".").last.map(String.init) ?? ""
        throw UnknownMethod(path: path, nearest: NearestName.of(short, among: methods.map(\.path)))
    }
}

/// There is no such method.
package struct UnknownMethod: Error, CustomStringConvertible {
    package let path: String
    package let nearest: String?

    package var description: String {
        let hint = nearest.map { "; the nearest is \($0)" } ?? ""
        return "there is no method \"\(ShownText.cut(path))\"\(hint)"
    }
}
