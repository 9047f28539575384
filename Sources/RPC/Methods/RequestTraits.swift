/// What a request asks of its answer beside the answer; almost none do.
package struct RequestTraits: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The answer's message comes with its CRC-32C.
    package static let checksum = RequestTraits(rawValue: 1)
    /// Why it failed is said in Chinese.
    package static let chinese = RequestTraits(rawValue: 2)
    /// The message is JSON, and the answer's too.
    package static let json = RequestTraits(rawValue: 4)
    /// Why it failed is told with the places of the text's parts, in English: the door puts it into its own words.
    package static let failureParts = RequestTraits(rawValue: 8)

    /// What somebody asks for who reads this language best.
    package init(_ language: AnswerLanguage) { self = language == .chinese ? .chinese : [] }
}

/// Says in Chinese why a call failed: `text` is what is said in English, and has the details.
///
/// Whoever knows the meaning of the codes gives it to the server; it runs once for every failure that is told in
/// Chinese, on any thread.
package typealias ChineseWording = @Sendable (_ code: Int32, _ text: String) -> String
