import Policy
import Settlement

/// What one fund did in one settlement, of all its layers (a row of setldetail); amounts in fen.
struct PlatformRow {
    /// Place in `PlatformFunds.all`.
    var fund: Int
    /// What could enter its first layer.
    var base: Fen
    /// What it could pay at most before this settlement; negative: no limit.
    var quota: Fen
    var paid: Fen
}

/// The funds that took part in one settlement, and the ratio of the pool.
struct PlatformRows {
    /// In the order of the layers; at most one a fund.
    private(set) var rows: [PlatformRow] = []
    /// 统筹基金支付比例 in 1/10,000: the pool's ratio, or what several brackets and layers come to together before caps,
    /// rounded half up; 0: the pool took no part.
    private(set) var poolRatio: Int64 = 0

    /// - Parameter yearBefore: a copy; working out the quotas moves it along.
    init(_ region: ServedRegion, _ outcome: UnsafePointer<Outcome>, yearBefore: UnsafeMutablePointer<Fen>) {
        let quotas = region.tables.quotas(of: outcome, year: yearBefore)
        var pool = PoolShare()
        for position in 0..<outcome.pointee.layerCount {
            let result = outcome.pointee.layers[position]
            let payers = region.platform.layers[Int(result.layer)]
            add(payers.first, base: result.base, quota: quotas[position].first, paid: result.paidFirst)
            if result.paidSecond > 0 {
                add(payers.second, base: result.paidSecond, quota: quotas[position].second, paid: result.paidSecond)
            }
            guard region.platform.all[payers.first].isPool else { continue }
            // A layer that only takes over what was paid outside has no ratio.
            let slices = region.tables.slices(of: result)
            if slices.count == 0 { continue }
            pool.add(result, ratio: slices.count == 1 ? Int64(slices.slices[0].ratio) : nil)
        }
        poolRatio = pool.ratio
    }

    private mutating func add(_ fund: Int, base: Fen, quota: Fen, paid: Fen) {
        if let index = rows.firstIndex(where: { $0.fund == fund }) {
            rows[index].paid += paid
        } else {
            rows.append(PlatformRow(fund: fund, base: base, quota: quota, paid: paid))
        }
    }
}

/// What the pool's layers pay of what is payable.
private struct PoolShare {
    private var payable: Fen = 0
    private var computed: Fen = 0
    /// The ratio of all so far; nil: there were several.
    private var single: Int64?
    private var isEmpty = true

    mutating func add(_ result: LayerResult, ratio: Int64?) {
        payable += result.payable
        computed += result.computed
        single = isEmpty || single == ratio ? ratio : nil
        isEmpty = false
    }

    /// Both amounts are at most 10^12 fen a layer.
    var ratio: Int64 {
        if let single { return single }
        return payable > 0 ? (2 * 10_000 * computed + payable) / (2 * payable) : 0
    }
}
