/// One code of the error registry (错误码): its number and name, what happened, what to do, in English and Chinese.
///
/// The only place of these words: answers in Chinese, docs/calling/errors.md and the year-end report have them from
/// here.
package struct ErrorEntry: Sendable {
    /// What stands in an answer; it is never given another meaning.
    package let number: Int32
    /// As the .proto or brpc has it: "NOT_ENTITLED".
    package let name: String
    /// Who has to act.
    package let actors: [ErrorActor]
    package let again: ErrorRepetition
    /// What happened.
    package let meaning: ErrorWords
    /// What to do.
    package let remedy: ErrorWords

    init(
        _ number: Int32, _ name: String, _ actors: [ErrorActor], _ again: ErrorRepetition, _ meaning: ErrorWords,
        _ remedy: ErrorWords
    ) {
        self.number = number
        self.name = name
        self.actors = actors
        self.again = again
        self.meaning = meaning
        self.remedy = remedy
    }

    /// Both in one sentence.
    package var sentence: ErrorWords {
        ErrorWords("\(meaning.english): \(remedy.english)", "\(meaning.chinese); \(remedy.chinese)")
    }
}

/// The same words in two languages.
package struct ErrorWords: Equatable, Sendable {
    package let english: String
    package let chinese: String

    init(_ english: String, _ chinese: String) {
        self.english = english
        self.chinese = chinese
    }
}

/// Who has to act on an error.
package enum ErrorActor: CaseIterable, Sendable {
    /// Who wrote the front end.
    case program
    /// Who entered the claim, at the institution.
    case clerk
    /// Who keeps the register and decides.
    case office
    /// Who runs the server.
    case `operator`

    package var words: ErrorWords {
        switch self {
        case .program: ErrorWords("program", "程序")
        case .clerk: ErrorWords("clerk", "经办人")
        case .office: ErrorWords("office", "经办机构")
        case .operator: ErrorWords("operator", "运维")
        }
    }
}

/// Whether a request that failed is to be sent again.
package enum ErrorRepetition: CaseIterable, Sendable {
    /// The same under the same id, later.
    case asItIs
    /// Under the same id, after somebody has put it right.
    case corrected
    /// Only under an id of its own, where it is another claim.
    case newID
    /// It will not be otherwise.
    case never

    package var words: ErrorWords {
        switch self {
        case .asItIs: ErrorWords("as it is", "原样")
        case .corrected: ErrorWords("corrected", "更正后")
        case .newID: ErrorWords("new id", "新编号")
        case .never: ErrorWords("no", "不")
        }
    }
}
