import Policy
import Settlement
import Text

/// A region's filing rules, from its pack's parameters `filing.*`; a missing parameter means that nothing is required.
package struct FilingRules: Sendable {
    /// Kinds of claim that need a qualification on file, by raw value (CQ-46).
    private var askedFor: UInt32 = 0
    /// The rule that asks for it, and the one that says who certifies.
    package var askedForRule: String
    package var certifiedRule: String
    /// Diseases that any township, county-public or private institution of the county certifies (CQ-46).
    package var certifiedInCounty: [String]
    /// True where certifying is the matter of certain institutions (CQ-46).
    package var hasCertifiers: Bool
    /// 两病 (SY-8).
    package var twoDiseases: [String]
    /// Day by which they are to be on file; `none`: the pack says none (SY-8).
    package var twoDiseaseDeadline: CalendarDate
    /// Papers of an application, each as the list of those that will do (AH-1); empty: nothing is appraised here.
    package var papers: [(name: String, anyOf: [String])]
    /// What a service point has passed on by this day of a month is appraised at its end (AH-1).
    package var passedOnByDay: Int32
    /// Titles of those who may appraise (AH-2).
    package var titles: [String]
    /// The lowest level whose diagnosis gives a card without papers (AH-3); `unspecified`: nothing is screened here.
    package var screenedFrom: Level

    /// Qualifications come from the monthly appraisal and from nothing else (AH-2).
    package var hasAppraisal: Bool { !papers.isEmpty }

    package init(_ pack: PolicyPack) {
        askedForRule = pack.parameter("filing.asked_for")?.citation.rule ?? ""
        certifiedRule = pack.parameter("filing.certified_in_county")?.citation.rule ?? ""
        for name in pack.names("filing.asked_for") ?? [] {
            guard let kind = ClaimKind.allCases.first(where: { "\($0)".snakeCased == name }) else { continue }
            askedFor |= 1 << UInt32(kind.rawValue)
        }
        certifiedInCounty = pack.names("filing.certified_in_county") ?? []
        hasCertifiers = pack.parameter("filing.certified_in_county") != nil
        twoDiseases = pack.names("filing.two_disease.diseases") ?? []
        twoDiseaseDeadline = pack.date("filing.two_disease.deadline") ?? .none
        papers = (pack.names("filing.papers") ?? []).map { ($0, pack.names("filing.papers.<paper>", $0) ?? [$0]) }
        passedOnByDay = Int32(clamping: pack.number("filing.appraisal.passed_on_by_day") ?? 31)
        titles = pack.names("filing.appraisal.titles") ?? []
        screenedFrom =
            pack.number("filing.screening.level").flatMap { UInt8(exactly: $0) }.flatMap(Level.init) ?? .unspecified
    }

    /// True where a claim of this kind needs a qualification on file (CQ-46).
    @inline(__always)
    package func asks(for kind: ClaimKind) -> Bool { askedFor & (1 << UInt32(kind.rawValue)) != 0 }
}
