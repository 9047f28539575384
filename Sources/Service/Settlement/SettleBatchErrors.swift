import Ledger
import Policy
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// The refused rows of a batch of settlements.
struct SettleBatchErrors {
    /// The texts that many rows share.
    private struct Text: Hashable {
        var code: UInt16
        var field: String
        var rule: String
        var message: String
    }

    private struct Item {
        var row: Int
        /// Index into `texts`.
        var text: Int
        var value: String
        /// The institution's index where its code, which is not registered, is the value.
        var institution: Int?
    }

    private var items: [Item] = []
    private var texts: [Text] = []
    /// Index of each text: 65,536 refusals have few different texts.
    private var known: [Text: Int] = [:]
    private var knownRefusals: [UInt64: Int] = [:]

    /// The calculator's refusal of a claim.
    mutating func append(_ refused: SettledView, row: Int, _ access: LedgerAccess) {
        let entry = refused.entry
        let pack = try? access.region(entry.pack).pack
        let text = text(of: refused.refusal, pack, number: entry.pack)
        append(row, text, refused.refusal.field.value(entry.claim, entry.facts, pack))
    }

    /// What is wrong with a claim by itself; `value` where the claim's own types cannot hold it.
    mutating func append(_ refusal: Refusal, row: Int, value: String?, _ claim: Claim) {
        append(row, text(of: refusal, nil, number: 0), value ?? refusal.field.value(claim, nil, nil))
    }

    mutating func append(_ refusal: DomainRefusal, row: Int, institution: Int) {
        let text = index(
            of: Text(
                code: refusal.code.rawValue, field: Self.column(refusal.field), rule: refusal.rule,
                message: refusal.message))
        append(row, text, refusal.value)
        if refusal.code == .institutionUnknown, refusal.value.isEmpty {
            items[items.count - 1].institution = institution
        }
    }

    private mutating func append(_ row: Int, _ text: Int, _ value: String) {
        items.append(Item(row: row, text: text, value: value, institution: nil))
    }

    private mutating func text(of refusal: Refusal, _ pack: PolicyPack?, number: UInt32) -> Int {
        let key =
            UInt64(refusal.code.rawValue) << 48 | UInt64(refusal.field.rawValue) << 40
            | UInt64(refusal.detail & 0xffff) << 24 | UInt64(number & 0xff_ffff)
        if let found = knownRefusals[key] { return found }
        let text = RefusalText(refusal: refusal, pack: pack, claim: nil, facts: nil)
        let found = index(
            of: Text(
                code: refusal.code.rawValue, field: Self.column(text.field), rule: text.rule, message: text.message))
        knownRefusals[key] = found
        return found
    }

    private mutating func index(of text: Text) -> Int {
        if let found = known[text] { return found }
        texts.append(text)
        known[text] = texts.count - 1
        return texts.count - 1
    }

    /// The column in which a field of a request for one settlement stands.
    private static func column(_ field: String) -> String {
        if field == "settlement_id" { return "settlement_ids" }
        if field == PersonField.person.no { return "person_nos" }
        for prefix in ["claim.cost.", "claim."] where field.hasPrefix(prefix) {
            return String(field.dropFirst(prefix.count))
        }
        return field
    }

    /// One `ItemError` each, in the arena; their texts in Chinese where `chinese` is there.
    func messages(
        _ request: Jiesuan__V1__SettleBatchRequest, _ arena: Arena, _ chinese: ChineseRefusals?
    ) throws(RequestProblem) -> UnsafeMutableBufferPointer<UnsafeMutablePointer<Jiesuan__V1__ItemError>?> {
        var shared:
            [(
                field: UnsafeMutablePointer<CChar>, rule: UnsafeMutablePointer<CChar>,
                message: UnsafeMutablePointer<CChar>
            )] = []
        for text in texts {
            let message = chinese?.message(
                Int32(text.code), field: text.field, rule: text.rule, text.message,
                isBrief: items.count > BatchLimit.detailedErrorsMax)
            shared.append(
                (
                    try arena.string(text.field), try arena.string(text.rule),
                    try arena.string(message ?? text.message)
                ))
        }
        let messages: UnsafeMutableBufferPointer<Jiesuan__V1__ItemError> = try arena.array(items.count)
        let pointers: UnsafeMutableBufferPointer<UnsafeMutablePointer<Jiesuan__V1__ItemError>?> =
            try arena.array(items.count)
        for (index, item) in items.enumerated() {
            guard let message = messages.baseAddress.map({ $0 + index }) else { break }
            jiesuan__v1__item_error__init(message)
            message.pointee.item = UInt32(item.row)
            message.pointee.code = Jiesuan__V1__DomainError(rawValue: UInt32(texts[item.text].code))
            message.pointee.field = shared[item.text].field
            message.pointee.rule = shared[item.text].rule
            message.pointee.message = shared[item.text].message
            if let institution = item.institution, institution < request.n_institutions {
                message.pointee.value = request.institutions[institution]
            } else {
                message.pointee.value = try arena.string(item.value, bytesMax: BatchLimit.valueBytesMax)
            }
            pointers.initializeElement(at: index, to: message)
        }
        return pointers
    }
}
