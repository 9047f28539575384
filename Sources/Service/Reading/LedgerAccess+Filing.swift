import Ledger
import LedgerIndex
import Lists
import RPC
import Records
import Registry
import Settlement

/// Lists are made beside the sequencer, from registers that are locked against changes and the visits of the same
/// moment.
extension LedgerAccess: FilingReading {
    /// How often a long list gives way to changes of the registers; after that they wait for it.
    private static let giveWayMax = 3

    /// The references to read from, fetched on the sequencer; valid until the ledger rebuilds its state.
    private struct Start: @unchecked Sendable {
        // Unchecked: the registers are read within the ledger's gate only.
        let registry: Registry
        let gate: RegisterGate
        let visits: SettledVisitSource
        let now: Moment
        let recognisedPersons: Set<UInt64>

        init(_ ledger: Ledger) {
            registry = ledger.registry
            gate = ledger.registers
            visits = ledger.settledVisits
            now = ledger.now
            recognisedPersons = ledger.recognisedPersons
        }

        /// `body`'s value for this moment; nil when it was stopped because a change waits or the call is over.
        func read<Value>(
            _ call: Call, givesWay: Bool, _ body: (FilingView) throws(DomainRefusal) -> Value
        ) throws(CallFailure) -> Value? {
            let pause = ReadingPause()
            do throws(DomainRefusal) {
                return try gate.read { reading throws(DomainRefusal) in
                    let visits = PausedVisits(reader: visits.now, pause: pause) {
                        call.isOver || givesWay && reading.mustGiveWay
                    }
                    return try body(
                        FilingView(registry, visits: visits, now: now, recognisedPersons: recognisedPersons))
                }
            } catch {
                if pause.isOver { return nil }
                throw CallFailure(error)
            }
        }
    }

    package func read<Value>(
        _ call: Call, _ body: (FilingView) throws(DomainRefusal) -> Value
    ) throws(CallFailure) -> Value {
        let start = try onSequencer { (ledger) throws(DomainRefusal) in Start(ledger) }
        for attempt in 1... {
            if call.isOver { throw CallFailure(Call.abandoned) }
            guard let value = try start.read(call, givesWay: attempt <= Self.giveWayMax, body) else { continue }
            // On return everything read is durable, unless the ledger lost it and rebuilt its state.
            let isKept = try onSequencer { (ledger) throws(DomainRefusal) in ledger.registry === start.registry }
            if isKept { return value }
            break
        }
        throw CallFailure(
            DomainRefusal(
                .storeUnavailable, "", "",
                "the ledger's state was made anew while the list was made; nothing was recorded: ask again"))
    }

    package func change<Value: Sendable>(
        _ body: @escaping @Sendable (any FilingLedger) throws(DomainRefusal) -> Value
    ) throws(CallFailure) -> Value {
        try onSequencer { (ledger) throws(DomainRefusal) in try body(ledger) }
    }
}

/// Whether a reading was broken off.
private final class ReadingPause {
    var isOver = false
}

/// The visits of one moment, until the reading must end.
private struct PausedVisits: SettledVisits {
    let reader: SettledVisitReader
    let pause: ReadingPause
    let mustEnd: () -> Bool

    func forEachSettledVisit(_ question: VisitQuestion, _ body: (SettledVisit) -> Void) throws(DomainRefusal) {
        try reader.forEach(
            question,
            isOver: {
                if mustEnd() { pause.isOver = true }
                return pause.isOver
            }, body)
        guard pause.isOver else { return }
        throw DomainRefusal(.storeUnavailable, "", "", "the list was broken off; ask again")
    }
}
