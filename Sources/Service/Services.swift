import CShims
import Ledger
import LedgerFormat
import Policy
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// The services of the product, for a server to serve.
package enum Services {
    package static let calculation = String(cString: jiesuan__v1__calculation_service__descriptor.name)
    package static let policy = String(cString: jiesuan__v1__policy_service__descriptor.name)
    package static let settlement = String(cString: jiesuan__v1__settlement_service__descriptor.name)
    package static let registry = String(cString: jiesuan__v1__registry_service__descriptor.name)
    package static let clearing = String(cString: jiesuan__v1__clearing_service__descriptor.name)
    package static let maintenance = String(cString: jiesuan__v1__maintenance_service__descriptor.name)
    package static let yearEnd = String(cString: jiesuan__v1__year_end_service__descriptor.name)

    /// Every method, over one set of regions; those of the ledger where there is one.
    ///
    /// - Parameters:
    ///   - yearEnd: the year-end runs; nil: the year's end is not served.
    ///   - allowsLoadTests: whether load generators may register persons and settle for them.
    ///   - audit: what has calls in the audit log; nil: there is none.
    ///   - maintenance: whether the server takes writes.
    ///   - watch: who is told of refused callers and of look-ups.
    package static func methods(
        _ regions: ServedRegions, ledger access: LedgerAccess? = nil, yearEnd: YearEndRuns? = nil,
        allowsLoadTests: Bool = false, audit: AuditTrail? = nil, maintenance: MaintenanceMode = MaintenanceMode(),
        watch: AccessWatch = AccessWatch()
    ) -> [Method] {
        let methods =
            stateless(regions, allowsLoadTests) + (access.map { sequenced($0) } ?? [])
            + (yearEnd.map { YearEndMethods(runs: $0).methods() } ?? [])
            + MaintenanceMethods(mode: maintenance).methods()
        // A calculation keeps nothing, and its texts only choose among what a pack has.
        return methods.map { method in
            let whole = method.service == calculation ? method : method.withWholeTexts()
            let told = whole.guarded(access, watch).withJSON()
            return audit.map { told.audited($0) } ?? told
        }
    }

    /// The methods that take microseconds for one settlement.
    private static let brief: Set = ["Settle", "Quote", "Reverse", "Get"]

    /// The methods that read or write the ledger: on the sequencer, answered when durable; those that read much, on
    /// readers.
    private static func sequenced(_ access: LedgerAccess) -> [Method] {
        let settle = SettleMethods(access: access)
        let lookup = LookupMethods(access: access)
        let reconcile = ReconcileMethods(access: access)
        let clearing = ClearingMethods(access: access)
        let settlements: [(name: String, handler: Method.Handler)] = [
            ("Settle", settle.settle), ("Quote", settle.quote),
            ("Reverse", settle.reverse),
            ("Get", lookup.get), ("Compare", CompareMethod(access: access).handle),
            ("ReconcileTotals", reconcile.totals),
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
            + RegistryMethods(access: access).handlers().map {
                Method(service: registry, name: $0.name, placement: .sequencer, handler: $0.handler)
            }
            + FilingMethods(ledger: access.ledger, reading: access).methods(.sequencer)
            + AccountMethods(ledger: access.ledger).methods(.sequencer)
            + clearing.writing().map {
                Method(service: Self.clearing, name: $0.name, placement: .sequencer, handler: $0.handler)
            }
        // Stepped methods check the store themselves, at every turn.
        let stepped = [
            Method(service: settlement, name: "SettleBatch", preparation: SettleBatchMethod(access: access).prepare),
            Method(service: registry, name: "ImportBatch", preparation: RegistryImport(access: access).prepare),
        ]
        let readers =
            reading.map { Method(service: settlement, name: $0.name, placement: .reader, handler: $0.handler) }
            + FilingMethods(ledger: access.ledger, reading: access).lists(.reader)
            + clearing.reading().map {
                Method(service: Self.clearing, name: $0.name, placement: .reader, handler: $0.handler)
            }
            + [StatementMethod(access: access).method]
        return methods.map { guarded(naming($0, access), access) } + stepped + readers.map { naming($0, access) }
    }

    /// Methods of the settlement's and the register's services that do not look persons up by themselves. The others
    /// do: a call of theirs takes microseconds, or persons come and go within it.
    private static let named: Set = ["ListYear", "GetPerson", "ListPersons", "GetYear"]

    private static func naming(_ method: Method, _ access: LedgerAccess) -> Method {
        let looksUp = [settlement, registry].contains(method.service) && !named.contains(method.name)
        return looksUp ? method : method.naming(access)
    }

    /// The method, run after the ledger is ready: reads must not see a state that is ahead of the store. Writing
    /// methods check further themselves and are refused while the store takes nothing.
    private static func guarded(_ method: Method, _ access: LedgerAccess) -> Method {
        // The ledger is used by the sequencer alone, where these handlers run.
        nonisolated(unsafe) let ledger = access.ledger
        let handler = method.handler
        return Method(
            service: method.service, name: method.name, placement: method.placement, shardKey: method.shardKey
        ) { message, reply, context in
            do throws(DomainRefusal) { try ledger.readyToRead() } catch {
                return tell(CallStatus(error), method.name, ledger)
            }
            access.enter(context)
            defer { access.leave() }
            return tell(handler(message, &reply, context), method.name, ledger)
        }
    }

    /// Logs that a request was refused because of the ledger's state, and why.
    private static func tell(_ status: CallStatus, _ method: String, _ ledger: Ledger) -> CallStatus {
        if status.code == DomainCode.storeUnavailable.rawValue {
            ledger.observer(LedgerIncident(.answeredUnavailable, "\(method): \(status.text)"))
        }
        return status
    }

    private static func stateless(_ regions: ServedRegions, _ allowsLoadTests: Bool) -> [Method] {
        let calculate = CalculateMethod(regions: regions)
        let batch = CalculateBatchMethod(regions: regions)
        let policies = PolicyMethods(
            regions: regions, calculate: calculate, allowsLoadTests: allowsLoadTests)
        return [
            // Small and stateless: run on the event loop, because a hop to another core costs 7 to 15 µs each way.
            // Requests beyond the first 512 of a read go to the workers, all of one person to the same one.
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
