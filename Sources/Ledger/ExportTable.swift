import Settlement

/// A table of a row-wise export, with its columns.
package enum ExportTable: String, CaseIterable, Sendable {
    /// 结算.
    case settlement
    /// What each layer of a settlement did.
    case layer
    /// What accounts paid; with a reversal what they got back, negative.
    case accountPayment = "account_payment"
    /// What a settlement did to the accumulators of its year.
    case accumulatorChange = "accumulator_change"
    /// 撤销.
    case reversal

    package var columns: [String] {
        switch self {
        case .settlement:
            [
                "sequence", "settlement_id", "settled_on", "settled_at_ms", "region", "region_name", "pack_digest",
                "person", "year", "institution", "institution_level", "kind", "service_date", "disease", "insurance",
                "membership", "status", "identity", "channel", "total", "in_policy", "out_of_catalog", "over_limit",
                "first_self_pay", "special_drug", "pool_fund", "large_amount_fund", "critical_illness_fund",
                "assistance_fund", "reassistance_fund", "supplementary", "account_paid", "family_account_paid",
                "cash", "deductible_paid", "no_rule",
            ]
        case .layer:
            [
                "sequence", "position", "layer", "layer_name", "considered", "deductible", "measure_before",
                "computed", "quota_left", "first_fund", "paid_first", "second_fund", "paid_second",
            ]
        case .accountPayment: ["sequence", "settlement_id", "owner", "relation", "paid", "balance_after"]
        case .accumulatorChange: ["sequence", "person", "year", "name", "label", "amount_before", "amount_after"]
        case .reversal:
            [
                "sequence", "settlement_sequence", "settlement_id", "reversed_on", "reversed_at_ms", "region",
                "person", "year", "institution", "reason",
            ]
        }
    }
}

/// One value of an exported row.
package enum ExportValue: Equatable, Sendable {
    case text(String)
    case number(UInt64)
    case money(Fen)
    /// There is none: a layer without a cap has no quota left.
    case none
}

/// Where exported rows go.
package protocol ExportSink {
    func add(_ values: [ExportValue], to table: ExportTable) throws
    /// Everything is written; without it the export is no export.
    func finish() throws
}
