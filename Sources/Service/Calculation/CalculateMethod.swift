import RPC
import Settlement
import WireMessages

/// `CalculationService.Calculate`: one claim → outcome and the year after; nothing is kept.
struct CalculateMethod: Sendable {
    let regions: ServedRegions

    func handle(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__calculate_request__unpack) else {
            return unreadable("CalculateRequest", context)
        }
        return settle(request.pointee, context) { region, scratch, settled, _ in
            guard let room = reply.reserve(region.template.bytesMax) else { return reply.tooLarge }
            reply.commit(region.write(scratch, settled, request: request.pointee, to: room))
            return .ok
        }
    }

    /// Settles `request` in the worker's scratch and hands it to `write`, with the year as it was before.
    func settle(
        _ request: Jiesuan__V1__CalculateRequest, _ context: WorkerContext,
        write: (ServedRegion, CalculationScratch, SettledRequest, UnsafeBufferPointer<Fen>) -> CallStatus
    ) -> CallStatus {
        let scratch = unsafeDowncast(context.state, to: CalculationScratch.self)
        guard let region = regions.present(for: scratch).region(named: request.region) else {
            return regions.unknown(request.region)
        }
        var settled = SettledRequest()
        do throws(RequestProblem) {
            try settled.read(request, region, scratch, context.arena)
        } catch {
            // The error that comes first in the error registry is reported, even when it is found later.
            let bad = settled.claim.check()
            let isEarlier = !bad.isNone && bad.code.rawValue < error.refusal.code.rawValue
            return isEarlier ? region.status(bad, settled, scratch) : region.status(error)
        }
        let slots = region.tables.slotCount
        scratch.yearBefore.update(from: scratch.year, count: slots)
        let refusal = settled.settle(region, scratch)
        guard refusal.isNone else { return region.status(refusal, settled, scratch) }
        return write(region, scratch, settled, UnsafeBufferPointer(start: scratch.yearBefore, count: slots))
    }
}

/// One decoded request: values here, year and accounts in the worker's scratch, records in its arena.
struct SettledRequest {
    var claim = Claim(kind: .unspecified, serviceDate: .none, cost: CostSplit(total: 0))
    var facts = PersonFacts(insurance: .unspecified)
    /// The claim's date as it was sent.
    var serviceDate: UInt32 = 0
    var rows = PersonRows(year: 0)
    var identities = UnsafeBufferPointer<DatedIdentity>(start: nil, count: 0)
    var filings = UnsafeBufferPointer<DatedFiling>(start: nil, count: 0)

    mutating func read(
        _ request: Jiesuan__V1__CalculateRequest, _ region: ServedRegion, _ scratch: CalculationScratch, _ arena: Arena
    ) throws(RequestProblem) {
        guard let claimMessage = request.claim else { throw .malformed("claim is missing") }
        guard let person = request.person else { throw .malformed("person is missing") }
        guard let year = request.year else { throw .malformed("year is missing") }
        claim = try region.claim(claimMessage.pointee)
        serviceDate = claimMessage.pointee.service_date
        facts = try region.facts(person.pointee)
        identities = try records(person.pointee.n_identities, person.pointee.identities, arena) {
            message throws(RequestProblem) in try region.identity(message)
        }
        filings = try records(person.pointee.n_filings, person.pointee.filings, arena) {
            message throws(RequestProblem) in try region.filing(message)
        }
        try region.readYear(year.pointee, into: scratch.year)
        guard request.n_accounts <= CalculatorLimit.accountsMax else {
            throw .malformed("accounts has more than 8 entries")
        }
        for index in 0..<request.n_accounts {
            guard let account = request.accounts[index] else { throw .malformed("accounts has an empty entry") }
            guard isAllowed(relation: account.pointee.relation.rawValue, position: index) else {
                throw .invalid(.accountRelation, account.pointee.relation.rawValue)
            }
            scratch.accounts[index] = account.pointee.balance
        }
        rows = PersonRows(
            year: year.pointee.year, identities: 0..<identities.count, filings: 0..<filings.count,
            accounts: 0..<request.n_accounts)
    }

    /// Dated records of the person, decoded into the arena.
    private func records<Message, Record>(
        _ count: Int, _ messages: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ arena: Arena,
        _ decode: (Message) throws(RequestProblem) -> Record
    ) throws(RequestProblem) -> UnsafeBufferPointer<Record> {
        guard count > 0, let messages else { return UnsafeBufferPointer(start: nil, count: 0) }
        guard let memory = arena.allocate(count * MemoryLayout<Record>.stride) else {
            throw .malformed("the person has more records than memory allows")
        }
        let records = memory.bindMemory(to: Record.self, capacity: count)
        for index in 0..<count {
            guard let message = messages[index] else { throw .malformed("the person has an empty record") }
            (records + index).initialize(to: try decode(message.pointee))
        }
        return UnsafeBufferPointer(start: records, count: count)
    }

    func settle(_ region: ServedRegion, _ scratch: CalculationScratch) -> Refusal {
        // The scratch and the arena outlive the call; the spans end with it.
        let tables = region.tables
        var year = MutableSpan(_unsafeStart: scratch.year, count: CalculatorLimit.slotsMax)
        var accounts = MutableSpan(_unsafeStart: scratch.accounts, count: CalculatorLimit.accountsMax)
        return tables.settle(
            claim, person: facts, rows: rows, identities: identities.span, filings: filings.span, year: &year,
            accounts: &accounts, outcome: &scratch.outcome.pointee)
    }
}

/// The person's own account comes first, and only there; those of spouse, parents and children follow (CQ-31).
func isAllowed(relation: UInt32, position: Int) -> Bool {
    position == 0 ? relation == 0 : (1...3).contains(relation)
}

/// A message of the wire in the worker's arena; nil: it does not parse, or takes more memory than a request may.
func unpack<Message>(
    _ bytes: UnsafeRawBufferPointer, _ context: WorkerContext,
    _ unpacker: (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?)
        -> UnsafeMutablePointer<Message>?
) -> UnsafeMutablePointer<Message>? {
    unpacker(context.arena.allocator, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
}

/// EREQUEST for a message that `unpack` could not read.
func unreadable(_ type: String, _ context: WorkerContext) -> CallStatus {
    context.arena.isExhausted
        ? .failed(.badRequest, "\(type): unpacking takes more memory than a request may; send fewer entries")
        : .failed(.badRequest, "\(type): the message does not parse as protobuf; check the .proto and the compression")
}
