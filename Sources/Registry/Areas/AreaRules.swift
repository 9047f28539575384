import Policy
import Records
import Settlement

extension Registry {
    /// Enters an area into the operator's table, or corrects what stands under its code (G-17).
    package func put(_ asked: AreaRecord) throws(DomainRefusal) -> [RegistryEvent] {
        var record = asked
        try FieldCheck.code(record.code, "area.code")
        guard !record.name.isEmpty else {
            throw DomainRefusal(
                .factMissing, "area.name", "", rule: "G-17", "lists show it; say how the area is called")
        }
        try FieldCheck.name(record.name, "area.name")
        if record.parent.isEmpty {
            guard library[record.region] != nil else {
                throw DomainRefusal(
                    .factInvalid, "area.region", record.region, rule: "G-17",
                    "a county is in a pooling region; the packs are "
                        + library.packs.map(\.region).joined(separator: ", "))
            }
        } else {
            let region = try county(record)
            guard record.region.isEmpty || record.region == region else {
                throw DomainRefusal(
                    .factInvalid, "area.region", record.region, rule: "G-17",
                    "its county \(record.parent) is in \(region); leave the region of a township out")
            }
            record.region = ""
        }
        guard let known = areas[record.code] else {
            guard areas.count < RegistryLimit.areasMax else {
                throw DomainRefusal(
                    .recordConflict, "area.code", record.code,
                    "the table holds \(RegistryLimit.areasMax) areas and takes no more")
            }
            return [.area(.registered(record))]
        }
        if known == record { return [] }
        guard areas.history(record.code).count < RegistryLimit.areaVersionsMax else {
            throw DomainRefusal(
                .recordConflict, "area.code", record.code,
                "the area changed \(RegistryLimit.areaVersionsMax) times; check what sends the changes")
        }
        return [.area(.registered(record))]
    }

    /// The region of the county that a township is to belong to.
    private func county(_ record: AreaRecord) throws(DomainRefusal) -> String {
        guard let county = areas[record.parent], !county.isWithdrawn, record.parent != record.code else {
            throw DomainRefusal(
                .recordUnknown, "area.parent", record.parent, rule: "G-17",
                "the table has no such county; enter the county before its townships")
        }
        guard county.parent.isEmpty else {
            throw DomainRefusal(
                .recordConflict, "area.parent", record.parent, rule: "G-17",
                "it is a township itself, of \(county.parent); areas have two levels")
        }
        guard !areas.records().contains(where: { $0.parent == record.code }) else {
            throw DomainRefusal(
                .recordConflict, "area.parent", record.parent, rule: "G-17",
                "\(record.code) is a county that has townships; move those first")
        }
        return county.region
    }

    /// Refuses an area that a person or an institution of `region` cannot be in; empty: none is told.
    func checkArea(_ code: String, of region: String, _ field: String) throws(DomainRefusal) {
        if code.isEmpty { return }
        guard let area = areas[code], !area.isWithdrawn else {
            throw DomainRefusal(
                .recordUnknown, field, code, rule: "G-17",
                "the operator's table has no such area; enter it, or correct the code")
        }
        let home = areas.region(of: code)
        guard home == region else {
            throw DomainRefusal(
                .recordConflict, field, code, rule: "G-17",
                "the area is in \(home) and not in '\(region)'; correct one of them")
        }
    }
}
