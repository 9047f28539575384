import WireMessages

/// The services' full names, from their .proto files.
enum ServiceName {
    static let account = String(cString: jiesuan__v1__account_service__descriptor.name)
    static let calculation = String(cString: jiesuan__v1__calculation_service__descriptor.name)
    static let clearing = String(cString: jiesuan__v1__clearing_service__descriptor.name)
    static let filing = String(cString: jiesuan__v1__filing_service__descriptor.name)
    static let maintenance = String(cString: jiesuan__v1__maintenance_service__descriptor.name)
    static let policy = String(cString: jiesuan__v1__policy_service__descriptor.name)
    static let registry = String(cString: jiesuan__v1__registry_service__descriptor.name)
    static let settlement = String(cString: jiesuan__v1__settlement_service__descriptor.name)
    static let status = String(cString: jiesuan__v1__status_service__descriptor.name)
    static let yearEnd = String(cString: jiesuan__v1__year_end_service__descriptor.name)
}
