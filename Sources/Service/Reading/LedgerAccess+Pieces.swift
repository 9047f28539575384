import Ledger
import RPC
import Records
import Registry
import Synchronization

/// Why a call ends without an answer.
package struct CallFailure: Error {
    package let status: CallStatus

    package init(_ status: CallStatus) { self.status = status }

    package init(_ refusal: DomainRefusal) { status = CallStatus(refusal) }
}

extension LedgerAccess {
    /// `onSequencer` for a piece that looks at the request, too: its pointers stay, because this thread waits.
    func askSequencer<Value: Sendable>(
        _ piece: @escaping (Ledger) throws(RequestProblem) -> Value
    ) throws(CallFailure) -> Value {
        // Run while this thread waits, and not afterwards.
        nonisolated(unsafe) let piece = piece
        let found = try onSequencer { ledger throws(DomainRefusal) -> Result<Value, RequestProblem> in
            do throws(RequestProblem) { return .success(try piece(ledger)) } catch { return .failure(error) }
        }
        do throws(RequestProblem) { return try found.get() } catch { throw CallFailure(error) }
    }

    /// Has a ledger that takes nothing now look whether it does again, as a request that writes would; nothing where it
    /// is not time to try yet, or the server shuts down. Blocks like `onSequencer`.
    package func tryAgain() {
        _ = try? lane.perform { [self] in try? ledger.ready() }
    }

    /// Runs a piece of work with the ledger on the sequencer, called from another thread, and returns its value when
    /// what it recorded or read is durable.
    ///
    /// Blocks: call it from readers and background threads, never from the sequencer or an event loop. Every request
    /// waits for the piece, so keep it below a millisecond and split long work. Its value must not refer to state that
    /// the ledger changes later.
    ///
    /// - Throws: what `piece` refuses; that the store does not take anything; that the server shuts down.
    package func onSequencer<Value: Sendable>(
        _ piece: @escaping @Sendable (Ledger) throws(DomainRefusal) -> Value
    ) throws(CallFailure) -> Value {
        let result = Mutex<Result<Value, DomainRefusal>?>(nil)
        let failure: CallStatus?
        do throws(SequencerLane.Closed) {
            failure = try lane.perform { [self] in
                let value: Result<Value, DomainRefusal>
                do throws(DomainRefusal) {
                    try ledger.readyToRead()
                    value = .success(try piece(ledger))
                } catch {
                    value = .failure(error)
                    ledger.tell(ofAnswer: error, "a reader")
                }
                result.withLock { $0 = value }
            }
        } catch {
            throw CallFailure(.failed(.loggingOff, "the server is shutting down; nothing was done"))
        }
        if let failure { throw CallFailure(failure) }
        switch result.withLock({ $0 }) {
        case .success(let value): return value
        case .failure(let refusal): throw CallFailure(refusal)
        case nil: throw CallFailure(.failed(.loggingOff, "the server is shutting down; nothing was done"))
        }
    }
}
