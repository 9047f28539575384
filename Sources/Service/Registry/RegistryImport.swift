import Ledger
import Policy
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// `RegistryService.ImportBatch`: many requests in their order, each for itself. In steps on the sequencer.
struct RegistryImport: Sendable {
    let access: LedgerAccess

    /// Decodes the requests; an item that cannot be decoded is refused in its turn.
    func prepare(_ bytes: UnsafeRawBufferPointer, _ context: WorkerContext) -> PreparedRequest {
        guard let request = unpack(bytes, context, jiesuan__v1__import_batch_request__unpack)?.pointee else {
            return .refused(unreadable("ImportBatchRequest", context))
        }
        guard request.n_items <= RegistryLimit.importItemsMax else {
            return .refused(
                CallStatus(
                    DomainRefusal(
                        .factInvalid, "items", "\(request.n_items)",
                        "at most \(RegistryLimit.importItemsMax) items in one call; send the rest in another")))
        }
        let items = (0..<request.n_items).map { Self.read(request.items[$0]) }
        return .work(RegistryImportWork(access, items, isTrial: request.dry_run != 0))
    }

    private static func read(
        _ item: UnsafeMutablePointer<Jiesuan__V1__ImportItem>?
    ) -> Result<RegistryRequest, DomainRefusal> {
        guard let item else {
            return .failure(DomainRefusal(.factMissing, "items", "", "the item is empty; put one request into it"))
        }
        do throws(RequestProblem) {
            return .success(try RegistryRequest(item.pointee))
        } catch {
            if case .domain(let refusal) = error { return .failure(refusal) }
            return .failure(DomainRefusal(.factMissing, "items", "", "a part of the item is missing; see the .proto"))
        }
    }
}

/// One import under way.
private final class RegistryImportWork: SteppedWork {
    /// Bytes of an item's error; its texts are cut.
    private static let errorTextBytesMax = 512
    /// Bytes of its message in Chinese, which keeps the English one at its end.
    private static let chineseTextBytesMax = 1536
    /// Items that are carried out between two looks at the clock.
    private static let itemsPerStep = 16

    private let access: LedgerAccess
    private let items: [Result<RegistryRequest, DomainRefusal>]
    private let isTrial: Bool
    /// The copy of the register that a trial applies its items to; nothing of it is recorded.
    private var trial: RegistryTrial?
    private var next = 0
    private var recorded: UInt32 = 0
    private var unchanged: UInt32 = 0
    private var errors: [(item: Int, refusal: DomainRefusal)] = []

    init(_ access: LedgerAccess, _ items: [Result<RegistryRequest, DomainRefusal>], isTrial: Bool) {
        self.access = access
        self.items = items
        self.isTrial = isTrial
    }

    func proceed(_ context: WorkerContext) -> CallStatus? {
        access.enter(context)
        defer { access.leave() }
        do throws(DomainRefusal) { try access.ledger.ready() } catch {
            access.ledger.tell(ofAnswer: error, "ImportBatch")
            return ended(by: error)
        }
        if isTrial, trial == nil { trial = RegistryTrial(access.ledger.registry, items.compactMap { try? $0.get() }) }
        while next < items.count {
            for _ in 0..<min(Self.itemsPerStep, items.count - next) {
                do throws(DomainRefusal) {
                    if try carryOut(items[next].get(), context.caller) { recorded += 1 } else { unchanged += 1 }
                } catch {
                    // The store takes nothing now, so the remaining items would fail too.
                    if error.code == .storeUnavailable { return ended(by: error) }
                    errors.append((next, error))
                }
                next += 1
            }
            if next < items.count, context.call.mustYield { return nil }
        }
        return .ok
    }

    private func ended(by refusal: DomainRefusal) -> CallStatus {
        recorded == 0 || isTrial ? CallStatus(refusal) : brokenOff(by: CallStatus(refusal))
    }

    func brokenOff(by failure: CallStatus) -> CallStatus {
        .failed(
            failure.code,
            failure.text + "; the import was broken off, and part of it may be recorded: send it again, "
                + "what is recorded already is left as it is")
    }

    /// Whether the request changed something, or in a trial would.
    private func carryOut(_ request: RegistryRequest, _ caller: Caller) throws(DomainRefusal) -> Bool {
        if let reach = caller.reach as? Reach, reach.role == .office,
            let refusal = ReachQuestions(reach: reach, ledger: access.ledger).refusal(of: request)
        {
            throw refusal
        }
        if let trial { return try trial.carryOut(request, on: access.ledger.now) }
        let events = try access.ledger.registry.events(for: request, today: access.ledger.now.date)
        try access.ledger.record(events)
        return !events.isEmpty
    }

    func answer(_ reply: inout ReplyWriter, _ context: WorkerContext) -> CallStatus {
        let chinese = access.regions.chinese(context)
        let messageBytesMax = chinese == nil ? Self.errorTextBytesMax : Self.chineseTextBytesMax
        guard let room = reply.reserve(errors.count * (3 * Self.errorTextBytesMax + messageBytesMax) + 64) else {
            return reply.tooLarge
        }
        var writer = BackwardWriter(room)
        for (item, refusal) in errors.reversed() {
            let message = chinese?.message(
                Int32(refusal.code.rawValue), field: refusal.field, rule: refusal.rule, refusal.message)
            Self.write(item, refusal, message ?? refusal.message, messageBytesMax, &writer)
        }
        writer.fixed32(2, unchanged)
        writer.fixed32(1, recorded)
        reply.commit(writer.finish())
        return .ok
    }

    private static func write(
        _ item: Int, _ refusal: DomainRefusal, _ message: String, _ messageBytesMax: Int,
        _ writer: inout BackwardWriter
    ) {
        let end = writer.mark
        writer.text(6, message, bytesMax: messageBytesMax)
        writer.text(5, refusal.rule, bytesMax: errorTextBytesMax)
        writer.text(4, refusal.value, bytesMax: errorTextBytesMax)
        writer.text(3, refusal.field, bytesMax: errorTextBytesMax - 32)
        writer.field(2, Int64(refusal.code.rawValue))
        writer.fixed32(1, UInt32(item))
        writer.message(3, from: end)
    }
}
