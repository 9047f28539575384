/// Rule ids in refusals: a rule of one city is not cited to the persons of another.
extension PolicyPack {
    /// `rule` where this region's pack rests on it, else `general`: the convention behind it, or nothing.
    package func cites(_ rule: String, else general: String = "") -> String { rules.contains(rule) ? rule : general }
}

extension PolicyPack? {
    /// The same where no pack may be at hand.
    package func cites(_ rule: String, else general: String = "") -> String {
        self?.cites(rule, else: general) ?? general
    }
}
