import Ledger
import RPC
import Registry

extension CallFailure {
    init(_ problem: RequestProblem) { self.init(refused(problem, nil)) }
}

extension LedgerDesk {
    /// Reads the journal on the calling thread, which is none of the sequencer's; stops where the call is over.
    ///
    /// - Parameter body: is given the reader, and what tells whether anybody still waits.
    func read<Value>(
        _ context: WorkerContext, _ body: (LedgerReader, () -> Bool) throws(ReadingFailure) -> Value
    ) throws(CallFailure) -> Value {
        let call = context.call
        do throws(ReadingFailure) {
            return try readers.read { reader throws(ReadingFailure) in try body(reader) { call.isOver } }
        } catch {
            if case .stopped = error { throw CallFailure(Call.abandoned) }
            let failure = error
            throw CallFailure(try onSequencer { ledger in ledger.refusal(of: failure) })
        }
    }

    /// What `body` answers, or why it has no answer.
    static func answering(_ body: () throws(CallFailure) -> CallStatus) -> CallStatus {
        do throws(CallFailure) { return try body() } catch { return error.status }
    }
}
