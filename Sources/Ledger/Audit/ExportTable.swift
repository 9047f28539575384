import Settlement

/// A table of a row-wise export, with its columns.
package struct ExportTable: Hashable, Sendable {
    package let name: String
    package let columns: [String]

    package init(_ name: String, _ columns: [String]) {
        self.name = name
        self.columns = columns
    }

    package static func == (left: ExportTable, right: ExportTable) -> Bool { left.name == right.name }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// The tables of the journal's entries: `sequence` is the entry's position in the journal and joins the tables.
extension ExportTable {
    package static let booked: [ExportTable] = [
        settlement, layer, accountPayment, accumulatorChange, reversal, adjustment, secondRound, recognitionPayment,
        recognitionPart, fundChange, clockAcceptance, recordedBy,
    ]

    /// 结算.
    static let settlement = ExportTable(
        "settlement",
        [
            "sequence", "settlement_id", "settled_on", "settled_at_ms", "region", "region_name", "pack_digest",
            "person", "year", "institution", "institution_level", "kind", "service_date", "disease", "insurance",
            "membership", "status", "identity", "channel", "total", "in_policy", "out_of_catalog", "over_limit",
            "first_self_pay", "special_drug", "pool_fund", "large_amount_fund", "critical_illness_fund",
            "assistance_fund", "reassistance_fund", "supplementary", "paid_outside", "account_paid",
            "family_account_paid", "cash", "deductible_paid", "no_rule",
        ])
    /// One row for each layer of a settlement.
    static let layer = ExportTable(
        "layer",
        [
            "sequence", "position", "layer", "layer_name", "considered", "deductible", "measure_before",
            "computed", "quota_left", "first_fund", "paid_first", "second_fund", "paid_second",
        ])
    /// Payments by accounts; of a reversal or an adjustment the amounts credited back, negative.
    static let accountPayment = ExportTable(
        "account_payment", ["sequence", "settlement_id", "owner", "relation", "paid", "balance_after"])
    /// Changes of a year's accumulators by a settlement or an adjustment; an adjustment has no amounts before and
    /// after, only the change.
    static let accumulatorChange = ExportTable(
        "accumulator_change",
        ["sequence", "person", "year", "name", "label", "amount_before", "amount_after", "change"])
    /// 撤销.
    static let reversal = ExportTable(
        "reversal",
        [
            "sequence", "settlement_sequence", "settlement_id", "reversed_on", "reversed_at_ms", "region",
            "person", "year", "institution", "reason",
        ])
    /// 年终调整 (G-13).
    static let adjustment = ExportTable(
        "adjustment",
        [
            "sequence", "settlement_sequence", "settlement_id", "adjusted_on", "adjusted_at_ms", "run", "region",
            "person", "year", "institution", "cash", "recoverable", "reason",
        ])
    /// 二次报销 (SY-4); a row that takes a payment back names that payment.
    static let secondRound = ExportTable(
        "second_round",
        [
            "sequence", "settlement_sequence", "settlement_id", "paid_on", "paid_at_ms", "run", "round", "region",
            "person", "year", "cash", "recoverable", "takes_back_sequence", "reason",
        ])
    /// Payments of recognitions of poverty through illness beside settlements (YT-7).
    static let recognitionPayment = ExportTable(
        "recognition_payment",
        [
            "sequence", "paid_on", "paid_at_ms", "run", "region", "person", "year", "recognition_year", "event",
            "cash", "recoverable",
        ])
    /// The settlements whose cash such a payment lowers, and by how much.
    static let recognitionPart = ExportTable(
        "recognition_part", ["sequence", "settlement_sequence", "settlement_id", "amount"])
    /// Changes of a fund's payments by an adjustment, a second round or a recognition.
    static let fundChange = ExportTable("fund_change", ["sequence", "category", "fund", "amount"])
    /// Moments at which a wrong clock was accepted: the time of an entry with a smaller sequence and a later time is
    /// not to be trusted.
    static let clockAcceptance = ExportTable(
        "clock_acceptance", ["sequence", "accepted_on", "accepted_at_ms", "newest_before_ms"])
    /// In whose name each entry was recorded, entries of the register and of accounts too; an entry without a row here
    /// was recorded in nobody's name.
    static let recordedBy = ExportTable(
        "recorded_by", ["sequence", "recorded_on", "recorded_at_ms", "record", "caller", "operator"])
}

/// One value of an exported row.
package enum ExportValue: Equatable, Sendable {
    case text(String)
    case number(UInt64)
    case money(Fen)
    /// No value: a layer without a cap has no quota left.
    case none
}

/// Where exported rows go.
package protocol ExportSink {
    func add(_ values: [ExportValue], to table: ExportTable) throws
    /// Completes the export after its last row; without this call it is not usable.
    func finish() throws
}
