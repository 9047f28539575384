import Settlement

/// An entry as a line of the list: `h1 role=institution institution=H1,H2 token=sha256:…`.
extension AccessEntry {
    /// Reads a line that is neither empty nor a comment.
    ///
    /// - Throws: what is wrong with it, without the line's number.
    package init(line: Substring) throws(AccessProblem) {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        var values: [String: String] = [:]
        for word in words.dropFirst() {
            guard let equals = word.firstIndex(of: "=") else {
                throw AccessProblem("\"\(ShownWord.cut(word))\" is not KEY=VALUE")
            }
            let key = String(word[..<equals])
            guard Self.keys.contains(key) else {
                throw AccessProblem(
                    "there is no \"\(ShownWord.cut(key[...]))\"; there are: \(Self.keys.joined(separator: ", "))")
            }
            guard values.updateValue(String(word[word.index(after: equals)...]), forKey: key) == nil else {
                throw AccessProblem("\(key) stands twice")
            }
        }
        guard let role = values["role"].flatMap({ Role(rawValue: $0) }) else {
            throw AccessProblem(
                "role is none of: \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.init(name: String(words.first ?? ""), role: role)
        try read(values)
        if let problem { throw AccessProblem(problem) }
    }

    private static let keys = [
        "role", "institution", "region", "area", "until", "calls", "claims", "token", "certificate",
    ]
    private static let hashPrefix = "sha256:"

    private mutating func read(_ values: [String: String]) throws(AccessProblem) {
        institutions = values["institution"].map { $0.split(separator: ",").map(String.init) } ?? []
        region = values["region"] ?? ""
        area = values["area"] ?? ""
        if let text = values["until"] {
            guard let until = Self.day(text) else {
                throw AccessProblem("until is no day as 2027-12-31")
            }
            self.until = until
        }
        calls = try Self.rate(values["calls"], "calls")
        items = try Self.rate(values["claims"], "claims")
        if let token = values["token"] {
            let hash = token.dropFirst(Self.hashPrefix.count)
            guard token.hasPrefix(Self.hashPrefix), hash.utf8.count == 64,
                hash.utf8.allSatisfy({ $0 &- 0x30 < 10 || $0 &- 0x61 < 6 })
            else {
                throw AccessProblem("token is not \(Self.hashPrefix) and 64 hexadecimal digits in small letters")
            }
            tokenHash = String(hash)
        }
        certificate = values["certificate"] ?? ""
        guard certificate.utf8.count <= 253, certificate.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw AccessProblem("certificate is no name of at most 253 printable characters of ASCII without blanks")
        }
    }

    /// "100" or "100/200": so many a second, and so many at once.
    package static func rate(_ text: String?, _ key: String) throws(AccessProblem) -> Rate? {
        guard let text else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard let first = parts.first, let perSecond = first, parts.count <= 2, let burst = parts.last.flatMap({ $0 }),
            (1...ratesMax).contains(perSecond), (1...ratesMax).contains(burst)
        else {
            throw AccessProblem(
                "\(key) is not A or A/B: A a second and B at once, from 1 to \(ratesMax)")
        }
        return Rate(perSecond: perSecond, burst: burst)
    }

    private static let ratesMax = 100_000_000

    /// A day as 2027-12-31.
    package static func day(_ text: String) -> CalendarDate? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], let year = Int32(parts[0]), let month = Int32(parts[1]),
            let day = Int32(parts[2]), (2000...2999).contains(year), (1...12).contains(month),
            (1...CalendarDate.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }

    /// The line that reads as this entry.
    package var line: String {
        var words = [name, "role=\(role.rawValue)"]
        func add(_ key: String, _ value: String) { if !value.isEmpty { words.append("\(key)=\(value)") } }
        add("institution", institutions.joined(separator: ","))
        add("region", region)
        add("area", area)
        add("until", until?.description ?? "")
        add("calls", calls.map { "\($0.perSecond)/\($0.burst)" } ?? "")
        add("claims", items.map { "\($0.perSecond)/\($0.burst)" } ?? "")
        add("token", tokenHash.isEmpty ? "" : Self.hashPrefix + tokenHash)
        add("certificate", certificate)
        return words.joined(separator: " ")
    }
}

/// Words of a file in a message about it: cut, and without what confuses a terminal.
enum ShownWord {
    static func cut(_ word: Substring) -> String {
        let shown = word.unicodeScalars.prefix(40).map { $0.value > 0x20 && $0.value != 0x7f ? Character($0) : "?" }
        return String(shown) + (word.unicodeScalars.count > 40 ? "…" : "")
    }
}

/// What is wrong with a list of callers, or with what is to be done to it.
package struct AccessProblem: Error, CustomStringConvertible, Equatable {
    package var description: String

    package init(_ description: String) { self.description = description }
}
