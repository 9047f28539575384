import Policy
import Records
import Settlement

extension Registry {
    /// Registers an institution, or a change of it that holds from `since` on (CQ-44).
    package func put(_ record: InstitutionRecord) throws(DomainRefusal) -> [RegistryEvent] {
        try FieldCheck.code(record.code, "institution.code")
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
                .factMissing, "institution.level", "", rule: rules(ofRegion: record.region)?.levelRule ?? "",
                "an institution has its agreement settlement level (医保协议结算等级); say it")
        }
        try FieldCheck.optionalDay(record.since, "institution.since")
        try FieldCheck.range(record.designated, "institution.designated_from", "institution.designated_until")
        try checkMarks(record)
        try FieldCheck.name(record.name, "institution.name")
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

    /// Marks with days (CQ-16, CQ-46): the days are those of the mark, so they are none without it.
    private func checkMarks(_ record: InstitutionRecord) throws(DomainRefusal) {
        guard record.kind == .pharmacy || !record.isPoolingPharmacy else {
            throw DomainRefusal(
                .factInvalid, "institution.outpatient_pooling", "true",
                rule: rules(ofRegion: record.region)?.pharmacy.prescriptionRule ?? "",
                "only a pharmacy (定点零售药店) is marked for it; leave it out, or correct the kind")
        }
        func days(_ mark: String, _ isMarked: Bool, _ days: DateRange) throws(DomainRefusal) {
            let field = "institution.\(mark)"
            try FieldCheck.range(days, field + "_from", field + "_until")
            guard isMarked || days == DateRange() else {
                throw DomainRefusal(
                    .factInvalid, field, "false",
                    "the days of the mark are given without it; set it, or leave them out")
            }
        }
        try days("outpatient_pooling", record.isPoolingPharmacy, record.pooling)
        try days("special_diseases", record.treatsSpecialDiseases, record.specialDiseases)
    }
}
