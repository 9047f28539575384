import Policy
import Settlement

extension Registry {
    /// Registers an institution, or a change of it that holds from `since` on (CQ-44).
    package func put(_ record: InstitutionRecord) throws(DomainRefusal) -> [RegistryEvent] {
        try Demand.code(record.code, "institution.code")
        guard record.kind != .unspecified else {
            throw DomainRefusal(.factInvalid, "institution.kind", "0", "say what kind of institution it is")
        }
        guard record.region.isEmpty || library[record.region] != nil else {
            throw DomainRefusal(
                .factInvalid, "institution.region", record.region,
                "no policy pack of that region; leave it empty for an institution outside all of them")
        }
        guard record.kind == .pharmacy || record.level != .unspecified else {
            throw DomainRefusal(
                .factMissing, "institution.level", "", rule: "CQ-44",
                "an institution has its agreement settlement level (医保协议结算等级); say it")
        }
        try Demand.optionalDay(record.since, "institution.since")
        try Demand.range(record.designated, "institution.designated")
        try Demand.name(record.name, "institution.name")
        try checkArea(record.area, of: record.region, "institution.area")
        guard let number = institutions.number(ofCode: record.code) else {
            guard institutions.count < RegistryLimit.institutionsMax else {
                throw DomainRefusal(
                    .recordConflict, "institution.code", record.code,
                    "the register holds \(RegistryLimit.institutionsMax) institutions and takes no more")
            }
            return [.institution(.registered(record))]
        }
        if institutions.record(number, on: record.since) == record { return [] }
        guard institutions.history(number).count < RegistryLimit.institutionVersionsMax else {
            throw DomainRefusal(
                .recordConflict, "institution.code", record.code,
                "the institution changed \(RegistryLimit.institutionVersionsMax) times; check what sends the changes")
        }
        return [.institution(.registered(record))]
    }
}
