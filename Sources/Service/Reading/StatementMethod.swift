import Accounts
import Ledger
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// `AccountService.Statement`: what came into an account and left it (CQ-32). On a thread that reads.
package struct StatementMethod: Sendable {
    /// Entries of a statement for which no number is asked.
    private static let usualEntries: UInt32 = 100

    private let access: LedgerAccess

    package init(access: LedgerAccess) { self.access = access }

    package var method: Method {
        Method(service: AccountMethods.service, name: "Statement", placement: .reader, handler: handle)
    }

    @Sendable private func handle(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        LedgerAccess.answering(
            message, context, jiesuan__v1__statement_request__unpack, "StatementRequest"
        ) { request throws(CallFailure) in
            let query = try Self.query(request)
            let end = try access.onSequencer { ledger throws(DomainRefusal) in
                var end = try ledger.accounts.end(of: query.owner)
                end.latest = ledger.latest
                return end
            }
            let statement = try access.read(context) { reader, isOver throws(ReadingFailure) in
                try reader.statement(query, from: end, isOver: isOver)
            }
            return AccountWire.write(statement, &reply, context.arena)
        }
    }

    private static func query(_ request: Jiesuan__V1__StatementRequest) throws(CallFailure) -> StatementQuery {
        do throws(DomainRefusal) {
            let days = DateRange(
                from: try AccountWire.date(request.from, "from"), until: try AccountWire.date(request.until, "until"))
            return StatementQuery(
                owner: request.person, days: days, before: request.before,
                limit: Int(request.limit == 0 ? usualEntries : request.limit))
        } catch { throw CallFailure(error) }
    }
}
