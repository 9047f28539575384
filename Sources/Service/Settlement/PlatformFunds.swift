import Policy
import Settlement

/// The funds of a pack as rows of the platform's setldetail name them (fund_pay_type).
struct PlatformFunds: Sendable {
    /// A fund, or the account.
    struct Payer {
        /// The pack's id; empty: the account.
        var id: String
        var name: String
        /// fund_pay_type; empty: the place has no code of the platform for it.
        var code: String
        var isPool: Bool
    }

    /// The account's row: the code is the same everywhere.
    static let account = Payer(id: "", name: "职工基本医疗保险个人账户", code: "310200", isPool: false)

    /// Who pays for a layer, by their places in `all`.
    struct LayerPayers: BitwiseCopyable {
        var first: Int
        /// The fund that takes over where the first is exhausted (CQ-13); else the first.
        var second: Int
    }

    /// Each fund once, in the order of the layers.
    private(set) var all: [Payer] = []
    /// By the calculator's layers.
    private(set) var layers: [LayerPayers] = []

    init(_ pack: PolicyPack) {
        for layer in pack.layers {
            let first = index(of: layer.first)
            layers.append(LayerPayers(first: first, second: layer.second.map { index(of: $0) } ?? first))
        }
    }

    /// No `PlatformAnswer` is longer, in bytes: numbers at their longest, every fund and the account with a row.
    var bytesMax: Int {
        let number = 12
        let rows = (all + [Self.account]).reduce(0) { size, payer in
            size + payer.id.utf8.count + payer.name.utf8.count + payer.code.utf8.count + 8 * number
        }
        // Setlinfo has 19 amounts, six short texts and the id twice.
        return rows + 32 * number
    }

    private mutating func index(of fund: Fund) -> Int {
        if let index = all.firstIndex(where: { $0.id == fund.id }) { return index }
        all.append(
            Payer(id: fund.id, name: fund.label.zh, code: fund.code ?? "", isPool: fund.category == .pool))
        return all.count - 1
    }
}
