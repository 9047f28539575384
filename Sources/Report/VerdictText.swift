import HTMLReport
import Measurement

/// The first screen in words: will the year's end fit into the night?
enum VerdictText {
    static func sentence(_ projection: Projection) -> Words {
        let question = projection.question
        let claims = claims(question)
        let night = NumberText.chosen(question.nightHours)
        switch projection.verdict {
        case .void:
            return Words(
                "✗ 有错误答案：本次测量数字一律无效。",
                "✗ A run had wrong answers: no figure of this report may be used until that is explained.")
        case .unknown:
            return Words(
                "? 未测量批量结算入账，无法判断年终清算能否在一夜内完成。",
                "? Settling for keeps in batches was not measured: whether the year's end fits into the night "
                    + "cannot be said.")
        case .fits, .tight, .doesNotFit: break
        }
        guard let way = projection.basis, let share = projection.share else { return Words("", "") }
        let (seconds, most) = (way.seconds(question), way.secondsMost(question))
        let (took, shareText) = (NumberText.duration(seconds), NumberText.percent(share))
        let tookZh = NumberText.durationZh(seconds)
        let slowest =
            way.rate.rounds > 1 ? " (slowest of \(way.rate.rounds) rounds: \(NumberText.duration(most)))" : ""
        switch projection.verdict {
        case .fits:
            return Words(
                "✓ 年终清算一夜可成：约 \(tookZh)，占 \(night) 小时的 \(shareText)。",
                "✓ The year's end fits into the night: \(claims) take \(took)\(slowest), \(shareText) of "
                    + "\(night) hours.")
        case .tight:
            return Words(
                "⚠ 年终清算一夜勉强可成：约 \(tookZh)，占 \(night) 小时的 \(shareText)。",
                "⚠ The year's end fits into the night, with no room for a second attempt: \(claims) take "
                    + "\(took)\(slowest), \(shareText) of \(night) hours.")
        default:
            return Words(
                "✗ 年终清算一夜不能完成：约 \(tookZh)，占 \(night) 小时的 \(shareText)。",
                "✗ The year's end does not fit into the night: \(claims) take \(took)\(slowest), \(shareText) of "
                    + "\(night) hours.")
        }
    }

    static func claims(_ question: Projection.Question) -> String {
        "\(FigureText.count(question.population)) persons × \(NumberText.chosen(question.claimsPerPerson)) claims"
    }

    /// "3,200,000 persons × 10 claims ÷ 380,000 claims/s = 84.2 s = 0.02 h".
    static func formula(_ way: Projection.Way, _ question: Projection.Question) -> String {
        let seconds = way.seconds(question)
        return "\(claims(question)) ÷ \(NumberText.figure(way.rate.median)) claims/s = "
            + "\(NumberText.decimals(seconds, 0)) s = \(NumberText.figure(seconds / 3_600)) h"
    }

    static func way(_ kind: Projection.Way.Kind) -> Words {
        switch kind {
        case .settleBatch: Words("批量结算入账", "Settled for keeps, in batches")
        case .calculateBatch: Words("仅批量试算", "Calculated only, in batches")
        case .settle: Words("单笔结算入账", "Settled for keeps, one by one")
        }
    }

    /// Class of the verdict's box.
    static func style(_ verdict: Projection.Verdict) -> String {
        switch verdict {
        case .fits: "verdict"
        case .tight: "verdict tight"
        case .doesNotFit, .void: "verdict bad"
        case .unknown: "verdict unknown"
        }
    }

    /// The night as a bar, and how much of it each way of settling takes; nil: none was measured.
    static func night(_ projection: Projection) -> RowPicture? {
        guard !projection.ways.isEmpty else { return nil }
        let question = projection.question
        let night = question.nightHours * 3_600
        let longest = max(night, projection.ways.map { $0.secondsMost(question) }.max() ?? 0)
        let end = night / longest
        let rows = projection.ways.map { way in
            let until = way.seconds(question) / longest
            var bars = [RowPicture.Bar(from: 0, until: end, style: "night")]
            bars.append(RowPicture.Bar(from: 0, until: min(until, end), style: "b-us"))
            // Beyond the night in red, and the mark is where the night ends.
            if until > end { bars.append(RowPicture.Bar(from: end, until: until, style: "b-over")) }
            return RowPicture.Row(
                words: Self.way(way.kind), figure: NumberText.duration(way.seconds(question)),
                share: "\(NumberText.percent(way.seconds(question) / night)) of the night", bars: bars,
                tick: (min(until, end), until > end ? "t-total" : "b-us"))
        }
        let hours = NumberText.chosen(question.nightHours)
        let sums = projection.ways.map { "\(Self.way($0.kind).en): \(formula($0, question))" }
        return RowPicture(
            id: "night", title: Words("一夜 \(hours) 小时之中", "Of a night of \(hours) hours: \(claims(question))"),
            description: Words("", sums.joined(separator: "; ") + "."), rows: rows)
    }

    /// How many persons one night has room for.
    static func room(_ projection: Projection) -> Words? {
        guard let way = projection.basis else { return nil }
        let question = projection.question
        let persons = NumberText.significant(way.rate.min * question.nightHours * 3_600 / question.claimsPerPerson)
        return Words(
            "一夜最多可清算 \(NumberText.decimals(persons, 0)) 人",
            "At the slowest round's rate, one night has room for \(NumberText.decimals(persons, 0)) persons. "
                + "It holds for this machine, and where the rate stays what it was for all of the night.")
    }
}
