import Settlement
import Text

/// The text of a refusal: field, value, rule, what is wrong and what to do.
///
/// The services and the command line share these texts. `message` never contains a value of the person's or the
/// claim's, so that it may be logged (rule G-14); `value` is for the caller only.
package struct RefusalText: Equatable, Sendable {
    /// Bytes of the source's words that a message quotes.
    package static var wordsBytesMax: Int { 300 }

    package var code: DomainCode
    /// Name of the code in the registry: "NOT_ENTITLED".
    package var name: String
    /// Path in a request for one claim: "claim.cost.total".
    package var field: String
    /// Path in a request in columns: "claims.total".
    package var batchField: String
    /// The refused value, amounts in fen; empty when it is not known here.
    package var value: String
    /// Rule id; empty where none is concerned.
    package var rule: String
    /// What is wrong and what to do.
    package var message: String
    /// What the rule's source says, as the message quotes it; empty where it quotes nothing.
    package private(set) var source = ""

    /// - Parameters:
    ///   - pack: nil where there is none (`regionUnknown`).
    ///   - claim: nil where it could not be read; then `value` should say what stands there.
    ///   - value: what the caller sent, where the claim's own types cannot hold it.
    ///   - hint: more about what to do, in one phrase.
    package init(
        refusal: Refusal, pack: PolicyPack?, claim: Claim?, facts: PersonFacts?, value: String? = nil,
        hint: String? = nil
    ) {
        code = refusal.code
        name = refusal.code.name
        field = refusal.field.path
        batchField = refusal.field.batchPath
        self.value = value ?? refusal.field.value(claim, facts, pack)
        let citation = pack.flatMap { Self.citation(of: refusal, in: $0) }
        rule = citation?.rule ?? Self.rule(of: refusal, in: pack)
        var text = Self.text(refusal, pack, claim)
        if let citation {
            source = Self.quotation(citation)
            text += "; " + source
        }
        if let hint { text += "; " + hint }
        message = text
    }

    /// All of it in one line: "NOT_ENTITLED claim.disease=hypertension [CQ-14]: …".
    package var line: String {
        RefusalLine.text(name, field: field, value: value.isEmpty ? nil : value, rule: rule, message)
    }

    /// The pack's citation for what a plan refuses; nil: the refusal is not a plan's, or the pack gives no reason.
    private static func citation(of refusal: Refusal, in pack: PolicyPack) -> Citation? {
        guard refusal.code == .notEntitled || refusal.code == .factMissing || refusal.code == .externalNotAllowed
        else { return nil }
        let plans = pack.calculator.plans
        guard plans.indices.contains(Int(refusal.detail)) else { return nil }
        let number = Int(plans[Int(refusal.detail)].citation)
        return pack.refusals.indices.contains(number - 1) ? pack.refusals[number - 1] : nil
    }

    private static func quotation(_ citation: Citation) -> String {
        var words = citation.words
        while words.utf8.count > wordsBytesMax { words.removeLast() }
        return "\(citation.document) \(citation.article) says 「\(words)\(words == citation.words ? "" : "…")」"
    }

    /// The rule of a refusal that no citation explains.
    private static func rule(of refusal: Refusal, in pack: PolicyPack?) -> String {
        switch refusal.code {
        case .amountOutOfRange, .accumulatorOutOfRange: "G-1"
        case .amountsDoNotAddUp: "G-5"
        case .partExceedsWhole: refusal.field == .inPolicyDrug ? "G-5" : "G-9"
        case .dateInvalid, .yearMismatch, .policyNotInForce: "G-4"
        case .purchaseNotValid: pack.cites("CQ-22")
        case .notCovered: pack?.parameter("admission.covered")?.citation.rule ?? "G-4"
        case .notEntitled: pack.cites(refusal.field == .filing ? "AH-5" : "CQ-14")
        case .externalNotAllowed: "G-9"
        case .factInvalid where refusal.field == .accountRelation: pack.cites("CQ-31")
        default: ""
        }
    }
}

