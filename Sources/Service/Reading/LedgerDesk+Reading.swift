import Ledger
import RPC
import Registry
import WireMessages

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

    /// What `body` answers to a message, a `type`, or why it has no answer.
    static func answering<Message>(
        _ message: UnsafeRawBufferPointer, _ context: WorkerContext,
        _ unpacker: (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?)
            -> UnsafeMutablePointer<Message>?,
        _ type: String, _ body: (Message) throws(CallFailure) -> CallStatus
    ) -> CallStatus {
        guard let request = unpack(message, context, unpacker) else { return unreadable(type, context) }
        return answering { () throws(CallFailure) in try body(request.pointee) }
    }

    /// What `body` answers, or why it has no answer.
    static func answering(_ body: () throws(CallFailure) -> CallStatus) -> CallStatus {
        do throws(CallFailure) { return try body() } catch { return error.status }
    }
}
