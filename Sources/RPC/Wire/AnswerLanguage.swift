/// In which language a caller reads why a call failed.
package enum AnswerLanguage: UInt8, Sendable {
    case english
    case chinese

    /// The name under which every protocol asks for it: HTTP's header, gRPC's metadata, a key of `RpcMeta.user_fields`.
    package static let fieldName = "accept-language"
    /// The same of an answer, which says in what language a failure is told.
    package static let answerFieldName = "content-language"

    /// What somebody reads best who sends this `accept-language` ("zh-CN,zh;q=0.9,en;q=0.8"): of the two languages the
    /// one with the higher weight, of equal ones the first; English where it lists neither.
    ///
    /// O(n), reads `Limits.languageListBytesMax` at most and allocates nothing.
    package init(accepting list: UnsafeRawBufferPointer) {
        var best = (language: AnswerLanguage.english, weight: 0)
        var rest = list.prefix(Limits.languageListBytesMax)
        while !rest.isEmpty {
            let range = rest.prefix { $0 != UInt8(ascii: ",") }
            rest = rest[range.endIndex...].dropFirst()
            guard let language = Self.language(of: range) else { continue }
            let weight = Self.weight(of: range)
            if weight > best.weight { best = (language, weight) }
        }
        self = best.language
    }

    /// The language of "zh-Hans-CN;q=0.9"; nil: one that nothing here is written in.
    private static func language(of range: Slice<UnsafeRawBufferPointer>) -> AnswerLanguage? {
        let tag = range.drop(while: isBlank).prefix { $0 != UInt8(ascii: ";") && !isBlank($0) }
        let primary = tag.prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
        guard primary.count == 2, let first = primary.first, let last = primary.last else { return nil }
        return switch (first | 0x20, last | 0x20) {
        case (UInt8(ascii: "z"), UInt8(ascii: "h")): .chinese
        case (UInt8(ascii: "e"), UInt8(ascii: "n")): .english
        default: nil
        }
    }

    /// The weight in thousandths: 1000 where none is said or what is said is no weight, 0 for "q=0".
    private static func weight(of range: Slice<UnsafeRawBufferPointer>) -> Int {
        let parameter = range.drop { $0 != UInt8(ascii: ";") }.dropFirst().drop(while: isBlank)
        guard let name = parameter.first, name | 0x20 == UInt8(ascii: "q") else { return 1000 }
        let digits = parameter.dropFirst().drop(while: isBlank)
        guard digits.first == UInt8(ascii: "=") else { return 1000 }
        let number = digits.dropFirst().drop(while: isBlank)
        guard let whole = number.first, whole == UInt8(ascii: "0") else { return 1000 }
        let fraction = number.dropFirst()
        guard fraction.first == UInt8(ascii: ".") else { return 0 }
        var weight = 0
        var unit = 100
        for byte in fraction.dropFirst().prefix(3) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { break }
            weight += Int(byte - UInt8(ascii: "0")) * unit
            unit /= 10
        }
        return weight
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
