/// The lists and registers that offices take (名单、台账、报表). Raw values are those of `FilingTable` in
/// `Proto/jiesuan/v1/filing_service.proto`.
package enum OfficeList: UInt8, CaseIterable, Sendable {
    case chronicLedger = 1
    case contracts
    case contractProgress
    case problems
    case inspection
    case unenrolled
    case subsidies
    case subsidisedPersons
    case feedback
    case poorLedger
    case poorResults
    case appraisals
    case appraisalRefusals
    case chronicPatients
    case chronicSummary
    case chronicReports
    case watch

    /// What a list is asked with, beside region, area and day.
    package enum Need: Sendable {
        case month, year, campaign, thresholds
        /// For which department, and last year's disposable income.
        case watch
    }

    /// As the command line and file names have it.
    package var name: String { words.name }
    /// The Chinese title.
    package var title: String { words.title }
    /// What is in it, in one line, with the rule.
    package var explanation: String { words.explanation }

    package init?(name: String) {
        guard let list = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = list
    }

    package var needs: [Need] {
        switch self {
        case .inspection: [.thresholds]
        case .poorLedger: [.month]
        case .watch: [.month, .watch]
        case .appraisals, .appraisalRefusals: [.month, .year]
        case .subsidies, .subsidisedPersons: [.year]
        case .chronicPatients, .chronicSummary: [.campaign]
        case .chronicLedger, .contracts, .contractProgress, .problems, .unenrolled, .feedback, .poorResults,
            .chronicReports:
            []
        }
    }

    private var words: (name: String, title: String, explanation: String) {
        switch self {
        case .chronicLedger: ("chronic-ledger", "慢性病门诊台账", "every card with what was claimed for its disease (AH-4)")
        case .contracts: ("contracts", "两病备案、门诊统筹签约登记", "two-disease filings and contracts that stand (SY-8)")
        case .contractProgress:
            ("contract-progress", "备案签约进度", "both per area, of all registered poor, against the deadline (SY-8)")
        case .problems: ("problems", "问题排查台账", "the survey's problems, columns of 002 附件2 (SY-8, YE-6)")
        case .inspection: ("inspection", "重点排查名单", "registered poor with high cost or repeated stays (SY-8)")
        case .unenrolled: ("unenrolled", "应保未保名单", "assisted persons without insurance for the year (YT-12)")
        case .subsidies: ("subsidies", "参保资助汇总", "premiums paid for persons, by group and area (YT-8, YT-12)")
        case .subsidisedPersons: ("subsidised-persons", "参保资助明细", "the same by person, came in or went out (YT-12)")
        case .feedback: ("feedback", "部门反馈", "what departments answered to the watch lists (YT-9)")
        case .watch: ("watch", "高额费用监测名单", "persons with high cost, for one department (YT-9)")
        case .poorLedger: ("poor-ledger", "贫困人口专项管理台账", "a month of each registered-poor person (SY-10)")
        case .poorResults: ("poor-results", "排查结果报表", "contracts, filings and use per area on a day (SY-10)")
        case .appraisals: ("appraisals", "慢性病鉴定情况通报", "applications and decisions per area and month (AH-8)")
        case .appraisalRefusals: ("appraisal-refusals", "鉴定不符合原因", "why applications were refused (AH-8)")
        case .chronicPatients: ("chronic-patients", "慢性病患者参保情况登记表", "reported patients, 000 附件2 (YE-6)")
        case .chronicSummary: ("chronic-summary", "慢性病患者参保情况汇总表", "by reporting institution, 000 附件3 (YE-6)")
        case .chronicReports: ("chronic-reports", "慢性病患者上报", "what institutions report, as it is imported (YE-6)")
        }
    }
}
