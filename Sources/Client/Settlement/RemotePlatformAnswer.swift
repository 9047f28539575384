import Settlement
import WireMessages

/// A settlement or a quote in the national platform's form (setlinfo, setldetail), fields by its names.
package struct RemotePlatformAnswer: Sendable {
    /// A row of setldetail: one fund's payments of all its layers; amounts in fen.
    package struct Row: Equatable, Sendable {
        /// fund_pay_type; empty: the region has no platform code for the fund.
        package var code: String
        package var name: String
        /// The pack's id of the fund; empty: the account.
        package var fund: String
        package var inScope: Fen
        /// The rest of the yearly limit; nil: none.
        package var limitLeft: Fen?
        package var paid: Fen
    }

    /// Texts of setlinfo, in its order; unknown ones are empty.
    package var words: [(name: String, text: String)] = []
    /// Amounts of setlinfo in its order, in fen.
    package var amounts: [(name: String, amount: Fen)] = []
    /// pool_prop_selfpay in 1/10,000.
    package var poolRatio: UInt32 = 0
    package var rows: [Row] = []

    init(_ message: Jiesuan__V1__PlatformAnswer) {
        if let info = message.setlinfo?.pointee { read(info) }
        rows = (0..<message.n_setldetail).compactMap { index in
            message.setldetail[index].map { Row($0.pointee) }
        }
    }

    /// The amount of this name; nil: setlinfo has no such amount.
    package func amount(_ name: String) -> Fen? { amounts.first { $0.name == name }?.amount }

    /// The text of this name; nil: setlinfo has no such text.
    package func text(_ name: String) -> String? { words.first { $0.name == name }?.text }

    private mutating func read(_ info: Jiesuan__V1__Setlinfo) {
        words = [
            ("setl_id", wireText(info.setl_id)), ("medins_setl_id", wireText(info.medins_setl_id)),
            ("setl_time", wireText(info.setl_time)), ("insutype", wireText(info.insutype)),
            ("psn_type", wireText(info.psn_type)), ("med_type", wireText(info.med_type)),
            ("clr_type", wireText(info.clr_type)),
        ]
        amounts = [
            ("medfee_sumamt", info.medfee_sumamt), ("fulamt_ownpay_amt", info.fulamt_ownpay_amt),
            ("overlmt_selfpay", info.overlmt_selfpay), ("preselfpay_amt", info.preselfpay_amt),
            ("inscp_scp_amt", info.inscp_scp_amt), ("act_pay_dedc", info.act_pay_dedc), ("hifp_pay", info.hifp_pay),
            ("hifes_pay", info.hifes_pay), ("hifmi_pay", info.hifmi_pay), ("hifob_pay", info.hifob_pay),
            ("maf_pay", info.maf_pay), ("oth_pay", info.oth_pay), ("fund_pay_sumamt", info.fund_pay_sumamt),
            ("psn_part_amt", info.psn_part_amt), ("acct_pay", info.acct_pay), ("psn_cash_pay", info.psn_cash_pay),
            ("balc", info.balc), ("acct_mulaid_pay", info.acct_mulaid_pay),
        ]
        poolRatio = info.pool_prop_selfpay
    }
}

extension RemotePlatformAnswer.Row {
    init(_ message: Jiesuan__V1__Setldetail) {
        code = wireText(message.fund_pay_type)
        name = wireText(message.fund_pay_type_name)
        fund = wireText(message.fund)
        inScope = message.inscp_scp_amt
        limitLeft = message.limited != 0 ? message.crt_payb_lmt_amt : nil
        paid = message.fund_payamt
    }
}
