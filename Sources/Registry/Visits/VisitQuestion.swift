import Settlement

/// A query for settled visits: the filter, and the amounts to read of each.
package struct VisitQuestion {
    /// Amounts that are read only where a question asks for them.
    package struct Figures: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// `SettledVisit.burden`, as adjusted so far.
        package static let burden = Figures(rawValue: 1)
        /// `inPolicy`, `borne` and `funds`, as adjusted so far.
        package static let payments = Figures(rawValue: 2)
    }

    /// Service dates.
    package var days: DateRange
    /// Of which region's persons.
    package var region: String
    /// nil: any.
    package var kind: ClaimKind?
    /// The least level of the institution.
    package var levelFrom = Level.unspecified
    /// Only of those with a disease.
    package var hasDisease = false
    /// Only of those for whom it is true on the service date; nil: of everybody.
    package var whose: ((_ person: UInt64, _ day: CalendarDate) -> Bool)?
    /// Amounts that are not asked for are 0, funds none.
    package var figures: Figures = []

    package init(
        _ days: DateRange, region: String, kind: ClaimKind? = nil, levelFrom: Level = .unspecified,
        hasDisease: Bool = false, figures: Figures = [],
        whose: ((_ person: UInt64, _ day: CalendarDate) -> Bool)? = nil
    ) {
        self.days = days
        self.region = region
        self.kind = kind
        self.levelFrom = levelFrom
        self.hasDisease = hasDisease
        self.figures = figures
        self.whose = whose
    }

    /// Whether a visit of the region is asked for.
    package func wants(_ visit: SettledVisit) -> Bool {
        days.contains(visit.serviceDate) && (kind == nil || visit.kind == kind)
            && visit.level.rawValue >= levelFrom.rawValue && (!hasDisease || !visit.disease.isEmpty)
            && (whose?(visit.person, visit.serviceDate) ?? true)
    }
}
