import Accounts
import CShims
import Ledger
import ProtoJSON
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// The id that a caller gives a request, so that it is done once: `request_id` of accounts, `batch` of a payment.
///
/// A request may be sent again after the number by which it named a person was corrected. Then it is answered by what
/// is recorded under its id: it is the same request for who had the number, and another one for who has it now.
struct RequestID: Sendable {
    /// Where the id is in the message's memory.
    private let idOffset: Int
    private let field: String
    /// Where our number of the account's owner is; nil: the id is the whole ledger's.
    private let owner: Int?

    /// nil: such requests have no id.
    init?(_ message: MessageType) {
        func offset(_ name: String) -> Int? { message.fields.first { $0.protoName == name }.map { Int($0.offset) } }
        if let id = offset("request_id"), let person = offset("person") {
            (idOffset, field, owner) = (id, "request_id", person)
        } else if message.name == "jiesuan.v1.PayRequest", let id = offset("batch") {
            (idOffset, field, owner) = (id, "batch", nil)
        } else {
            return nil
        }
    }

    /// Checks a request whose persons were found; on the sequencer.
    ///
    /// - Parameters:
    ///   - name: how the owner is named; nil: by our number, or it has none.
    ///   - unknown: why a name in it is nobody's now, where it was taken for that of who had it before.
    /// - Throws: `unknown` where nothing is recorded under the id; ID_REUSED_WITH_OTHER_CONTENT where it is recorded
    ///   for who had the owner's number before, and another person has it now.
    func check(
        _ message: UnsafeRawPointer, owner name: PersonName?, unknown: DomainRefusal?, _ ledger: Ledger
    ) throws(DomainRefusal) {
        let id = string(message.load(fromByteOffset: idOffset, as: UnsafePointer<CChar>?.self))
        let person = owner.map { message.load(fromByteOffset: $0, as: UInt64.self) }
        if let unknown {
            guard try isRecorded(id, person, ledger) else { throw unknown }
            return
        }
        guard let person, let name, name.number == 0 else { return }
        let before = ledger.registry.people.persons(withNoBefore: name.no, inRegion: name.region)
        for other in before where other != person {
            guard try ledger.hasRequest(id, of: other), try !ledger.hasRequest(id, of: person) else { continue }
            throw DomainRefusal(
                .idReusedWithOtherContent, field, id,
                "it was done for the person who had this person_no before it was corrected; ask by that person's "
                    + "number, or send a new request under an id of its own")
        }
    }

    private func isRecorded(_ id: String, _ person: UInt64?, _ ledger: Ledger) throws(DomainRefusal) -> Bool {
        guard let person else { return ledger.hasBatch(id) }
        return try ledger.hasRequest(id, of: person)
    }
}

extension PersonRegister {
    /// The one person whose number it was before it was corrected; nil: nobody's, or several persons'.
    func person(before name: PersonName) -> UInt64? {
        let before = persons(withNoBefore: name.no, inRegion: name.region)
        guard before.count == 1, name.number == 0 || name.number == before[0] else { return nil }
        return before[0]
    }
}
