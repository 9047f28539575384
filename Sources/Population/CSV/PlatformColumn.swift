/// The national platform's names of our files' columns: one table for all files that are read.
///
/// A name is listed only where the platform's column has the same meaning as ours. Case is ignored, because
/// databases write names in either.
package enum PlatformColumn {
    /// Kinds of files that give a meaning of their own to one of our names.
    package enum File: String, CaseIterable, Sendable {
        case claims
        /// An institution's own books (3202).
        case books
        case institutions
        /// Diseases on file (2503).
        case special
        /// Any other.
        case other
    }

    /// In every file: our name, then the platform's.
    private static let everywhere: [String: [String]] = [
        "person_no": ["psn_no"], "insurance": ["insutype"], "status": ["psn_type"],
        "institution": ["fixmedins_code"], "disease": ["opsp_dise_code", "dise_codg"],
    ]
    private static let own: [File: [String: [String]]] = [
        .claims: [
            "id": ["medins_setl_id", "msgid"], "kind": ["med_type"], "total": ["medfee_sumamt"],
            "out_of_catalog": ["fulamt_ownpay_amt"], "over_limit": ["overlmt_selfpay"],
            "first_self_pay": ["preselfpay_amt"], "in_policy": ["inscp_scp_amt"], "account_use": ["acct_used_flag"],
            "printed_fund": ["fund_pay_sumamt"], "printed_account": ["acct_pay"], "printed_cash": ["psn_cash_pay"],
        ],
        .books: [
            "settlement_id": ["setl_id"], "person": ["psn_no"], "is_reversal": ["refd_setl_flag"],
            "total": ["medfee_sumamt"],
            "fund_total": ["fund_pay_sumamt"], "account_total": ["acct_pay"], "cash": ["psn_cash_pay"],
            "visit": ["mdtrt_id"], "note": ["exp_content"],
        ],
        .institutions: ["code": ["fixmedins_code"], "name": ["fixmedins_name"]],
        .special: ["from": ["begndate"], "until": ["enddate"]],
    ]

    /// Columns of the platform that are refused, with the remedy.
    private static let refusals: [String: String] = {
        let personal = "no file of ours says who a person is (G-14); remove it"
        var reasons = [
            "hosp_lv": "the level that counts is the agreement's (CQ-44); write it as 1, 2, 3 in a column level",
            "begntime": "the day that counts is the service date, of a stay the discharge; call that service_date",
            "insuplc_admdvs": "a region is named by its policy pack; write chongqing … in a column region",
            "brdy": "only the month of birth counts; write 1960-05 in a column birth_month of the file of persons",
            "fixmedins_type": "it does not tell a hospital from a primary institution; write that in a column kind",
        ]
        for name in ["psn_name", "certno", "psn_cert_type", "gend", "naty", "age"] { reasons[name] = personal }
        return reasons
    }()

    /// The platform's names of our column; none: it has none.
    package static func names(of column: String, in file: File) -> [String] {
        (own[file]?[column] ?? []) + (everywhere[column] ?? [])
    }

    /// Why a column of the platform is refused, with the remedy; nil: an unknown name.
    static func refusal(of name: String) -> String? { refusals[name.lowercased()] }
}
