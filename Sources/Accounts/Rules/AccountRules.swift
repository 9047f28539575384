import Policy
import Records
import Registry
import Settlement

/// The values of a region's account rules with their sources (CQ-30 … CQ-32); each is nil where the pack has none.
package struct AccountRules: Sendable {
    private let pack: PolicyPack

    package init(_ pack: PolicyPack) { self.pack = pack }

    package var region: String { pack.region }

    /// As `PolicyPack.cites`.
    func cites(_ rule: String) -> String { pack.cites(rule) }

    func parameter(_ name: String) -> Parameter? { pack.parameter(name) }

    func names(_ name: String) -> [String]? { pack.names(name) }

    /// The persons for whom an account may pay (CQ-31); nil: not allowed by the pack.
    func beneficiaries(of purpose: UsePurpose) -> Parameter? {
        switch purpose {
        case .institution: pack.parameter("account.use.institution")
        case .pharmacy: pack.parameter("account.use.pharmacy")
        case .residentPremium, .longTermCarePremium, .governmentPremium, .largeAmountPremium, .yukuaibaoPremium:
            pack.parameter("account.use.premium.<premium>", String(purpose.name.dropFirst("premium.".count)))
        case .publicHealth, .fitness, .wellness, .cash: nil
        }
    }

    func money(_ name: String) throws(DomainRefusal) -> Fen {
        if let amount = pack.money(name) { return amount }
        throw missing(name)
    }

    func ratio(_ name: String) throws(DomainRefusal) -> BasisPoints {
        if let ratio = pack.ratio(name) { return ratio }
        throw missing(name)
    }

    func number(_ name: String) throws(DomainRefusal) -> Int {
        if let number = pack.number(name) { return number }
        throw missing(name)
    }

    func date(_ name: String) throws(DomainRefusal) -> CalendarDate {
        if let date = pack.date(name) { return date }
        throw missing(name)
    }

    /// The refusal for a value missing in the pack: nothing is made up where the source is silent.
    private func missing(_ name: String) -> DomainRefusal {
        DomainRefusal(
            .noRule, "region", pack.region, rule: cites("CQ-30"),
            "the documents of \(pack.label.both) have no rule for it (the pack has no '\(name)')")
    }

    /// Events of an account besides credits and uses, by a name of `account.carry_over` (CQ-32).
    func allows(_ name: String, of list: String, rule: String) throws(DomainRefusal) {
        if names(list)?.contains(name) == true { return }
        throw DomainRefusal(
            .noRule, "region", pack.region, rule: cites(rule),
            "the documents of \(pack.label.both) have no rule for it (the pack has no '\(name)' in '\(list)')")
    }
}

extension Citation {
    /// The source's words and their place, for a refusal: "003 实施细则第十条: 个人账户不得用于…".
    var quoted: String { "\(document) \(article): \(words)" }
}
