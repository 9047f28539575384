import Text

extension PersonName {
    /// What digits in the place of a person's number say: our number, or, where no number of 64 bits is written so (too
    /// long, or with leading zeros), the platform's. nil: they are no digits, or too many.
    package init?(digits text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        if let number = UInt64(text), "\(number)" == text {
            self.init(number)
        } else if PersonNo(text) != nil {
            self.init(no: text)
        } else {
            return nil
        }
    }

    /// A person as a command names one: 101, 50010000000000000000000117, no:A17, and with the region behind it where
    /// the platform's number is not one person's alone: no:A17@yantai.
    package init?(argument: String) {
        let parts = argument.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let region = parts.count > 1 ? parts[1] : ""
        guard parts.count == 1 || !region.isEmpty else { return nil }
        let isMarked = parts[0].hasPrefix("no:")
        let text = isMarked ? String(parts[0].dropFirst(3)) : parts[0]
        if isMarked || !region.isEmpty {
            guard PersonNo(text) != nil else { return nil }
            self.init(no: text, region: region)
        } else if let name = PersonName(digits: text) {
            self = name
        } else {
            return nil
        }
    }
}

extension Sequence<PersonEntry> {
    /// The platform's number that was recorded last among entries that stand; empty: none.
    package var personNo: String {
        var no = ""
        for entry in self where entry.supersededBy == 0 {
            if case .basics(let basics) = entry.fact, !basics.personNo.isEmpty { no = basics.personNo }
        }
        return no
    }
}
