import Policy
import Records
import Registry
import Settlement

/// The identity of a request that changes an account: the caller's id and a digest of the content.
///
/// Ids are scoped to one account: the same id for another person's account is another request.
package struct AccountRequest: Equatable, Sendable {
    package var id: String
    package var digest: UInt64

    package init(id: String, digest: UInt64) {
        self.id = id
        self.digest = digest
    }

    /// Makes a request with the content written by `write`; different bytes are different contents.
    package init(_ id: String, content write: (inout ByteWriter) -> Void) throws(DomainRefusal) {
        guard (1...AccountLimit.requestIDBytesMax).contains(id.utf8.count),
            id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else {
            let shown = String(decoding: id.utf8.prefix(64).map { $0 > 0x20 && $0 < 0x7f ? $0 : 0x3f }, as: UTF8.self)
            throw DomainRefusal(
                .idInvalid, "request_id", shown,
                "an id has 1 … \(AccountLimit.requestIDBytesMax) printable ASCII characters without blanks")
        }
        var writer = ByteWriter(capacity: 256)
        write(&writer)
        self.id = id
        digest = fnv1a(writer.bytes)
    }

    /// Hash of the id, stored in snapshots: must not change.
    var key: UInt64 {
        var id = id
        return id.withUTF8 { fnv1a(UnsafeRawBufferPointer($0)) }
    }
}

/// 64-bit FNV-1a.
func fnv1a(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    bytes.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
}

extension AccountLedger {
    /// The row of an earlier request with this id on `owner`'s account; nil: none.
    ///
    /// The same id with other content is refused.
    package func answered(_ request: AccountRequest, of owner: UInt64) throws(DomainRefusal) -> AccountRow? {
        for position in accounts.positions(ofRequest: request.key, of: owner) {
            let row = try accountRow(at: position)
            let recorded = row.events.first { $0.owner == owner && $0.request?.id == request.id }?.request
            // Another id with the same hash.
            guard let recorded else { continue }
            if recorded == request { return row }
            throw DomainRefusal(
                .idReusedWithOtherContent, "request_id", request.id,
                "this id stands for another request on the account, number \(position): "
                    + "send a new request under an id of its own")
        }
        return nil
    }

    /// Whether a request is recorded on `owner`'s account under this id, with whatever content.
    package func hasRequest(_ id: String, of owner: UInt64) throws(DomainRefusal) -> Bool {
        for position in accounts.positions(ofRequest: AccountRequest(id: id, digest: 0).key, of: owner) {
            let row = try accountRow(at: position)
            if row.events.contains(where: { $0.owner == owner && $0.request?.id == id }) { return true }
        }
        return false
    }

    /// Executes a request once: records the events of `decide`; a repeated request gets the recorded row.
    ///
    /// The first event must be `owner`'s; it is marked with the request.
    package func perform(
        _ request: AccountRequest, of owner: UInt64, _ decide: () throws(DomainRefusal) -> [AccountEvent]
    ) throws(DomainRefusal) -> (row: AccountRow, isDuplicate: Bool) {
        try ready()
        if let row = try answered(request, of: owner) { return (row, true) }
        var events: [AccountEvent]
        do throws(DomainRefusal) { events = try decide() } catch { throw citingOwnRules(error, of: owner) }
        precondition(events.first?.owner == owner, "a request is marked on the account that it is about")
        events[0].request = request
        let recorded = now
        try record(events)
        let position = accounts.account(of: owner)?.lastPosition ?? 0
        return (AccountRow(position: position, recorded: recorded, events: events), false)
    }

    /// Removes a refusal's rule id where the owner's region has no such rule: one city's rule is not cited to another
    /// city's people. Conventions (G) and interpretations (I) hold everywhere.
    private func citingOwnRules(_ refusal: DomainRefusal, of owner: UInt64) -> DomainRefusal {
        guard !refusal.rule.hasPrefix("G-"), !refusal.rule.hasPrefix("I-"),
            let region = facts.region(of: owner, on: now.date), let pack = facts.library[region]
        else { return refusal }
        var refusal = refusal
        refusal.rule = pack.cites(refusal.rule)
        return refusal
    }
}
