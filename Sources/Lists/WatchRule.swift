import Policy
import Registry
import Settlement
import Text

/// A pack's rules for the watch list of persons with high cost (高额医疗费用支出预警监测, YT-9).
package struct WatchTerms: Sendable {
    /// Identities that are watched above the lower share.
    private let identities: [Identity]
    /// Shares of last year's disposable income, in basis points.
    private let identifiedShare: BasisPoints
    private let otherShare: BasisPoints
    /// Whom each department named (I-36).
    private let civilAffairs: [Identity]
    private let ruralRevitalisation: [Identity]

    /// Nil: the pack watches nobody.
    package init?(_ pack: PolicyPack) {
        func identities(_ names: [String]?) -> [Identity] {
            (names ?? []).compactMap { word in Identity.allCases.first { "\($0)".snakeCased == word } }
        }
        guard let identified = pack.ratio("monitoring.share.identified"),
            let others = pack.ratio("monitoring.share.others")
        else { return nil }
        self.identities = identities(pack.names("monitoring.identities"))
        identifiedShare = identified
        otherShare = others
        civilAffairs = identities(pack.names("entitlement.identities.<department>", "civil_affairs"))
        ruralRevitalisation = identities(
            pack.names("entitlement.identities.<department>", "rural_revitalisation"))
    }

    /// The departments whose lists a person of that identity stands on; persons without one stand on both (I-36).
    package func departments(_ identity: Identity) -> [Department] {
        var departments: [Department] = []
        if identity == .none || civilAffairs.contains(identity) { departments.append(.civilAffairs) }
        if identity == .none || ruralRevitalisation.contains(identity) { departments.append(.ruralRevitalisation) }
        return departments
    }

    /// True where a burden of the year so far puts a person of that identity on the list; exactly.
    private func isWatched(_ identity: Identity, _ burden: Fen, _ income: Fen) -> Bool {
        let isIdentified = identities.contains(identity)
        guard isIdentified || identity == .none else { return false }
        return isAbove(burden, income, isIdentified ? identifiedShare : otherShare)
    }

    private func isAbove(_ burden: Fen, _ income: Fen, _ share: BasisPoints) -> Bool {
        Int128(burden) * 10_000 > Int128(income) * Int128(share)
    }

    /// True where a year's burden may put somebody on a list, whatever the person's identity.
    package func mayWatch(_ burden: Fen, _ income: Fen) -> Bool {
        isAbove(burden, income, min(identifiedShare, otherShare))
    }

    /// The months on whose lists a person stands.
    ///
    /// - Parameter burdens: of each month of the year, in fen: in policy, after basic insurance, critical illness and
    ///   large amount.
    /// - Parameter income: last year's disposable income per head, in fen.
    /// - Parameter given: the person's identities; one of 因病致贫 counts as none.
    package func months(
        _ burdens: [Fen], of year: Int32, through last: Int32, above income: Fen, given: [DatedIdentity],
        _ tables: Tables
    ) -> [WatchedMonth] {
        let identities = given.filter { $0.identity != .illnessPoverty }
        var burden: Fen = 0
        var found: [WatchedMonth] = []
        for month in 1...last {
            burden += burdens[Int(month) - 1]
            let day = CalendarDate(year: year, month: month, day: 1).lastOfMonth
            let identity = tables.identity(on: day, among: identities.span, range: identities.indices)
            guard isWatched(identity, burden, income) else { continue }
            found.append(WatchedMonth(last: day, identity: identity, burden: burden, isFirst: found.isEmpty))
        }
        return found
    }
}

/// A month on whose list a person stands.
package struct WatchedMonth: Equatable, Sendable {
    /// The month's last day.
    package var last: CalendarDate
    /// In force on that day (G-10, G-11).
    package var identity: Identity
    /// Of the year up to that day, in fen.
    package var burden: Fen
    /// The first of the year.
    package var isFirst: Bool
}
