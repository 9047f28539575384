import Settlement

/// Levels at which a pack treats institutions where a stay there is concerned, in deductible and ratio alike (SY-5).
///
/// A rule that changes only one of the two (CQ-4) makes no institution one of another level.
package struct LevelTreatments: Sendable {
    private struct Rule {
        var period: DateRange
        /// By `LevelTreatments.index`: the level's raw value.
        var levels: [UInt8]
    }
    private var rules: [Rule] = []
    /// The rule by which a deductible continues after a referral (SY-6); nil: the pack has none.
    package private(set) var referralRule: String?

    init(_ document: PackDocument, _ space: FacetSpace) {
        for rule in document.levelRules {
            if case .continueDeductible = rule.effect { referralRule = rule.citation.rule }
            guard case .treat(let levels, deductible: true, ratio: true) = rule.effect else { continue }
            var treated: [UInt8] = []
            for index in 0..<LevelTreatments.size {
                var key = PlanKey(repeating: 0)
                key[Facet.kind.rawValue] = ClaimKind.inpatient.rawValue
                key[Facet.level.rawValue] = UInt8(index & 3)
                key[Facet.chineseMedicine.rawValue] = UInt8(index >> 2 & 1)
                key[Facet.countyArea.rawValue] = UInt8(index >> 3)
                let level = UInt8(index & 3)
                treated.append(space.truth(rule.when, key) == .yes ? levels[Int(level)] : level)
            }
            rules.append(Rule(period: rule.period, levels: treated))
        }
    }

    private static var size: Int { 16 }

    private static func index(_ institution: Institution) -> Int {
        Int(institution.level.rawValue) | (institution.isChineseMedicine ? 4 : 0)
            | (institution.isCountyArea ? 8 : 0)
    }

    /// The level at which an institution is treated on `date`: its own where no rule says otherwise, or where it is out
    /// of the city.
    func level(of institution: Institution, on date: CalendarDate) -> Level {
        if institution.isOutOfCity { return institution.level }
        var treated = institution
        for rule in rules where rule.period.contains(date) {
            treated.level = Level(rawValue: rule.levels[Self.index(treated)]) ?? treated.level
        }
        return treated.level
    }
}

extension PolicyPack {
    /// The level at which the basic insurance treats a stay at an institution in the city (SY-5): see
    /// `LevelTreatments`.
    package func treatedLevel(of institution: Institution, on date: CalendarDate) -> Level {
        levelTreatments.level(of: institution, on: date)
    }
}
