import Policy
import Population
import Settlement
import WireMessages

/// A client of the calculation and policy services in domain types.
package struct CalculationClient {
    package static let calculate = RemoteMethod(service: ServiceName.calculation, method: "Calculate")
    package static let calculateBatch = RemoteMethod(
        service: ServiceName.calculation, method: "CalculateBatch")
    private static let explain = RemoteMethod(service: ServiceName.policy, method: "Explain")
    private static let list = RemoteMethod(service: ServiceName.policy, method: "List")
    private static let show = RemoteMethod(service: ServiceName.policy, method: "Show")

    package let client: Client

    package init(_ client: Client) { self.client = client }

    /// Settles one claim; `year` has the accumulators before it, missing names are 0.
    package func calculate(
        _ row: ClaimRow, year: [(name: String, amount: Fen)] = []
    ) throws(ClientError) -> RemoteOutcome {
        let answer = try call(Self.calculate, Self.pack(row, year: year))
        let unpacked = jiesuan__v1__calculate_response__unpack(nil, answer.count, answer)
        guard let unpacked else { throw .badAnswer("CalculateResponse does not parse") }
        defer { jiesuan__v1__calculate_response__free_unpacked(unpacked, nil) }
        guard let outcome = unpacked.pointee.outcome else { throw .badAnswer("CalculateResponse has no outcome") }
        return RemoteOutcome(outcome.pointee, unpacked.pointee.year_after?.pointee)
    }

    /// The bytes of a request for one claim, for calls with many in flight.
    package static func pack(_ row: ClaimRow, year: [(name: String, amount: Fen)] = []) -> [UInt8] {
        let objects = WireObjects()
        return packed(
            objects.request(row, year: year), jiesuan__v1__calculate_request__get_packed_size,
            jiesuan__v1__calculate_request__pack)
    }

    /// Settles one claim and explains the result, as text and as JSON.
    package func explain(
        _ row: ClaimRow, year: [(name: String, amount: Fen)] = []
    ) throws(ClientError) -> (text: String, json: String) {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__explain_request__init)
        request.pointee.claim = objects.request(row, year: year)
        let bytes = pack(
            request, jiesuan__v1__explain_request__get_packed_size, jiesuan__v1__explain_request__pack)
        let answer = try call(Self.explain, bytes)
        let unpacked = jiesuan__v1__explain_response__unpack(nil, answer.count, answer)
        guard let unpacked else { throw .badAnswer("ExplainResponse does not parse") }
        defer { jiesuan__v1__explain_response__free_unpacked(unpacked, nil) }
        return (text(unpacked.pointee.text), text(unpacked.pointee.json))
    }

    /// The regions of the server with the digests of their packs.
    package func policies() throws(ClientError) -> [(region: String, digest: String)] {
        try list { response in
            (0..<response.n_policies).compactMap { index in
                response.policies[index].map { (text($0.pointee.region), text($0.pointee.digest)) }
            }
        }
    }

    /// Whether the server was started for load tests, so that made-up persons may be registered at it.
    package func allowsLoadTests() throws(ClientError) -> Bool { try list { $0.allows_load_tests != 0 } }

    /// The source text of the server's pack of a region.
    ///
    /// - Throws: `.failed` with 4001 where the server has none of that region.
    package func policy(of region: String) throws(ClientError) -> String {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__show_policy_request__init)
        request.pointee.region = objects.string(region)
        let bytes = pack(
            request, jiesuan__v1__show_policy_request__get_packed_size, jiesuan__v1__show_policy_request__pack)
        let answer = try call(Self.show, bytes)
        let unpacked = jiesuan__v1__show_policy_response__unpack(nil, answer.count, answer)
        guard let unpacked else { throw .badAnswer("ShowPolicyResponse does not parse") }
        defer { jiesuan__v1__show_policy_response__free_unpacked(unpacked, nil) }
        return text(unpacked.pointee.yaml)
    }

    private func list<Result>(
        _ body: (Jiesuan__V1__ListPoliciesResponse) -> Result
    ) throws(ClientError) -> Result {
        let answer = try call(Self.list, [])
        let unpacked = jiesuan__v1__list_policies_response__unpack(nil, answer.count, answer)
        guard let unpacked else { throw .badAnswer("ListPoliciesResponse does not parse") }
        defer { jiesuan__v1__list_policies_response__free_unpacked(unpacked, nil) }
        return body(unpacked.pointee)
    }

    /// Settles a batch and waits for its answer.
    package func calculate(_ batch: BatchRequest) throws(ClientError) -> BatchAnswer {
        let claims = batch.claimCount
        let accounts = batch.accountCount
        let answer = try client.call(Self.calculateBatch, batch.pack())
        let result = answer.withUnsafeBytes { bytes -> Result<BatchAnswer, ClientError> in
            do throws(ClientError) {
                return .success(try BatchAnswer(bytes, claims: claims, accounts: accounts))
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    private func call(_ method: RemoteMethod, _ message: [UInt8]) throws(ClientError) -> [UInt8] {
        let result = message.withUnsafeBytes { bytes -> Result<[UInt8], ClientError> in
            do throws(ClientError) { return .success(try client.call(method, bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private func pack<Message>(
        _ message: UnsafeMutablePointer<Message>, _ size: (UnsafePointer<Message>?) -> Int,
        _ write: (UnsafePointer<Message>?, UnsafeMutablePointer<UInt8>?) -> Int
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size(message)) { buffer, count in
            count = write(message, buffer.baseAddress)
        }
    }

    private func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
}

/// A server's answer for one claim.
package struct RemoteOutcome {
    package var outcome: RowOutcome
    package var total: Fen
    package var policyDigest: String
    /// Balances of the request's accounts after the claim.
    package var balances: [Fen]
    package var yearAfter: [(name: String, amount: Fen)]

    init(_ message: Jiesuan__V1__Outcome, _ year: Jiesuan__V1__YearState?) {
        outcome = RowOutcome()
        outcome.funds = [
            message.pool_fund, message.large_amount_fund, message.critical_illness_fund, message.assistance_fund,
            message.reassistance_fund, message.supplementary,
        ]
        outcome.accountPaid = message.account_paid
        outcome.familyAccountPaid = message.family_account_paid
        outcome.cash = message.cash
        outcome.deductiblePaid = message.deductible_paid
        outcome.paidOutside = message.paid_outside
        outcome.hasNoRule = message.no_rule != 0
        outcome.identity = Identity(rawValue: UInt8(truncatingIfNeeded: message.identity.rawValue)) ?? .none
        total = message.total
        policyDigest = message.policy_digest.map { String(cString: $0) } ?? ""
        balances = (0..<message.n_accounts).map { message.accounts[$0]?.pointee.balance ?? 0 }
        yearAfter = (0..<(year?.n_accumulators ?? 0)).compactMap { index in
            year?.accumulators[index].map { (String(cString: $0.pointee.name), $0.pointee.amount) }
        }
    }
}
