/// Requests that are worked on in steps; see `SteppedWork`.
extension Worker {
    enum StepsEnd {
        /// The answer is written.
        case answered
        /// The turn ended before the request did.
        case interrupted
        /// A worker will answer when all of it is durable.
        case handedOn
    }

    /// Does the next steps of a burst's present request, on the sequencer.
    func proceed(_ burst: Burst, _ item: Burst.Item, _ prepare: Method.Preparation) -> StepsEnd {
        let request: SteppedRequest
        if let begun = burst.request {
            request = begun
            if request.hasBegun {
                if burst.flow!.isOver, !burst.flow!.isGone { request.breakOff(.loggingOff) }
            } else if let refusal = refusal(item, isShort: false, burst) {
                request.status = refusal
            }
        } else {
            if let refusal = refusal(item, isShort: false, burst) {
                refuse(item.head, refusal)
                return .answered
            }
            request = SteppedRequest(queue.pool, entry(item).method.jsonForm, isHere: true)
            burst.request = request
            request.status = request.prepare(prepare, item.head, burst.message(of: item), context)
        }
        request.hasBegun = true
        guard request.proceed(context) else {
            commitQueue?.hold(stepsOf: request)
            return .interrupted
        }
        guard request.isHere else { return .handedOn }
        answer(request, item.head)
        return .answered
    }

    /// Reads a request for the sequencer, on a worker; then the burst goes there. True: more waits here.
    func prepare(_ burst: Burst) -> Bool {
        let start = MonotonicClock.nanoseconds()
        let turn = burst.turn!
        let sequencer = queue.pool.sequencer!
        if let item = burst.current, !burst.flow!.isGone {
            if let refusal = refusal(item, isShort: true, burst) {
                refuse(item.head, refusal)
                end(burst, item, of: sequencer)
            } else {
                let entry = entry(item)
                let request = SteppedRequest(queue.pool, entry.method.jsonForm, isHere: false)
                let status = request.prepare(entry.preparation!, item.head, burst.message(of: item), context)
                if status.code == 0 {
                    burst.request = request
                } else {
                    refuse(item.head, status)
                    end(burst, item, of: sequencer)
                }
            }
        }
        burst.stage = .steps
        // It keeps its position in the connection's order even when no step is left.
        sequencer.submit(burst)
        return queue.finish(turn, order: 0, took: MonotonicClock.nanoseconds() &- start, rest: nil)
    }

    /// Writes the answer of a request whose steps are durable, or failed. True: more waits here.
    func pack(_ burst: Burst) -> Bool {
        let start = MonotonicClock.nanoseconds()
        let turn = burst.turn!
        let request = burst.request!
        burst.request = nil
        var answered = 0
        if let item = burst.current, !burst.flow!.isGone {
            answer(request, item.head)
            countAnswer(of: item.head)
            burst.advance()
            answered = 1
        }
        handOver(burst, burst.shard!, answered, 0, isLast: true)
        return queue.finish(turn, order: 0, took: MonotonicClock.nanoseconds() &- start, rest: nil)
    }

    /// Answers a request before the sequencer has seen it, and gives its room there back.
    private func end(_ burst: Burst, _ item: Burst.Item, of sequencer: WorkQueue) {
        let flow = burst.flow!
        countAnswer(of: item.head)
        burst.advance()
        sequencer.remove(item.units, from: flow.turn(in: sequencer.index))
        sequencer.release(requests: 1, bytes: burst.message(of: item).count)
        // The burst itself still goes to the sequencer, to keep the connection's order.
        handOver(burst, burst.shard!, 1, 0, isLast: false)
    }
}
