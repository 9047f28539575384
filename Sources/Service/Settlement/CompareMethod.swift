import Ledger
import Policy
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// `SettlementService.Compare`: the same stay at several institutions or levels, side by side (SY-9); nothing is kept.
/// On the sequencer only.
struct CompareMethod: Sendable {
    /// Columns of one comparison: every institution of a district and the levels.
    static let columnsMax = 64
    /// Texts of a column that cannot be settled; longer ones are cut.
    private static let errorTextBytesMax = 1024

    let access: LedgerAccess

    /// One column of the comparison: the institution or level at which the stay is priced.
    private enum Alternative {
        case institution(UnsafePointer<CChar>?)
        case level(UInt32)
    }

    func handle(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__compare_request__unpack)?.pointee else {
            return unreadable("CompareRequest", context)
        }
        do throws(RequestProblem) {
            guard let stay = request.stay else { throw .malformed("stay is missing") }
            guard request.n_institutions + request.n_levels <= Self.columnsMax else {
                throw .malformed("institutions and levels have more than 64 entries")
            }
            guard request.n_institutions + request.n_levels > 0 else {
                throw .malformed("institutions and levels are both empty: name what to compare")
            }
            var command = try access.command(stay)
            let bad = command.claim.check()
            guard bad.isNone else {
                let text = RefusalText(refusal: bad, pack: nil, claim: command.claim, facts: nil)
                return CallStatus(text)
            }
            let alternatives: [Alternative] =
                (0..<request.n_institutions).map { .institution(request.institutions[$0].map { UnsafePointer($0) }) }
                + (0..<request.n_levels).map { .level(request.levels[$0].rawValue) }
            let columnBytesMax = columnBytesMax(context)
            guard let room = reply.reserve(alternatives.count * columnBytesMax + 16) else { return reply.tooLarge }
            var writer = BackwardWriter(room)
            // The writer goes from the end to the start.
            for (item, alternative) in alternatives.enumerated().reversed() {
                let end = writer.mark
                try write(alternative, item: item, &command, access.regions.chinese(context), &writer)
                writer.message(1, from: end)
            }
            reply.commit(writer.finish())
            return .ok
        } catch {
            return refused(error, nil)
        }
    }

    private func columnBytesMax(_ context: WorkerContext) -> Int {
        let outcome = access.regions.all.reduce(0) { max($0, $1.settlementBytesMax) }
        let text = context.answersInChinese ? Limits.chineseTextBytesMax : Self.errorTextBytesMax
        return max(outcome, text + 4 * BatchLimit.valueBytesMax) + RegistryLimit.codeBytesMax + 64
    }

    /// The fields of one `CompareColumn`.
    private func write(
        _ alternative: Alternative, item: Int, _ command: inout SettleCommand, _ chinese: ChineseRefusals?,
        _ writer: inout BackwardWriter
    ) throws(RequestProblem) {
        var level: Level?
        var code = ""
        switch alternative {
        case .institution(let name):
            code = string(name)
            command.institution = try access.ledger.registry.institution(name, "institutions")
        case .level(let number):
            level = try fact(number, .level)
            command.institution = 0
        }
        do throws(DomainRefusal) {
            let quoted = try access.ledger.quote(command, level: level)
            if quoted.refusal.isNone {
                try writeOutcome(quoted.entry, &writer)
            } else {
                let text = access.text(quoted)
                write(
                    DomainError(
                        code: quoted.refusal.code.rawValue, field: text.field, value: text.value,
                        rule: text.rule, message: text.message),
                    item: item, chinese, &writer)
            }
            writer.field(2, Int64(quoted.entry.claim.institution.level.rawValue))
        } catch {
            let value = error.code == .institutionUnknown && error.value.isEmpty ? code : error.value
            write(
                DomainError(
                    code: error.code.rawValue, field: error.field, value: value,
                    rule: error.rule, message: error.message),
                item: item, chinese, &writer)
            writer.field(2, Int64(level?.rawValue ?? 0))
        }
        writer.text(1, code)
    }

    private func writeOutcome(_ entry: SettlementEntry, _ writer: inout BackwardWriter) throws(DomainRefusal) {
        let region = try access.region(entry.pack)
        let paid = entry.outcome.pointee.fundTotal
        writer.field(5, Self.basisPoints(paid, of: entry.outcome.pointee.total))
        writer.field(4, Self.basisPoints(paid, of: entry.claim.cost.inPolicy))
        region.writeOutcome(3, entry, &writer)
    }

    private struct DomainError {
        var code: UInt16
        var field: String
        var value: String
        var rule: String
        var message: String
    }

    private func write(
        _ error: DomainError, item: Int, _ chinese: ChineseRefusals?, _ writer: inout BackwardWriter
    ) {
        let end = writer.mark
        let message = chinese?.message(Int32(error.code), field: error.field, rule: error.rule, error.message)
        writer.text(
            6, message ?? error.message,
            bytesMax: message == nil ? Self.errorTextBytesMax : Limits.chineseTextBytesMax)
        writer.text(5, error.rule, bytesMax: BatchLimit.valueBytesMax)
        writer.text(4, error.value, bytesMax: BatchLimit.valueBytesMax)
        writer.text(3, error.field, bytesMax: BatchLimit.valueBytesMax)
        writer.field(2, Int64(error.code))
        writer.fixed32(1, UInt32(item))
        writer.message(6, from: end)
    }

    /// A share in 1/10,000, rounded half up; 0 of nothing. Both amounts are at most 10^12 fen.
    private static func basisPoints(_ part: Fen, of whole: Fen) -> Int64 {
        whole > 0 ? (2 * 10_000 * part + whole) / (2 * whole) : 0
    }
}
