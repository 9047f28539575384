import CShims
import Ledger
import LedgerFormat
import Policy
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// `SettlementService.SettleBatch`: up to 65,536 settlements in columns, each for itself. In steps on the sequencer.
struct SettleBatchMethod: Sendable {
    let access: LedgerAccess
    private let prefetcher = Prefetcher()
    private let groups = ClaimGroups()

    init(access: LedgerAccess) { self.access = access }

    /// Reads a batch and checks what can be checked without the register.
    func prepare(_ message: UnsafeRawBufferPointer, _ context: WorkerContext) -> PreparedRequest {
        guard let request = unpack(message, context, jiesuan__v1__settle_batch_request__unpack) else {
            return .refused(unreadable("SettleBatchRequest", context))
        }
        do throws(RequestProblem) {
            let input = try SettleBatchInput(request.pointee, context.arena)
            let output = try SettleBatchOutput(input.count, context.arena)
            return .work(SettleBatchWork(access, request.pointee, input, output, prefetcher, groups))
        } catch {
            return .refused(refused(error, nil))
        }
    }
}

/// One batch under way.
private final class SettleBatchWork: SteppedWork {
    private let access: LedgerAccess
    private let request: Jiesuan__V1__SettleBatchRequest
    private let input: SettleBatchInput
    private let prefetcher: Prefetcher
    private let groups: ClaimGroups
    // Unchecked exclusivity: one thread at a time works on a batch, row by row.
    @exclusivity(unchecked) private var output: SettleBatchOutput
    @exclusivity(unchecked) private var errors = SettleBatchErrors()
    /// Institutions whose numbers are known.
    private var institutions = 0
    /// Rows whose persons are looked up.
    private var persons = 0
    /// The next group of rows to settle.
    private var nextGroup = 0

    /// Codes and numbers of persons looked up between two readings of the clock.
    private static let institutionsPerStep = 1_024
    private static let personsPerStep = 1_024

    init(
        _ access: LedgerAccess, _ request: Jiesuan__V1__SettleBatchRequest, _ input: SettleBatchInput,
        _ output: SettleBatchOutput, _ prefetcher: Prefetcher, _ groups: ClaimGroups
    ) {
        self.access = access
        self.request = request
        self.input = input
        self.output = output
        self.prefetcher = prefetcher
        self.groups = groups
    }

    func proceed(_ context: WorkerContext) -> CallStatus? {
        access.enter(context)
        defer { access.leave() }
        do throws(DomainRefusal) { try access.ledger.ready() } catch {
            access.ledger.tell(ofAnswer: error, "SettleBatch")
            return nextGroup == 0 ? CallStatus(error) : brokenOff(by: CallStatus(error))
        }
        do throws(RequestProblem) {
            while institutions < input.institutionCount {
                let end = min(institutions + Self.institutionsPerStep, input.institutionCount)
                try input.find(institutions..<end, request, access.ledger.registry)
                institutions = end
                if context.call.mustYield { return nil }
            }
            while persons < input.personNos.count {
                let end = min(persons + Self.personsPerStep, input.personNos.count)
                input.personNos.find(persons..<end, access.ledger.registry) { row, no in
                    access.recordedPerson(input.id(row), no: no)
                }
                persons = end
                if context.call.mustYield { return nil }
            }
        } catch {
            return refused(error, nil)
        }
        return settle(context) ? .ok : nil
    }

    func answer(_ reply: inout ReplyWriter, _ context: WorkerContext) -> CallStatus {
        do throws(RequestProblem) {
            return try output.answer(
                errors, request, &reply, context.arena, access.regions.chinese(context))
        } catch {
            return refused(error, nil)
        }
    }

    func brokenOff(by failure: CallStatus) -> CallStatus {
        .failed(
            failure.code,
            failure.text + "; the batch was broken off, and part of it may be settled: send it again with the same ids")
    }

