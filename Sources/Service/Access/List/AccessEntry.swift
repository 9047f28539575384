import Settlement

/// One caller of the list: who it is, what it may do, how it is known.
package struct AccessEntry: Equatable, Sendable {
    /// How often something may happen.
    package struct Rate: Equatable, Sendable {
        package var perSecond: Int
        package var burst: Int

        package init(perSecond: Int, burst: Int) {
            self.perSecond = perSecond
            self.burst = burst
        }
    }

    package var name: String
    package var role: Role
    package var institutions: [String] = []
    package var region = ""
    package var area = ""
    /// The last day; nil: it has no end.
    package var until: CalendarDate?
    package var calls: Rate?
    /// Of claims and records, all calls together.
    package var items: Rate?
    /// SHA-256 of its token; empty: it has none.
    package var tokenHash = ""
    /// The name of its client certificate; empty: it has none.
    package var certificate = ""

    package init(name: String, role: Role) {
        self.name = name
        self.role = role
    }

    /// What is wrong with it by itself; nil: nothing.
    package var problem: String? {
        if !Self.isName(name) {
            return "a name has 1 … 64 letters, digits and . _ - of ASCII, and begins with a letter or a digit"
        }
        if role.hasInstitutions {
            if institutions.isEmpty { return "the role \(role.rawValue) needs institution=CODE" }
            if !region.isEmpty || !area.isEmpty { return "the role \(role.rawValue) has no region and no area" }
        } else if !institutions.isEmpty {
            return "only the roles institution and pharmacy act for institutions"
        }
        if role == .office, region.isEmpty { return "the role office needs region=REGION" }
        if role != .office, !region.isEmpty || !area.isEmpty { return "only the role office has a region and an area" }
        if let wrong = institutions.first(where: { !Self.isWord($0) })
            ?? [region, area].first(where: {
                !$0.isEmpty && !Self.isWord($0)
            })
        {
            return "\"\(wrong)\" is no code: 1 … 64 printable characters without blanks, commas and ="
        }
        if institutions.count > Self.institutionsMax { return "more than \(Self.institutionsMax) institutions" }
        if tokenHash.isEmpty == certificate.isEmpty { return "it needs either token=sha256:… or certificate=NAME" }
        return nil
    }

    /// The most institutions that one caller acts for: each claim is compared with them.
    package static let institutionsMax = 64

    static func isName(_ text: String) -> Bool {
        guard (1...64).contains(text.utf8.count), let first = text.utf8.first, isAlphanumeric(first) else {
            return false
        }
        return text.utf8.allSatisfy { isAlphanumeric($0) || [0x2e, 0x5f, 0x2d].contains($0) }
    }

    /// Text that stands in the list as it is.
    static func isWord(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0.value != 0x7f && $0 != "," && $0 != "=" && $0 != "#"
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
    }
}
