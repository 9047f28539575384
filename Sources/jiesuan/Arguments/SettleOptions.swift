import ArgumentParser
import Client
import Population
import Registry
import Settlement

/// A claim to be settled for a registered person, from the command line.
struct SettleOptions: ParsableArguments {
    @Option(help: PersonArgument.help) var person: PersonArgument
    @Option(help: ArgumentHelp("Code of the institution in the register.", valueName: "CODE")) var institution: String?
    @Option(help: "inpatient, outpatient, emergency, special, two_disease, negotiated, special_drug.") var kind: String
    @Option(help: "Service date, of an inpatient the day of discharge: 2024-06-30.") var serviceDate: String
    @Option(help: "Disease code of the pack's table.") var disease: String?
    @Option(help: "All of the bill, yuan; default: the sum of its parts.") var total: String?
    @Option(help: "符合政策范围, yuan.") var inPolicy: String?
    @Option(help: "Drugs within in-policy, yuan.") var inPolicyDrug: String?
    @Option(help: "全自费, yuan.") var outOfCatalog: String?
    @Option(help: "超限价自费, yuan.") var overLimit: String?
    @Option(help: "先行自付, yuan.") var firstSelfPay: String?
    @Option(help: "Amount of a special_drug claim, yuan.") var specialDrug: String?
    @Option(help: "Paid by a basic insurance outside, yuan.") var externalBasic: String?
    @Option(help: "Paid by the large-amount fund outside, yuan.") var externalLargeAmount: String?
    @Option(help: "What the accounts pay: standard, none, all.") var accountUse: String?
    @Option(help: "At a pharmacy: code of the institution that prescribed.") var prescribing: String?
    @Option(help: ArgumentHelp("At a pharmacy: number of the electronic prescription (CQ-16).", valueName: "NUMBER"))
    var prescription: String?
    @Option(help: "Day on which it was written: 2024-06-30.") var prescriptionDate: Day?
    @Option(help: ArgumentHelp("Owner of a family account that may pay; may be repeated.", valueName: "PERSON"))
    var family: [PersonArgument] = []
    @Flag(help: "手工报销: paid in advance, settled afterwards with documents (CQ-42).") var manual = false
    @Option(help: "Kind of a document handed in; may be repeated.") var document: [String] = []
    @Option(help: "Weeks of a long-term prescription (CQ-43).") var weeks: UInt32?
    @Option(help: "Number of a registered referral (SY-6, YT-10).") var referral: String?

    /// The request that the options describe.
    ///
    /// - Parameter isForInstitution: whether the options must name the institution.
    /// - Throws: `Failure` where the bill has no amount or no institution, before anything is sent or an id used.
    func request(id: String, isForInstitution: Bool = true) throws -> SettlementRequest {
        let values: [(ClaimColumn, String?)] = [
            (.kind, kind), (.serviceDate, serviceDate), (.disease, disease), (.total, total), (.inPolicy, inPolicy),
            (.inPolicyDrug, inPolicyDrug), (.outOfCatalog, outOfCatalog), (.overLimit, overLimit),
            (.firstSelfPay, firstSelfPay), (.specialDrug, specialDrug), (.externalBasic, externalBasic),
            (.externalLargeAmount, externalLargeAmount), (.accountUse, accountUse),
            // A claims file has the person's facts beside the claim; here they come from the register.
            (.region, "register"), (.insurance, "employee"),
        ]
        let amounts = [total, inPolicy, outOfCatalog, overLimit, firstSelfPay, specialDrug]
        guard amounts.contains(where: { $0 != nil }) else {
            throw Failure(
                .usage,
                "the bill has no amount: name its parts (--in-policy, --out-of-catalog, --over-limit, "
                    + "--first-self-pay), --special-drug or --total.")
        }
        guard institution != nil || !isForInstitution else {
            throw Failure(.usage, "--institution is missing: say where, by its code in the register")
        }
        let personRegion = try personRegion
        do throws(RowProblem) {
            var row = try ClaimRow(values.compactMap { column, value in value.map { (column, $0) } })
            if total == nil { row.claim.claim.cost.total = row.claim.claim.cost.sumOfParts }
            var request = SettlementRequest(
                id: id, person: person.name.number, institution: institution ?? "", row.claim)
            request.prescribingInstitution = prescribing ?? ""
            request.prescriptionNumber = prescription ?? ""
            request.prescriptionDate = prescriptionDate?.date ?? .none
            request.personNo = person.name.no
            request.personRegion = personRegion
            request.familyAccounts = family.filter(\.name.no.isEmpty).map(\.name.number)
            request.familyAccountNos = family.filter { !$0.name.no.isEmpty }.map(\.name.no)
            request.isManual = manual
            request.documents = document
            request.prescriptionWeeks = weeks ?? 0
            request.referral = referral ?? ""
            return request
        } catch {
            let flag = error.column.replacing("_", with: "-")
            throw Failure(.usage, "--\(flag) \(error.value): \(error.message)")
        }
    }

    /// The region of the platform's numbers; one for each request.
    private var personRegion: String {
        get throws {
            let regions = Set(([person] + family).map(\.name.region)).subtracting([""])
            guard regions.count <= 1 else {
                throw Failure(
                    .usage,
                    "--person and --family are of \(regions.sorted().joined(separator: " and ")): name those of "
                        + "one region by their numbers")
            }
            return regions.first ?? ""
        }
    }
}
