import ArgumentParser
import Population
import Settlement

/// One claim from the command line: each flag is a column of a claims file, with the same words.
struct ClaimOptions: ParsableArguments {
    @Option(help: "Region: chongqing, yantai, shenyang, anhui …") var region: String?
    @Option(help: "employee 职工, resident 居民.") var insurance: String?
    @Option(help: "employer 单位, tier1 一档, tier2 二档.") var membership: String?
    @Option(help: "active 在职, retired 退休.") var status: String?
    @Option(help: "First day of the entitlement period.") var coveredFrom: String?
    @Option(help: "Last day of the entitlement period.") var coveredUntil: String?
    @Option(help: "low_income:2023-02-10..2023-09-30;monitored:2024-01-05") var identities: String?
    @Option(help: "Diseases on file: dialysis:2020-07-01..2020-12-31;copd") var filings: String?
    @Option(help: "Supplementary product of the pack.") var product: String?
    @Option(help: "Day on which it was bought.") var boughtOn: String?
    @Option(help: "1: with a pre-existing disease.") var preExisting: String?
    @Option(help: "self:1260.00;spouse:300.00") var accounts: String?
    @Option(help: "inpatient, outpatient, emergency, special, two_disease, negotiated, special_drug.") var kind: String?
    @Option(help: "Service date: 2024-06-30.") var serviceDate: String?
    @Option(help: "Level of the institution: 1, 2, 3.") var level: String?
    @Option(help: "1: a Chinese-medicine institution.") var chineseMedicine: String?
    @Option(help: "1: in a county area of the city.") var countyArea: String?
    @Option(help: "1: outside the city.") var outOfCity: String?
    @Option(help: "Disease code of the pack's table.") var disease: String?
    @Option(help: "Level that referred the person upwards.") var referredFrom: String?
    @Option(help: "All of the bill, yuan; default: the sum of its parts.") var total: String?
    @Option(help: "全自费, yuan.") var outOfCatalog: String?
    @Option(help: "超限价自费, yuan.") var overLimit: String?
    @Option(help: "先行自付, yuan.") var firstSelfPay: String?
    @Option(help: "符合政策范围, yuan.") var inPolicy: String?
    @Option(help: "Drugs within in-policy, yuan.") var inPolicyDrug: String?
    @Option(help: "Amount of a special_drug claim, yuan.") var specialDrug: String?
    @Option(help: "Paid by a basic insurance outside, yuan.") var externalBasic: String?
    @Option(help: "Paid by the large-amount fund outside, yuan.") var externalLargeAmount: String?
    @Option(help: "standard, none, all.") var accountUse: String?

    private var values: [(ClaimColumn, String?)] {
        [
            (.region, region), (.insurance, insurance), (.membership, membership), (.status, status),
            (.coveredFrom, coveredFrom), (.coveredUntil, coveredUntil), (.identities, identities),
            (.filings, filings), (.product, product), (.boughtOn, boughtOn), (.preExisting, preExisting),
            (.accounts, accounts), (.kind, kind), (.serviceDate, serviceDate), (.level, level),
            (.chineseMedicine, chineseMedicine), (.countyArea, countyArea), (.outOfCity, outOfCity),
            (.disease, disease), (.referredFrom, referredFrom), (.total, total), (.outOfCatalog, outOfCatalog),
            (.overLimit, overLimit), (.firstSelfPay, firstSelfPay), (.inPolicy, inPolicy),
            (.inPolicyDrug, inPolicyDrug), (.specialDrug, specialDrug), (.externalBasic, externalBasic),
            (.externalLargeAmount, externalLargeAmount), (.accountUse, accountUse),
        ]
    }

    /// True where no flag is given.
    var isEmpty: Bool { values.allSatisfy { $0.1 == nil } }

    /// The claim that the flags describe.
    func row() throws -> ClaimRow {
        for (column, value) in values
        where value == nil && [.region, .insurance, .kind, .serviceDate].contains(column) {
            throw ValidationError("--\(column.rawValue.replacing("_", with: "-")) is missing.")
        }
        do throws(RowProblem) {
            var row = try ClaimRow(values.compactMap { column, value in value.map { (column, $0) } })
            if total == nil { row.claim.claim.cost.total = row.claim.claim.cost.sumOfParts }
            return row
        } catch {
            let flag = error.column.replacing("_", with: "-")
            throw Failure(.usage, "--\(flag) \(error.value): \(error.message)")
        }
    }
}
