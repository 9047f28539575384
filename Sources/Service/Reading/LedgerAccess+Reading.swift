import Ledger
import RPC
import Registry
import WireMessages

extension CallFailure {
    init(_ problem: RequestProblem) { self.init(refused(problem, nil)) }
}

extension LedgerAccess {
    /// Reads the journal on the calling thread, never the sequencer; stops when the call is over.
    ///
    /// - Parameter body: gets the reader and a function that says whether the answer is still wanted.
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

    /// Decodes a message of type `type` and returns `body`'s answer, or the failure.
    static func answering<Message>(
        _ message: UnsafeRawBufferPointer, _ context: WorkerContext,
        _ unpacker: (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?)
            -> UnsafeMutablePointer<Message>?,
        _ type: String, _ body: (Message) throws(CallFailure) -> CallStatus
    ) -> CallStatus {
        guard let request = unpack(message, context, unpacker) else { return unreadable(type, context) }
        return answering { () throws(CallFailure) in try body(request.pointee) }
    }

    /// Returns `body`'s answer, or the failure.
    static func answering(_ body: () throws(CallFailure) -> CallStatus) -> CallStatus {
        do throws(CallFailure) { return try body() } catch { return error.status }
    }
}
