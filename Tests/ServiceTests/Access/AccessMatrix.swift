/// Who may call what, written down a second time and by hand: rows of a method, what it is asked, and for each caller
/// whether it may have its own and what is another's.
///
/// Columns: institution, pharmacy, office of a region, office of a county, operator, auditor, load generator.
/// `a`: whatever it asks; `o`: its own, and nothing else; `-`: nothing.
///
/// In the requests `$H` is an institution, `$P` a person, `$S` a settlement, `$R` a region, `$A` an area and `$C` the
/// channel of a claim: the caller's own or another's.
enum AccessMatrix {
    struct Row {
        let path: String
        let request: String
        let allowed: [Character]

        init(_ path: String, _ allowed: String, _ request: String = "{}") {
            self.path = path
            self.request = request
            self.allowed = Array(allowed)
        }
    }

    private static let claim = """
        {"settlementId":"$I","person":"$P","institution":"$H","channel":"$C","claim":{"kind":"CLAIM_KIND_OUTPATIENT",\
        "serviceDate":20240630,"cost":{"total":"100","inPolicy":"100"}}}
        """
    private static let person = #"{"person":"$P"}"#
    private static let settlement = #"{"settlementId":"$S"}"#
    private static let reconcile = #"{"institution":"$H","from":20240601,"until":20240630,"sums":{}}"#
    private static let region = #"{"region":"$R","month":202406}"#
    private static let list = #"{"region":"$R","area":"$A","month":202406}"#

