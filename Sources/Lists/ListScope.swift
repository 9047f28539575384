import Policy
import Population
import Records
import Registry
import Settlement

/// Whom a list is about: the persons of a region, or of one of its areas (G-17), as they stand on a day.
package struct ListScope {
    package let registry: Registry
    package let pack: PolicyPack
    /// Code of a county or of a township; empty: the whole region.
    package let area: String
    package let day: CalendarDate
    /// Summaries have a row for each county instead of each township.
    package let isByCounty: Bool
    package let language: TableHeadings

    /// - Throws: RECORD_UNKNOWN, RECORD_CONFLICT where the area is not one of the region's.
    package init(
        _ registry: Registry, _ pack: PolicyPack, area: String = "", on day: CalendarDate, byCounty: Bool = false,
        language: TableHeadings = .english
    ) throws(DomainRefusal) {
        self.init(fields: registry, pack, area: area, on: day, byCounty: byCounty, language: language)
        if area.isEmpty { return }
        guard registry.areas[area] != nil else {
            throw DomainRefusal(
                .recordUnknown, "area", area, rule: "G-17",
                "the table has no such area; `registry export areas` shows it")
        }
        let region = registry.areas.region(of: area)
        guard region == pack.region else {
            throw DomainRefusal(
                .recordConflict, "area", area, rule: "G-17", "the area is in \(region); ask for a list of that region")
        }
    }

    /// Of the whole region.
    package init(whole registry: Registry, _ pack: PolicyPack, on day: CalendarDate, language: TableHeadings) {
        self.init(fields: registry, pack, area: "", on: day, byCounty: false, language: language)
    }

    private init(
        fields registry: Registry, _ pack: PolicyPack, area: String, on day: CalendarDate, byCounty: Bool,
        language: TableHeadings
    ) {
        self.registry = registry
        self.pack = pack
        self.area = area
        self.day = day
        isByCounty = byCounty
        self.language = language
    }

    func table(_ columns: [TableColumn]) -> ListTable { ListTable(columns, language) }

    // MARK: Persons

    /// A person of the region and area on the day.
    package func holds(_ person: UInt64) -> Bool {
        guard let basics = registry.people.basics(of: person, on: day), basics.region == pack.region else {
            return false
        }
        return registry.areas.contains(area, basics.area)
    }

    /// By number; those whose registration ended before the day are in none.
    package var persons: [UInt64] {
        registry.people.persons(ofRegion: pack.region, on: day) { registry.areas.contains(area, $0) }
    }

    /// Those of `persons` with an identity in force on the day, whatever others they have besides (G-10, G-11).
    package func persons(with identity: Identity) -> [UInt64] {
        registry.people.persons(
            ofRegion: pack.region, on: day, areas: { registry.areas.contains(area, $0) }, with: identity)
    }

    /// Code of the person's area on the day; empty: not told.
    func area(of person: UInt64) -> String { registry.people.basics(of: person, on: day)?.area ?? "" }

    // MARK: Areas

    /// Cells of `TableColumn.area`.
    func areaCells(_ code: String) -> [ListCell] {
        let areas = registry.areas
        return [
            .text(areas.county(of: code)?.name ?? ""), .code(code), .text(areas.township(of: code)?.name ?? ""),
        ]
    }

    /// The row of a summary in which an area counts.
    func group(_ code: String) -> String { isByCounty ? registry.areas.county(of: code)?.code ?? "" : code }

    /// The areas that a summary has a row for, also where nobody is in them: those in use that are not divided further.
    var groups: [String] {
        let inUse = registry.areas.records().filter { record in
            !record.isWithdrawn && registry.areas.region(of: record.code) == pack.region
                && registry.areas.contains(area, record.code)
        }
        if isByCounty { return Set(inUse.map { group($0.code) }).sorted() }
        let divided = Set(inUse.map(\.parent))
        return inUse.map(\.code).filter { !divided.contains($0) }.sorted()
    }

    /// A summary with the rows of `groups` and of the areas that `persons` are in besides, by area.
    func summary<Sum>(
        _ empty: Sum, _ persons: [UInt64], _ count: (UInt64, inout Sum) -> Void
    ) -> [(area: String, sum: Sum)] {
        var sums: [String: Sum] = [:]
        for group in groups { sums[group] = empty }
        for person in persons { count(person, &sums[group(area(of: person)), default: empty]) }
        return sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    // MARK: Names

    /// Cells of `TableColumn.institution`; the name is the last one that was told.
    func institutionCells(_ number: UInt32) -> [ListCell] {
        let record = registry.institutions[number]
        return [.code(record?.code ?? ""), .text(record?.name ?? "")]
    }

    /// Cells of `TableColumn.disease`: its code, and its name in the language of the list.
    func diseaseCells(_ code: String) -> [ListCell] {
        guard let label = diseaseLabel(code) else { return [.code(code), .empty] }
        return [.code(code), .word(label.en, chinese: label.zh)]
    }

    /// A disease's name in the pack's table; a pack without one takes over that of another region.
    func diseaseLabel(_ code: String) -> Label? {
        for pack in [pack] + registry.library.packs {
            if let disease = pack.diseases.first(where: { $0.code == code }) { return disease.label }
        }
        return nil
    }
}
