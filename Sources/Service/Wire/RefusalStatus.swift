import Policy
import RPC
import Records
import Registry
import Settlement
import Text
import WireMessages

/// Refusals as call statuses.
///
/// The texts themselves are `Policy.RefusalText`'s, the same as on the command line.
extension ServedRegions {
    func unknown(_ name: UnsafePointer<CChar>?) -> CallStatus {
        let asked = name.map { String(cString: $0) } ?? ""
        let text = RefusalText(
            refusal: Refusal(.regionUnknown, .region), pack: nil, claim: nil, facts: nil, value: asked,
            hint: "this server settles for: \(names)")
        return CallStatus(text)
    }
}

/// A problem of the request as a whole.
func refused(_ problem: RequestProblem, _ region: ServedRegion?) -> CallStatus {
    switch problem {
    case .malformed(let text): return .failed(.badRequest, "\(text)")
    case .column(let name, let entries, let rows):
        return .failed(
            .badRequest, "\(name) has \(entries) entries; a column is empty or has one entry for each of \(rows) rows")
    case .record(let name, let entry, let text):
        return .failed(.badRequest, "\(name)[\(entry)] \(text)")
    case .refused(let refusal, let value):
        return CallStatus(RefusalText(refusal: refusal, pack: region?.pack, claim: nil, facts: nil, value: value))
    case .domain(let refusal): return CallStatus(refusal)
    }
}

extension CallStatus {
    /// What the ledger, the register or an account refuses.
    init(_ refusal: DomainRefusal) {
        self = .failed(
            Int32(refusal.code.rawValue), refusal.line,
            FailureParts(
                name: refusal.code.name, field: refusal.field, value: refusal.field.isEmpty ? nil : refusal.value,
                rule: refusal.rule, message: refusal.message))
    }

    /// What the calculator refuses.
    init(_ text: RefusalText) {
        self = .failed(
            Int32(text.code.rawValue), text.line,
            FailureParts(
                name: text.name, field: text.field, value: text.value.isEmpty ? nil : text.value, rule: text.rule,
                message: text.message, source: text.source))
    }
}

extension ServedRegion {
    func status(_ problem: RequestProblem) -> CallStatus { refused(problem, self) }

    func status(_ refusal: Refusal, _ settled: SettledRequest, _ scratch: CalculationScratch) -> CallStatus {
        CallStatus(
            RefusalText(
                refusal: refusal, pack: pack, claim: settled.claim, facts: settled.facts,
                value: settled.value(of: refusal, scratch)))
    }

    /// The refused value of an item of a batch; empty when it is not known.
    func value(of refusal: Refusal, _ claims: ClaimColumns, _ input: BatchInput, row: Int) -> String {
        var claim = Claim(kind: .unspecified, serviceDate: .none, cost: CostSplit(total: 0))
        let isReadable = claims.claim(row, input.tables, into: &claim).isNone
        if refusal.field == .level, !isReadable {
            return "\(input.tables.institutions[Int(claims.institution[row])].level)"
        }
        if !isReadable || refusal.field == .serviceDate || refusal.field == .personRow {
            return claims.value(of: refusal.field, row: row) ?? ""
        }
        let person = Int(claims.personRow[row])
        if let sent = input.value(of: refusal, person: person) { return sent }
        return refusal.field.value(claim, input.tables.persons[person].facts, pack)
    }
}

// The refused value as it was sent, where claim and facts cannot hold it.

extension SettledRequest {
    func value(of refusal: Refusal, _ scratch: CalculationScratch) -> String? {
        switch refusal.field {
        // A date beyond 32 bits is not in the claim as it was sent.
        case .serviceDate: "\(serviceDate)"
        case .year: "\(rows.year)"
        case .accumulator: "\(scratch.year[Int(refusal.detail)])"
        case .account: "\(scratch.accounts[Int(refusal.detail)])"
        default: nil
        }
    }
}

extension BatchInput {
    func value(of refusal: Refusal, person row: Int) -> String? {
        let person = tables.persons[row]
        if refusal == person.problem { return sent(person) }
        switch refusal.field {
        case .year: return "\(person.rows.year)"
        case .accumulator: return "\(tables.years[person.rows.yearStart + Int(refusal.detail)])"
        case .account: return "\(tables.accounts[person.rows.accounts.lowerBound + Int(refusal.detail)])"
        default: return nil
        }
    }

    /// What was sent where the row's problem is: a number, or the text that it is the index of.
    private func sent(_ person: BatchPerson) -> String {
        let index = Int(person.sent) - 1
        if person.problem.code == .factInvalid, index >= 0 {
            if person.problem.field == .product, let table = request.persons?.pointee, index < table.n_products {
                return table.products[index].map { String(cString: $0) } ?? ""
            }
            if person.problem.field == .filing, index < request.n_diseases {
                return request.diseases[index].map { String(cString: $0) } ?? ""
            }
        }
        return "\(person.sent)"
    }
}
