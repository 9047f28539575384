import Client
import Foundation
import Ledger
import Policy
import Population
import Records
import Registry
import Settlement
import Text

/// Settles the worked examples in a ledger, and checks the ledger's guarantees: a repeated request gets the same
/// answer, a reversal stays reversed, an institution's books balance, and the ledger can be recomputed from its
/// journal.
struct DemoLedger {
    /// A settled example.
    struct Settled {
        var row: ClaimRow
        var answer: RemoteSettlement
        var bytes: [UInt8]
    }

    /// First number of the domain's errors (error.proto); lower ones are the transport's.
    private static let domainCodesFrom: Int32 = 4000

    private let client: SettlementClient
    private let tell: (_ what: String, _ found: String) -> Void
    private(set) var settled: [Settled] = []
    private(set) var reversal: RemoteReversal?
    private(set) var repeatedBytes = 0
    private(set) var isBalanced = false
    private(set) var check: LedgerCheck?
    /// The ledger's final figures.
    private(set) var lines: [(person: UInt64, line: RemoteYearLine)] = []
    /// Guarantees that did not hold; empty: all did.
    private(set) var problems: [String] = []

    /// - Parameters:
    ///   - tell: called with each finished step.
    init(_ client: Client, tell: @escaping (_ what: String, _ found: String) -> Void) {
        self.client = SettlementClient(client)
        self.tell = tell
    }

    /// - Parameters:
    ///   - outcomes: the examples' outcomes by `Calculate`.
    ///   - path: the ledger file of the client's server.
    mutating func run(_ rows: [ClaimRow], _ outcomes: [RowOutcome], path: String, _ packs: [PolicyPack]) throws {
        let register = try DemoRegister(client.client, rows)
        tell("登记 registered", register.recorded.joined(separator: ", "))
        try settle(rows, outcomes)
        if let first = settled.first { try repeatOnce(first) }
        if let example = settled.first(where: { $0.row.id == "003-2" }) {
            try reverse(example)
            try reconcile(DemoRegister.institution(of: example.row))
        }
        try look(rows)
        let check = try LedgerCheck(path, packs)
        let found = check.result
        tell(
            "核验 verified",
            "\(found.settlements) settlements and \(found.reversals) reversal recomputed from \(found.blocks) blocks: "
                + "\(check.differenceCount) differences")
        if !check.isClean {
            problems.append("the ledger does not verify: \(check.differences.joined(separator: "; "))")
        }
        self.check = check
    }

    // MARK: Steps

    private static func request(_ row: ClaimRow) -> SettlementRequest {
        SettlementRequest(
            id: row.id, person: row.person.number, institution: DemoRegister.institution(of: row), row.claim)
    }

    private mutating func settle(_ rows: [ClaimRow], _ outcomes: [RowOutcome]) throws {
        for (row, outcome) in zip(rows, outcomes) {
            let (bytes, refusal) = try attempt(Self.request(row))
            guard let bytes else {
                tell("不予结算 refused", "\(row.id) cannot be settled as its source prints it: \(refusal)")
                problems.append("\(row.id) is refused by the ledger")
                continue
            }
            let answer = try SettlementClient.settlement(bytes)
            settled.append(Settled(row: row, answer: answer, bytes: bytes))
            if answer.outcome.outcome != outcome || !row.printed.agrees(answer.outcome.outcome) {
                problems.append("\(row.id) comes out otherwise through the ledger")
            }
        }
        let sameness = problems.isEmpty ? ", each to the fen as Calculate answered" : ""
        tell("结算 settled", "\(settled.count) of \(rows.count) worked examples, durably\(sameness)")
    }

    /// Repeats a request and gets the stored answer, so that a lost answer costs nothing.
    private mutating func repeatOnce(_ example: Settled) throws {
        let (bytes, refusal) = try attempt(Self.request(example.row))
        guard bytes == example.bytes else {
            tell("重发 asked again", "\(example.row.id) answers otherwise: \(refusal)")
            return problems.append("\(example.row.id) asked again answers otherwise")
        }
        repeatedBytes = example.bytes.count
        tell(
            "重发 asked again",
            "\(example.row.id) under the same id: the stored answer, byte for byte (\(repeatedBytes) bytes)")
    }

    private mutating func reverse(_ example: Settled) throws {
        let reversal = try client.reverse(example.row.id, reason: "demonstration")
        self.reversal = reversal
        let returned = reversal.accounts.map(\.paid).reduce(0, +)
        tell(
            "撤销 reversed",
            "\(example.row.id), number \(reversal.sequence): \(MoneyText.yuan(returned)) are on the account again")
        if returned != example.answer.outcome.outcome.accountTotal {
            problems.append("the reversal of \(example.row.id) gives back otherwise than was paid")
        }
        let (bytes, refusal) = try attempt(Self.request(example.row))
        if bytes != nil || !refusal.hasPrefix("SETTLEMENT_REVERSED") {
            problems.append("\(example.row.id) does not stay reversed")
        }
        tell("  再结算 settled again?", "refused: \(refusal.prefix { $0 != ":" })")
    }