extension RefusalText {
    private static func text(_ refusal: Refusal, _ pack: PolicyPack?, _ claim: Claim?) -> String {
        let what = refusal.field.title.both
        switch refusal.code {
        case .none: return "settled"
        case .regionUnknown: return "no policy pack of that region; name one that is loaded"
        case .factInvalid: return invalid(refusal.field, pack, what)
        case .dateInvalid: return "\(what) is not a day of the years 1900 to 2999; send it as YYYYMMDD, as 20240131"
        case .amountOutOfRange: return "\(what) is not in 0 to 10^12 fen (10,000,000,000.00 yuan); correct the amount"
        case .amountsDoNotAddUp: return sums(refusal.field)
        case .partExceedsWhole: return parts(refusal.field)
        case .yearMismatch: return "the year state is not of the service date's year; send the state of that year"
        case .accumulatorUnknown:
            let names = pack.map { ": " + $0.accumulators.map(\.name).joined(separator: ", ") } ?? ""
            return "the pack has no accumulator of that name; send back the names that it gives\(names)"
        case .accumulatorOutOfRange:
            let name = accumulator(refusal, pack, what)
            return "\(name) is not in 0 to 10^15 fen; send what the last settlement answered"
        case .policyNotInForce:
            return "the pack has no rules for the service date; it is in force \(pack.map { range($0.inForce) } ?? "")"
        case .purchaseNotValid where refusal.field == .insurance:
            return "a supplementary insurance counts only with basic insurance (先参加基本医保); correct the person's "
                + "insurance, or leave the product out"
        case .purchaseNotValid:
            return "the product was not bought in its window\(window(pack)); correct the day, or leave the product out"
        case .notCovered where refusal.field == .insurance:
            return "the person is not insured; only insured persons are settled (参保人员)"
        case .notCovered:
            return "the service date is outside the person's entitlement period (待遇享受期); correct the period or the date"
        case .factMissing: return "\(what) is missing and a rule needs it; add it"
        case .notEntitled where refusal.field == .filing:
            return "the disease is not on file (备案) and in force on the service date; file it, or send its filing"
        case .notEntitled:
            return "the person may not use this cover for the claim's disease; send the claim as the kind that it is"
        case .externalNotAllowed:
            return "the pack has the rule itself, so nothing may be paid outside before it; send 0"
        // The calculator has no others; they are what the registry says.
        default: return refusal.code.entry?.sentence.english ?? refusal.code.name
        }
    }

    private static func invalid(_ field: ClaimField, _ pack: PolicyPack?, _ what: String) -> String {
        switch field {
        case .disease, .filing:
            let codes = pack.map { $0.diseases.map(\.code) } ?? []
            if codes.isEmpty { return "\(what) is not a code of the pack's table, which has none; leave it out" }
            return "\(what) is not a code of the pack's table; send one of: \(codes.joined(separator: ", "))"
        case .product:
            let ids = pack.map { $0.products.map(\.id) } ?? []
            if ids.isEmpty { return "\(what) is not a product of the pack, which has none; leave it out" }
            return "\(what) is not a product of the pack; send one of: \(ids.joined(separator: ", "))"
        case .accountRelation:
            return "the person's own account (本人) comes first and only there, then those of spouse, parents and "
                + "children; send the own one with balance 0 where there is none"
        case .institution, .personRow: return "\(what) is beyond its table; send an index that the table has"
        default: return "\(what) is not a value of its list; see the .proto, or --help for the words of a claims file"
        }
    }

    private static func sums(_ field: ClaimField) -> String {
        field == .specialDrug
            ? "a claim of kind special_drug has special_drug = total and no other part, any other claim no "
                + "special_drug; split the bill into two claims"
            : "total is not out_of_catalog + over_limit + first_self_pay + in_policy; correct the amounts"
    }

    private static func parts(_ field: ClaimField) -> String {
        switch field {
        case .inPolicyDrug: "the drug part is larger than in_policy, of which it is a part; correct the amounts"
        case .externalBasic: "what the basic insurance paid is larger than in_policy; correct the amounts"
        default: "external_basic + external_large_amount is larger than in_policy; correct the amounts"
        }
    }

    private static func accumulator(_ refusal: Refusal, _ pack: PolicyPack?, _ what: String) -> String {
        guard refusal.field == .accumulator, let pack, pack.accumulators.indices.contains(Int(refusal.detail)) else {
            return refusal.field == .account ? "account \(refusal.detail + 1)" : what
        }
        return "accumulator \(pack.accumulators[Int(refusal.detail)].name)"
    }

    private static func window(_ pack: PolicyPack?) -> String {
        guard let pack else { return "" }
        let windows = zip(pack.products, pack.calculator.products).map { "\($0.id): \(range($1.purchase))" }
        return windows.isEmpty ? "" : " (\(windows.joined(separator: "; ")))"
    }

    private static func range(_ range: DateRange) -> String {
        let until = range.until == .none ? "without an end" : "to \(range.until.description)"
        return range.from == .none ? until : "from \(range.from.description) \(until)"
    }
}
