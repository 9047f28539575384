import Population
import Settlement
import WireMessages

/// A client of `SettlementService` in domain types. Refusals are `ClientError.failed`.
package struct SettlementClient {
    package static let settleMethod = method("Settle")
    package static let batchMethod = method("SettleBatch")
    package static let quoteMethod = method("Quote")
    private static let getMethod = method("Get")

    package let client: Client

    package init(_ client: Client) { self.client = client }

    private static func method(_ name: String) -> RemoteMethod {
        RemoteMethod(service: ServiceName.settlement, method: name)
    }

    /// Settles a claim durably; a repeated request gets the same answer.
    package func settle(_ request: SettlementRequest) throws(ClientError) -> RemoteSettlement {
        try Self.settlement(settleBytes(request))
    }

    /// The bytes of the answer, always the same for the same request.
    package func settleBytes(_ request: SettlementRequest) throws(ClientError) -> [UInt8] {
        try call(Self.settleMethod, Self.pack(request))
    }

    /// The present result of `settle`, with nothing recorded.
    package func quote(_ request: SettlementRequest) throws(ClientError) -> RemoteSettlement {
        try Self.settlement(call(Self.quoteMethod, Self.pack(request)))
    }

    /// Settles a batch and waits until it is durable.
    package func settle(_ batch: SettleBatch) throws(ClientError) -> SettleBatchAnswer {
        let count = batch.count
        let answer = try client.call(Self.batchMethod, batch.pack())
        return try answer.reading { bytes throws(ClientError) in try SettleBatchAnswer(bytes, settlements: count) }
    }

    /// Takes a settlement back (撤销, rule G-12).
    ///
    /// - Parameter round: number of the second-round entry to take back instead of the settlement (SY-4);
    ///   0: the settlement.
    package func reverse(
        _ id: String, round: UInt32 = 0, reason: String
    ) throws(ClientError) -> RemoteReversal {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__reverse_request__init)
        request.pointee.settlement_id = objects.string(id)
        request.pointee.reason = objects.string(reason)
        request.pointee.round = round
        let answer = try call(
            Self.method("Reverse"),
            packed(request, jiesuan__v1__reverse_request__get_packed_size, jiesuan__v1__reverse_request__pack))
        return try unpacked(
            answer, jiesuan__v1__reverse_response__unpack, jiesuan__v1__reverse_response__free_unpacked
        ) { message throws(ClientError) in RemoteReversal(message) }
    }

    /// The recorded settlement of an id.
    package func get(_ id: String) throws(ClientError) -> RemoteRecord {
        try unpacked(
            call(Self.getMethod, Self.getRequest(id)), jiesuan__v1__settlement_record__unpack,
            jiesuan__v1__settlement_record__free_unpacked
        ) { message throws(ClientError) in try RemoteRecord(message) }
    }

    /// A recorded settlement with its explanation, as text and as JSON.
    package func explain(_ id: String) throws(ClientError) -> (text: String, json: String) {
        try unpacked(
            call(Self.method("ExplainSettlement"), Self.getRequest(id)),
            jiesuan__v1__explain_settlement_response__unpack,
            jiesuan__v1__explain_settlement_response__free_unpacked
        ) { message throws(ClientError) in (wireText(message.text), wireText(message.json)) }
    }

    /// A person's settlements and reversals of a year, in order: the latest ones before `before`.
    package func listYear(
        person: UInt64, year: Int32, before: UInt64 = 0, limit: UInt32 = 0
    ) throws(ClientError) -> (lines: [RemoteYearLine], more: Bool) {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__list_year_request__init)
        request.pointee.person = person
        request.pointee.year = year
        request.pointee.before = before
        request.pointee.limit = limit
        let answer = try call(
            Self.method("ListYear"),
            packed(request, jiesuan__v1__list_year_request__get_packed_size, jiesuan__v1__list_year_request__pack))
        return try unpacked(
            answer, jiesuan__v1__list_year_response__unpack, jiesuan__v1__list_year_response__free_unpacked
        ) { message throws(ClientError) in
            let lines = (0..<message.n_entries).compactMap { index in
                message.entries[index].map { RemoteYearLine($0.pointee) }
            }
            return (lines, message.more != 0)
        }
    }

    /// The same stay at several institutions and levels, side by side (SY-9).
    package func compare(
        _ stay: SettlementRequest, institutions: [String], levels: [Level] = []
    ) throws(ClientError) -> [RemoteColumn] {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__compare_request__init)
        request.pointee.stay = objects.settle(stay)
        request.pointee.n_institutions = institutions.count
        request.pointee.institutions = objects.array(institutions.map(objects.string))
        request.pointee.n_levels = levels.count
        request.pointee.levels = objects.values(levels.map { Jiesuan__V1__Level(rawValue: UInt32($0.rawValue)) })
        let answer = try call(
            Self.method("Compare"),
            packed(request, jiesuan__v1__compare_request__get_packed_size, jiesuan__v1__compare_request__pack))
        return try unpacked(
            answer, jiesuan__v1__compare_response__unpack, jiesuan__v1__compare_response__free_unpacked
        ) { message throws(ClientError) in
            (0..<message.n_columns).compactMap { index in message.columns[index].map { RemoteColumn($0.pointee) } }
        }
    }

    // MARK: Bytes

    /// The bytes of a request to settle, for calls with many in flight.
    package static func pack(_ request: SettlementRequest) -> [UInt8] {
        let objects = WireObjects()
        return packed(
            objects.settle(request), jiesuan__v1__settle_request__get_packed_size, jiesuan__v1__settle_request__pack)
    }

    /// An answer to `Settle` or `Quote`.
    package static func settlement(_ answer: [UInt8]) throws(ClientError) -> RemoteSettlement {
        try unpacked(
            answer, jiesuan__v1__settle_response__unpack, jiesuan__v1__settle_response__free_unpacked
        ) { message throws(ClientError) in try RemoteSettlement(message) }
    }

    private static func getRequest(_ id: String) -> [UInt8] {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__get_request__init)
        request.pointee.settlement_id = objects.string(id)
        return packed(request, jiesuan__v1__get_request__get_packed_size, jiesuan__v1__get_request__pack)
    }

    func call(_ method: RemoteMethod, _ message: [UInt8]) throws(ClientError) -> [UInt8] {
        try message.reading { bytes throws(ClientError) in try client.call(method, bytes) }
    }
}
