import Policy
import RPC
import Settlement
import WireMessages

/// `PolicyService`: which packs the server settles by, as written, and why a claim comes out as it does.
struct PolicyMethods: Sendable {
    let regions: ServedRegions
    let calculate: CalculateMethod
    /// Whether this server takes load tests; List answers it to load generators.
    let allowsLoadTests: Bool

    func list(_ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext) -> CallStatus {
        guard unpack(message, context, jiesuan__v1__list_policies_request__unpack) != nil else {
            return unreadable("ListPoliciesRequest", context)
        }
        let regions = regions.present(for: unsafeDowncast(context.state, to: CalculationScratch.self)).all
        do throws(RequestProblem) {
            let summaries: UnsafeMutableBufferPointer<UnsafeMutablePointer<Jiesuan__V1__PolicySummary>?> =
                try context.arena.array(regions.count)
            for (index, region) in regions.enumerated() {
                summaries.initializeElement(at: index, to: try summary(region, context.arena))
            }
            var response = Jiesuan__V1__ListPoliciesResponse()
            jiesuan__v1__list_policies_response__init(&response)
            response.n_policies = summaries.count
            response.policies = summaries.baseAddress
            response.allows_load_tests = allowsLoadTests ? 1 : 0
            return writePacked(
                &response, &reply, jiesuan__v1__list_policies_response__get_packed_size,
                jiesuan__v1__list_policies_response__pack)
        } catch {
            return refused(error, nil)
        }
    }

    func show(_ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__show_policy_request__unpack) else {
            return unreadable("ShowPolicyRequest", context)
        }
        guard let region = regions.region(named: request.pointee.region) else {
            return regions.unknown(request.pointee.region)
        }
        do throws(RequestProblem) {
            var response = Jiesuan__V1__ShowPolicyResponse()
            jiesuan__v1__show_policy_response__init(&response)
            response.summary = try summary(region, context.arena)
            response.yaml = try context.arena.string(region.pack.yaml)
            return writePacked(
                &response, &reply, jiesuan__v1__show_policy_response__get_packed_size,
                jiesuan__v1__show_policy_response__pack)
        } catch {
            return refused(error, region)
        }
    }

    func explain(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__explain_request__unpack) else {
            return unreadable("ExplainRequest", context)
        }
        guard let claim = request.pointee.claim else {
            return refused(.malformed("claim is missing"), nil)
        }
        return calculate.settle(claim.pointee, context) { region, scratch, settled, yearBefore in
            let explanation = Explanation(
                pack: region.pack, claim: settled.claim, facts: settled.facts, outcome: scratch.outcome.pointee,
                yearBefore: yearBefore, accounts: accountsBefore(claim.pointee, scratch, settled))
            do throws(RequestProblem) {
                var response = Jiesuan__V1__ExplainResponse()
                jiesuan__v1__explain_response__init(&response)
                response.text = try context.arena.string(explanation.text)
                response.json = try context.arena.string(explanation.json)
                return writePacked(
                    &response, &reply, jiesuan__v1__explain_response__get_packed_size,
                    jiesuan__v1__explain_response__pack)
            } catch {
                return refused(error, region)
            }
        }
    }

    /// The accounts as they stood: what is left and what this settlement took.
    private func accountsBefore(
        _ request: Jiesuan__V1__CalculateRequest, _ scratch: CalculationScratch, _ settled: SettledRequest
    ) -> [AccountState] {
        settled.rows.accounts.map { index in
            let relation = request.accounts[index].map { UInt8(truncatingIfNeeded: $0.pointee.relation.rawValue) } ?? 0
            return AccountState(
                relation: AccountRelation(rawValue: relation) ?? .own,
                balance: scratch.accounts[index] + scratch.outcome.pointee.accounts[index])
        }
    }

    private func summary(
        _ region: ServedRegion, _ arena: Arena
    ) throws(RequestProblem) -> UnsafeMutablePointer<Jiesuan__V1__PolicySummary> {
        let messages: UnsafeMutableBufferPointer<Jiesuan__V1__PolicySummary> = try arena.array(1)
        guard let message = messages.baseAddress else { throw .malformed("no memory for the answer") }
        jiesuan__v1__policy_summary__init(message)
        message.pointee.region = region.name[0]
        message.pointee.name_zh = try arena.string(region.pack.label.zh)
        message.pointee.name_en = try arena.string(region.pack.label.en)
        message.pointee.digest = region.digest[0]
        message.pointee.in_force_from = UInt32(region.pack.inForce.from.number)
        message.pointee.in_force_until = UInt32(region.pack.inForce.until.number)
        let rules = try arena.strings(region.pack.rules)
        message.pointee.n_rules = rules.count
        message.pointee.rules = rules.baseAddress
        message.pointee.n_accumulators = region.accumulators.count
        message.pointee.accumulators = region.accumulators.pointers
        return message
    }
}

extension Arena {
    /// `strings` as protobuf-c's `repeated string`.
    func strings(
        _ strings: [String]
    ) throws(RequestProblem) -> UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?> {
        let pointers: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?> = try array(strings.count)
        for (index, string) in strings.enumerated() {
            pointers.initializeElement(at: index, to: try self.string(string))
        }
        return pointers
    }
}
