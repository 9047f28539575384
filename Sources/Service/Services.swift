import CShims
import Ledger
import Policy
import RPC
import Records
import Registry
import WireMessages

/// The services of the product, for a server to serve.
package enum Services {
    package static let calculation = String(cString: jiesuan__v1__calculation_service__descriptor.name)
    package static let policy = String(cString: jiesuan__v1__policy_service__descriptor.name)
    package static let settlement = String(cString: jiesuan__v1__settlement_service__descriptor.name)
    package static let registry = String(cString: jiesuan__v1__registry_service__descriptor.name)
    package static let clearing = String(cString: jiesuan__v1__clearing_service__descriptor.name)
    package static let yearEnd = String(cString: jiesuan__v1__year_end_service__descriptor.name)

    /// Every method, over one set of regions; those of the ledger where there is one.
    ///
    /// - Parameters:
    ///   - yearEnd: the year-end runs; nil: the year's end is not served.
    ///   - allowsLoadTests: whether load generators may register persons and settle for them.
    package static func methods(
        _ regions: Regions, ledger desk: LedgerDesk? = nil, yearEnd: YearEndRuns? = nil, allowsLoadTests: Bool = false
    ) -> [Method] {
        let methods =
            stateless(regions, allowsLoadTests) + (desk.map { sequenced($0) } ?? [])
            + (yearEnd.map { YearEndMethods(runs: $0).methods() } ?? [])
        // A calculation keeps nothing, and its texts only choose among what a pack has.
        return methods.map { $0.service == calculation ? $0 : $0.withWholeTexts() }
    }

    /// What is done in microseconds for one settlement.
    private static let brief: Set = ["Settle", "Quote", "Reverse", "Get"]

    /// What reads or writes the ledger: one after the other, and answered when it is durable; and beside it what reads
    /// much of it.
    private static func sequenced(_ desk: LedgerDesk) -> [Method] {
        let settle = SettleMethods(desk: desk)
        let lookup = LookupMethods(desk: desk)
        let reconcile = ReconcileMethods(desk: desk)
        let clearing = ClearingMethods(desk: desk)
        let settlements: [(name: String, handler: Method.Handler)] = [
            ("Settle", settle.settle), ("Quote", settle.quote),
            ("Reverse", settle.reverse),
            ("Get", lookup.get), ("Compare", CompareMethod(desk: desk).handle), ("ReconcileTotals", reconcile.totals),
        ]
        let reading: [(name: String, handler: Method.Handler)] = [
            ("ListYear", lookup.listYear), ("ExplainSettlement", lookup.explain),
            ("ReconcileDetails", reconcile.details),
        ]
        let methods =
            settlements.map {
                Method(
                    service: settlement, name: $0.name,
                    placement: brief.contains($0.name) ? .briefSequencer : .sequencer, handler: $0.handler)
            }
            + RegistryMethods(desk: desk).handlers().map {
                Method(service: registry, name: $0.name, placement: .sequencer, handler: $0.handler)
            }
            + FilingMethods(ledger: desk.ledger, reading: desk).methods(.sequencer)
            + AccountMethods(ledger: desk.ledger).methods(.sequencer)
            + clearing.writing().map {
                Method(service: Self.clearing, name: $0.name, placement: .sequencer, handler: $0.handler)
            }
        // What is worked on in steps looks at the store itself, at every turn.
        let stepped = [
            Method(service: settlement, name: "SettleBatch", preparation: SettleBatchMethod(desk: desk).prepare),
            Method(service: registry, name: "ImportBatch", preparation: RegistryImport(desk: desk).prepare),
        ]
        return methods.map { guarded($0, desk.ledger) } + stepped
            + reading.map { Method(service: settlement, name: $0.name, placement: .reader, handler: $0.handler) }
            + FilingMethods(ledger: desk.ledger, reading: desk).lists(.reader)
            + clearing.reading().map {
                Method(service: Self.clearing, name: $0.name, placement: .reader, handler: $0.handler)
            }
            + [StatementMethod(desk: desk).method]
    }

    /// The method, after the ledger was made ready: nothing may be read from a state that is ahead of the store. What
    /// writes asks for more itself, and is refused while the store does not take anything.
    private static func guarded(_ method: Method, _ ledger: Ledger) -> Method {
        // The ledger is used by the sequencer alone, where these handlers run.
        nonisolated(unsafe) let ledger = ledger
        let handler = method.handler
        return Method(
            service: method.service, name: method.name, placement: method.placement, shardKey: method.shardKey
        ) { message, reply, context in
            do throws(DomainRefusal) { try ledger.readyToRead() } catch {
                return tell(CallStatus(error), method.name, ledger)
            }
            return tell(handler(message, &reply, context), method.name, ledger)
        }
    }

    /// Has the log say that a request was refused because the ledger does not let it be done, and why.
    private static func tell(_ status: CallStatus, _ method: String, _ ledger: Ledger) -> CallStatus {
        if status.code == DomainCode.storeUnavailable.rawValue {
            ledger.observer(LedgerIncident(.answeredUnavailable, "\(method): \(status.text)"))
        }
        return status
    }

    private static func stateless(_ regions: Regions, _ allowsLoadTests: Bool) -> [Method] {
        let calculate = CalculateMethod(regions: regions)
        let batch = CalculateBatchMethod(regions: regions)
        let policies = PolicyMethods(
            regions: regions, calculate: calculate, allowsLoadTests: allowsLoadTests)
        return [
            // Small and stateless: answered where it was read. A hop to another core costs 7 to 15 µs each way.
            // What a large burst leaves goes to the workers, a person's requests to one.
            Method(
                service: calculation, name: "Calculate", placement: .readingThread, shardKey: PersonShard.key,
                handler: calculate.handle),
            Method(
                service: calculation, name: "CalculateBatch", placement: .workerUnlessAlone,
                isLight: BatchRequest.isLight, handler: batch.handle),
            Method(service: policy, name: "List", placement: .worker, handler: policies.list),
            Method(service: policy, name: "Show", placement: .worker, handler: policies.show),
            Method(service: policy, name: "Explain", placement: .worker, handler: policies.explain),
        ]
    }

    /// What every worker and event loop keeps for these methods.
    package static func makeState() -> AnyObject { CalculationScratch() }
}