    /// Settles rows in order until the turn ends; a refused row does not affect the others.
    ///
    /// A prefetch thread decodes the next rows and looks their persons up. It stops before the turn ends, because the
    /// register may change between turns. Returns true when all rows are done.
    private func settle(_ context: WorkerContext) -> Bool {
        let preparer = access.ledger.preparer
        let input = input
        let count = (input.count + PreparedClaims.claimsMax - 1) / PreparedClaims.claimsMax
        nextGroup = prefetcher.run(pieces: nextGroup..<count) { [groups] number in
            let claims = groups[number]
            input.read(number, into: claims)
            preparer.prepare(claims)
        } use: { number in
            let claims = groups[number]
            access.ledger.prefetch(claims)
            for index in 0..<claims.count {
                settle(number * PreparedClaims.claimsMax + index, claims, index)
            }
            return !context.call.mustYield
        }
        return nextGroup == count
    }

    @inline(__always)
    private func settle(
        _ row: Int, _ claims: PreparedClaims, _ index: Int
    ) {
        let claim = claims[index]
        guard claim.refusal.isNone else {
            output.writeNothing(at: row)
            let sent = input.value(of: claim.refusal.field, row: row)
            errors.append(claim.refusal, row: row, value: sent, claim.command.pointee.claim)
            return
        }
        if let unknown = input.personNos.refusal(row, access.ledger.registry) {
            output.writeNothing(at: row)
            errors.append(unknown, row: row, institution: 0)
            return
        }
        do throws(DomainRefusal) {
            let settled = try access.ledger.settle(claims, index)
            if settled.refusal.isNone {
                output.write(settled.entry, at: row)
            } else {
                output.writeNothing(at: row)
                errors.append(settled, row: row, access)
            }
        } catch {
            output.writeNothing(at: row)
            errors.append(
                input.personNos.naming(error, row), row: row, institution: input.institution(of: error.field, row: row))
        }
    }
}

/// Reused memory for the groups of claims that are prefetched at once.
private final class ClaimGroups: @unchecked Sendable {
    // Safe to share: `Prefetcher` hands a group to one thread at a time.
    private let groups = (0..<Prefetcher.piecesUnderWayMax).map { _ in PreparedClaims() }

    subscript(number: Int) -> PreparedClaims { groups[number % groups.count] }
}

/// The answer's columns under construction, in the worker's arena.
struct SettleBatchOutput {
    private var outcomes: OutcomeColumns
    private let sequence: UnsafeMutableBufferPointer<UInt64>
    private let exists: UnsafeMutableBufferPointer<UInt8>
    private var hasSequence = false
    private var hasExists = false

    init(_ count: Int, _ arena: Arena) throws(RequestProblem) {
        outcomes = try OutcomeColumns(count, arena)
        sequence = try arena.array(count)
        exists = try arena.array(count)
    }

    @inline(__always)
    mutating func write(_ entry: SettlementEntry, at row: Int) {
        outcomes.write(entry.outcome, at: row)
        sequence[row] = entry.position.number
        exists[row] = entry.isDuplicate ? 1 : 0
        hasSequence = true
        if entry.isDuplicate { hasExists = true }
    }

    mutating func writeNothing(at row: Int) {
        outcomes.writeNothing(at: row)
        sequence[row] = 0
        exists[row] = 0
    }

    func answer(
        _ errors: SettleBatchErrors, _ request: Jiesuan__V1__SettleBatchRequest, _ reply: inout ReplyWriter,
        _ arena: Arena, _ chinese: ChineseRefusals?
    ) throws(RequestProblem) -> CallStatus {
        var columns = Jiesuan__V1__OutcomeColumns()
        jiesuan__v1__outcome_columns__init(&columns)
        outcomes.link(&columns)
        let items = try errors.messages(request, arena, chinese)
        var response = Jiesuan__V1__SettleBatchResponse()
        jiesuan__v1__settle_batch_response__init(&response)
        response.settlements = UInt32(outcomes.count)
        response.n_errors = items.count
        response.errors = items.baseAddress
        response.n_sequence = hasSequence ? outcomes.count : 0
        response.sequence = sequence.baseAddress
        if hasExists { response.exists = ProtobufCBinaryData(len: outcomes.count, data: exists.baseAddress) }
        return withUnsafeMutablePointer(to: &columns) { columns in
            response.outcomes = columns
            // For columns the size pass is a multiplication per field.
            let size = jiesuan__v1__settle_batch_response__get_packed_size(&response)
            guard let room = reply.reserve(size) else { return reply.tooLarge }
            let target = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            reply.commit(jiesuan__v1__settle_batch_response__pack(&response, target))
            return .ok
        }
    }
}
