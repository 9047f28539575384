import HTMLReport
import Measurement

/// The few figures that a run is remembered by.
package struct Headline: Sendable {
    /// How a headline figure is written.
    enum Form: Sendable { case rate, milliseconds, ratio }

    /// Which figure it is, whatever was measured.
    struct Kind: Sendable {
        let name: String
        let words: Words
        let unit: String
        let form: Form
        let moreIsBetter: Bool
        fileprivate let find: @Sendable (RunResults, PointTable) -> Spread?
    }

    let kind: Kind
    package let spread: Spread

    package var figure: HistoryFigure {
        HistoryFigure(
            name: kind.name, unit: kind.unit, moreIsBetter: kind.moreIsBetter, min: spread.min, median: spread.median,
            max: spread.max, rounds: spread.rounds)
    }

    /// Those that were measured, in their order.
    package static func all(_ results: RunResults, _ table: PointTable) -> [Headline] {
        kinds.compactMap { kind in kind.find(results, table).map { Headline(kind: kind, spread: $0) } }
    }

    static func text(_ value: Double, _ form: Form) -> String {
        switch form {
        case .rate: NumberText.figure(value)
        case .milliseconds: NumberText.milliseconds(value)
        case .ratio: NumberText.ratio(value)
        }
    }

    /// The unit as the page writes it.
    static func unitText(_ kind: Kind) -> String { kind.form == .milliseconds ? "ms" : kind.unit }

    static let kinds: [Kind] = [
        Kind(
            name: "unary-4x64", words: Words("单笔试算", "Calculate, 4 × 64 in flight"), unit: "calls/s", form: .rate,
            moreIsBetter: true
        ) { results, table in ours(table, "unary-4x64") ?? results.load("unary-4x64").flatMap { Spread([$0.good]) } },
        Kind(
            name: "unary-1x1.p50", words: Words("单笔试算延迟中位数", "Calculate alone, p50"), unit: "ns",
            form: .milliseconds, moreIsBetter: false
        ) { results, table in
            ours(table, "unary-1x1", .p50)
                ?? results.load("unary-1x1").flatMap { Spread([Double($0.latency.p50)]) }
        },
        Kind(
            name: "batch-65536", words: Words("批量试算", "Calculate in batches"), unit: "claims/s", form: .rate,
            moreIsBetter: true
        ) { results, table in
            ours(table, "batch-65536") ?? results.load("batch-65536").flatMap { Spread([$0.goodClaims]) }
        },
        Kind(
            name: "settle-256", words: Words("单笔结算入账", "Settle for keeps, 256 in flight"), unit: "calls/s",
            form: .rate, moreIsBetter: true
        ) { results, table in ours(table, "settle-256") ?? results.load("settle-256").flatMap { Spread([$0.good]) } },
        Kind(
            name: "settle-batch", words: Words("批量结算入账", "Settle for keeps, in batches"), unit: "claims/s",
            form: .rate, moreIsBetter: true
        ) { results, table in
            ours(table, "settle-batch") ?? results.load("settle-batch").flatMap { Spread([$0.goodClaims]) }
        },
        Kind(
            name: "half-capacity.p99", words: Words("半负荷延迟 p99", "p99 at half of the capacity"), unit: "ns",
            form: .milliseconds, moreIsBetter: false
        ) { results, _ in results.load("half-capacity").flatMap { Spread([Double($0.latency.p99)]) } },
        Kind(
            name: "unary-4x64/grpc-cpp", words: Words("对 gRPC C++", "Calculate ÷ gRPC C++"), unit: "×", form: .ratio,
            moreIsBetter: true
        ) { _, table in ratio(table, "unary-4x64", to: "grpc-cpp") },
        Kind(
            name: "unary-4x64/c-epoll", words: Words("对 C 语言上限", "Calculate ÷ plain C"), unit: "×", form: .ratio,
            moreIsBetter: true
        ) { _, table in ratio(table, "unary-4x64", to: "c-epoll") },
    ]

    private static func ours(
        _ table: PointTable, _ workload: String, _ field: PointTable.Field = .value
    ) -> Spread? {
        for key in table.keys(workload: workload, contender: Contenders.ours) where key.group != "cost" {
            if let spread = table.spread(key, field) { return spread }
        }
        return nil
    }

    private static func ratio(_ table: PointTable, _ workload: String, to other: String) -> Spread? {
        guard let ours = table.keys(group: "peers", workload: workload, contender: Contenders.ours).first,
            let theirs = table.keys(group: "peers", workload: workload, contender: other, unit: ours.unit).first
        else { return nil }
        return Spread.ratio(table.rounds(ours), table.rounds(theirs))
    }
}