    /// Reconciles the institution's own books, made from the answers.
    private mutating func reconcile(_ institution: String) throws {
        var days: [CalendarDate: [RemoteRow]] = [:]
        for example in settled where DemoRegister.institution(of: example.row) == institution {
            let outcome = example.answer.outcome.outcome
            func add(isReversal: Bool, at milliseconds: Int64) {
                let row = RemoteRow(
                    id: example.row.id, isReversal: isReversal, total: example.answer.outcome.total,
                    fundTotal: outcome.fundTotal, accountTotal: outcome.accountTotal, cash: outcome.cash)
                days[Moment(milliseconds: milliseconds).date, default: []].append(row)
            }
            add(isReversal: false, at: example.answer.settledAt)
            if let reversal, reversal.id == example.row.id { add(isReversal: true, at: reversal.reversedAt) }
        }
        isBalanced = true
        for (day, rows) in days.sorted(by: { $0.key.number < $1.key.number }) {
            let period = RemotePeriod(institution: institution, from: day, until: day)
            let details = try client.reconcile(period, rows: rows)
            isBalanced = isBalanced && details.isBalanced && details.equal == rows.count
            tell(
                "对账 reconciled",
                "the books of \(institution), \(day.description), \(rows.count) rows: "
                    + (isBalanced ? "平 balanced" : "不平 NOT balanced"))
        }
        if !isBalanced { problems.append("the books of \(institution) do not balance") }
    }

    /// Reads the ledger's records of the examples' persons and years.
    private mutating func look(_ rows: [ClaimRow]) throws {
        for row in rows {
            let year = row.claim.claim.serviceDate.year
            let part = try client.listYear(person: row.person.number, year: year)
            lines += part.lines.map { (row.person.number, $0) }
        }
        lines.sort { $0.line.sequence < $1.line.sequence }
        let asked = Set(lines.filter { !$0.line.isReversal }.map(\.line.id))
        if asked != Set(settled.map(\.row.id)) { problems.append("the ledger lists other settlements than were made") }
        if lines.contains(where: { !Self.isConserving($0.line) }) { problems.append("a settlement breaks G-7") }
    }

    private static func isConserving(_ line: RemoteYearLine) -> Bool {
        line.fundTotal + line.accountTotal + line.cash == line.total
    }

    /// Settles; a refusal by the rules is reported, any other error thrown.
    private func attempt(_ request: SettlementRequest) throws(ClientError) -> (bytes: [UInt8]?, refusal: String) {
        do throws(ClientError) {
            return (try client.settleBytes(request), "")
        } catch {
            guard case .failed(let code, let text) = error, code >= Self.domainCodesFrom else { throw error }
            return (nil, text)
        }
    }

    // MARK: What it shows

    /// One line for each settlement, in yuan.
    func table() -> [String] {
        var table = TextTable([.right, .left, .right, .left, .right, .right, .right, .right, .left])
        table.add(["number", "id", "person", "date", "total", "funds", "account", "cash", "state"])
        table.addRule()
        var sums: [Fen] = [0, 0, 0, 0]
        for (person, line) in lines where !line.isReversal {
            let amounts = [line.total, line.fundTotal, line.accountTotal, line.cash]
            table.add(
                ["\(line.sequence)", line.id, "\(person)", line.serviceDate.description] + amounts.map(MoneyText.yuan)
                    + [line.isReversed ? "已撤销 reversed" : "有效 stands"])
            if !line.isReversed { for (index, amount) in amounts.enumerated() { sums[index] += amount } }
        }
        table.addRule()
        table.add(["", "", "", ""] + sums.map(MoneyText.yuan) + ["有效 sum"])
        return table.lines()
    }

    /// The fields of a JSON object, amounts in fen.
    func write(to json: inout JSONText) {
        json.array("settlements") { json in
            for (person, line) in lines where !line.isReversal {
                json.object { json in
                    json.field("sequence", line.sequence)
                    json.field("settlement_id", line.id)
                    json.field("person", person)
                    json.field("service_date", line.serviceDate.number)
                    json.field("total", line.total)
                    json.field("fund_total", line.fundTotal)
                    json.field("account_total", line.accountTotal)
                    json.field("cash", line.cash)
                    json.field("is_reversed", line.isReversed)
                }
            }
        }
        json.field("repeated_bytes_equal", repeatedBytes)
        json.field("reversed", reversal?.id ?? "")
        json.field("balanced", isBalanced)
        json.field("verified_blocks", check?.result.blocks ?? 0)
        json.field("verified_settlements", check?.result.settlements ?? 0)
        json.field("differences", check?.differenceCount ?? 0)
    }
}
