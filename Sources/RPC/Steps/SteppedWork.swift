/// The sequencer's work on one large request, cut into steps so that other connections get turns in between.
///
/// ```
/// worker:    prepare ─┐                                       ┌─ answer ─> leaves
/// sequencer:          └─ proceed … others … proceed ─ sealed ─┘
/// ```
/// A small plain request is prepared and answered on the sequencer too; two hops would take longer than that.
package protocol SteppedWork: AnyObject {
    /// Does the next steps, on the sequencer, until everything is done or `context.call.mustYield`; nil: there is more.
    ///
    /// A step should take less than a millisecond. What is not `ok` ends the work, and is what the caller is told.
    func proceed(_ context: WorkerContext) -> CallStatus?

    /// Writes the answer, when every step is done and durable; on any thread, once.
    func answer(_ reply: inout ReplyWriter, _ context: WorkerContext) -> CallStatus

    /// What the caller is told where `failure` came when some steps may have been made durable already.
    func brokenOff(by failure: CallStatus) -> CallStatus
}

/// What became of reading a request that is worked on in steps.
package enum PreparedRequest {
    case work(any SteppedWork)
    case refused(CallStatus)
}

extension Method {
    /// Reads and checks a request without touching what the sequencer works on; on any thread.
    ///
    /// The message and what is unpacked into the context's arena stay until the work is answered.
    package typealias Preparation =
        @Sendable (
            _ message: UnsafeRawBufferPointer, _ context: WorkerContext
        ) -> PreparedRequest

    /// A handler that does all of it at once.
    static func handler(of prepare: @escaping Preparation) -> Handler {
        { message, reply, context in
            switch prepare(message, context) {
            case .refused(let status): return status
            case .work(let work):
                while true {
                    guard let status = work.proceed(context) else { continue }
                    return status.code == 0 ? work.answer(&reply, context) : status
                }
            }
        }
    }
}