    static let rows: [Row] = [
        // Nothing of anybody.
        Row("CalculationService/Calculate", "aaaaaaa"),
        Row("CalculationService/CalculateBatch", "aaaaaaa"),
        Row("PolicyService/List", "aaaaaaa"),
        Row("PolicyService/Show", "aaaaaaa"),
        Row("PolicyService/Explain", "aaaaaaa"),
        Row("RegistryService/ListAreas", "aaaaaaa"),
        Row("RegistryService/GetInstitution", "aaaaaaa", #"{"code":"$H"}"#),
        Row("RegistryService/ListInstitutions", "aaaaaaa"),
        Row("FilingService/ListDesignations", "aaaaaaa"),

        // Settlements.
        Row("SettlementService/Quote", "oooo-a-", claim),
        Row("SettlementService/Settle", "oooo---", claim),
        Row(
            "SettlementService/SettleBatch", "oo-----",
            """
            {"settlementIds":"QUE=","idBytes":2,"person":["101"],"institutions":["$H"],"institution":[0],\
            "serviceDate":[20240630],"kind":"AQ==","total":["100"],"inPolicy":["100"]}
            """),
        Row("SettlementService/Reverse", "oooo---", #"{"settlementId":"$S","reason":"a test"}"#),
        Row("SettlementService/Get", "oooo-a-", settlement),
        Row("SettlementService/ExplainSettlement", "oooo-a-", settlement),
        Row("SettlementService/ListYear", "--oo-a-", #"{"person":"$P","year":2024}"#),
        Row(
            "SettlementService/Compare", "a-oo-a-",
            #"{"stay":{"person":"$P","claim":{"kind":"CLAIM_KIND_INPATIENT","serviceDate":20240630}},"institutions":["H2"]}"#),
        Row("SettlementService/ReconcileTotals", "oooo-a-", reconcile),
        Row("SettlementService/ReconcileDetails", "oooo-a-", #"{"institution":"$H","from":20240601,"until":20240630}"#),

        // Registers.
        Row("RegistryService/PutArea", "----a--", #"{"area":{"code":"500109","name":"X","region":"chongqing"}}"#),
        Row(
            "RegistryService/PutInstitution", "--oo---",
            #"{"institution":{"code":"$H","region":"$R","area":"$A","kind":"INSTITUTION_KIND_HOSPITAL","level":"LEVEL_2"}}"#),
        Row(
            "RegistryService/RegisterPerson", "--oo---",
            #"{"person":"$P","region":"$R","area":"$A","birthMonth":199001}"#),
        Row("RegistryService/GetPerson", "aaoo-a-", person),
        Row("RegistryService/ListPersons", "-----a-"),
        Row("RegistryService/Enrol", "--oo---", person),
        Row("RegistryService/ChangeEnrolment", "--oo---", person),
        Row("RegistryService/EndEnrolment", "--oo---", person),
        Row("RegistryService/BuySupplementary", "--oo---", person),
        Row("RegistryService/PutIdentity", "--oo---", person),
        Row("RegistryService/PutFamily", "--oo---", person),
        Row("RegistryService/PutSpecialRegistration", "--oo---", person),
        Row("RegistryService/PutReferral", "o-oo---", #"{"person":"$P","referral":{"number":"1","from":"$H"}}"#),
        Row("RegistryService/PutFeedback", "--oo---", person),
        Row("RegistryService/PutChronicReport", "o-oo---", #"{"person":"$P","institution":"$H"}"#),
        Row("RegistryService/EndPerson", "--oo---", person),
        Row("RegistryService/WithdrawRecord", "--oo---", person),
        // Each item is asked by itself: see the tests of imports.
        Row("RegistryService/ImportBatch", "--aa---"),
        Row("RegistryService/GetYear", "aaoo-a-", #"{"person":"$P","year":2024}"#),

        // Filings.
        Row("FilingService/File", "--oo---", person),
        Row("FilingService/Correct", "--oo---", person),
        Row("FilingService/Show", "aaoo-a-", person),
        Row("FilingService/Designate", "--oo---", #"{"institution":"$H","servicePoint":true}"#),
        Row("FilingService/Receive", "o-oo---", #"{"person":"$P","servicePoint":"$H"}"#),
        Row("FilingService/Check", "o-oo---", #"{"person":"$Q","number":$N}"#),
        Row("FilingService/PassOn", "o-oo---", #"{"person":"$Q","number":$N}"#),
        Row("FilingService/Appraise", "--oo---", person),
        Row("FilingService/Deliver", "--oo---", person),
        Row("FilingService/ListApplications", "--o--a-", region),
        Row("FilingService/RegisterExpert", "--o----", #"{"region":"$R"}"#),
        Row("FilingService/Screen", "--o----", region),
        Row("FilingService/ReportSuspect", "--oo---", person),
        Row("FilingService/ListSuspects", "--o--a-", region),
        Row("FilingService/IssueCard", "--oo---", person),
        Row("FilingService/CloseSuspect", "--oo---", person),
        Row("FilingService/Sign", "o-oo---", #"{"person":"$P","institution":"$H"}"#),
        Row("FilingService/CorrectContract", "--oo---", person),
        Row("FilingService/Survey", "--oo---", person),
        Row("FilingService/ListPersons", "--o--a-", #"{"region":"$R"}"#),
        Row("FilingService/ListExperts", "--aa-a-"),
        Row("FilingService/Table", "--oo-a-", list),
        Row("FilingService/HandOverSubsidies", "--o----", #"{"region":"$R","year":2024}"#),
        Row("FilingService/Recognise", "--oo---", person),

        // Accounts and what is owed.
        Row("AccountService/Credit", "--oo---", person),
        Row("AccountService/RunCredits", "--o----", region),
        Row("AccountService/Use", "oooo---", #"{"requestId":"$I","person":"$P","institution":"$H","amount":"1","purpose":1}"#),
        Row("AccountService/Transfer", "--oo---", person),
        Row("AccountService/Inherit", "--oo---", person),
        Row("AccountService/Deregister", "--oo---", person),
        Row("AccountService/Balance", "aaoo-a-", person),
        Row("AccountService/Statement", "--oo-a-", person),
        Row("ClearingService/GetMonth", "oooo-a-", #"{"month":202406,"region":"$R","institution":"$H","area":"$A"}"#),
        Row("ClearingService/ListOwed", "--oo-a-", list),
        Row("ClearingService/Pay", "--oo---", list),
        Row("ClearingService/ListBatches", "-----a-"),

        // The server.
        Row("YearEndService/Start", "----a--"),
        Row("YearEndService/GetProgress", "----aa-", #"{"name":"none"}"#),
        Row("YearEndService/GetResult", "----aa-", #"{"name":"none"}"#),
        Row("YearEndService/ListRuns", "----aa-"),
        Row("YearEndService/Stop", "----a--", #"{"name":"none"}"#),
        Row("YearEndService/Resume", "----a--", #"{"name":"none"}"#),
        Row("YearEndService/ListFiles", "----aa-", #"{"name":"none"}"#),
        Row("YearEndService/ReadFile", "----aa-", #"{"name":"none"}"#),
        Row("StatusService/GetStatus", "----aa-"),
        Row("StatusService/SetLog", "----a--"),
        Row("MaintenanceService/Get", "----aa-"),
        Row("MaintenanceService/Set", "----a--"),
    ]
}
