import HTMLReport
import Text

/// What the codes of adjustments and refusals mean; the words are the error registry's.
package enum CodeWords {
    /// Why a settlement was adjusted (YE-1, G-13).
    package static func adjustment(_ reason: String) -> Words {
        switch reason {
        case "FACT":
            return Words(
                "结算本身的事实有变（参保、身份、备案等事后补录或更正）",
                "the facts of the claim itself changed: cover, identity or filing told late or corrected")
        case "YEAR":
            return Words(
                "本年在其之前的结算或事实有变，累计额随之改变",
                "what came before it in the year changed, and with it what the year had left")
        case "SECOND_ROUND":
            return Words(
                "二次报销多付：按最终事实首轮未付少于此前已付",
                "a second round paid more than round one leaves unpaid by the final facts (SY-4)")
        default:
            let words = meaning(reason)
            return Words(
                "按最终事实不应支付，全部追回：\(words.zh)",
                "not payable by the final facts, all to be recovered: \(words.en)")
        }
    }

    /// Why a row was not settled.
    package static func meaning(_ code: String) -> Words {
        if let words = ErrorRegistry[code]?.meaning { return Words(words.chinese, words.english) }
        return own[code] ?? Words("见错误码表", "see the list of errors")
    }

    /// Of a run's own, beside those of the error registry.
    private static let own: [String: Words] = [
        "MALFORMED": Words("数据行无法读取", "the row itself cannot be read"),
        "REGION_CHANGED": Words("参保地与结算时不同，或一人涉及多个统筹区", "insured in another region, or in several"),
    ]
}
