import LedgerFormat
import Records
import Registry
import Settlement

/// The journal's time and the clock: a journal that is far ahead of the clock is not written to, since either of them
/// is wrong, and what a wrong clock writes stays.
extension Ledger {
    /// How far a journal may be ahead of the clock, milliseconds; the time of what is recorded meanwhile stands still.
    package static let clockAheadMaxUsual: Int64 = 300_000

    /// The time that the next record will bear; where the clock refuses one, what the clock says.
    package var now: Moment {
        if journal.isAtBlockStart {
            let now = clock.now()
            if isAhead(of: now) { return now }
        }
        return journal.time
    }

    private func isAhead(of now: Moment) -> Bool {
        journal.lastTime.milliseconds - now.milliseconds > clockAheadMax
    }

    /// Refuses to write where the journal is too far ahead of the clock.
    func checkClock() throws(DomainRefusal) {
        guard let problem = clockProblem() else { return }
        throw DomainRefusal(.storeUnavailable, "", "", problem + "; nothing was recorded")
    }

    /// Why nothing is recorded, what is wrong and what to do about it; nil: the journal and the clock agree.
    package func clockProblem() -> String? {
        let now = clock.now()
        for incident in clockWatch.look(clock, now, newest: journal.lastTime, aheadMax: clockAheadMax) {
            observer(incident)
        }
        guard isAhead(of: now) else {
            if isClockWrong {
                isClockWrong = false
                observer(LedgerIncident(.clockRight, "the clock says \(now.text), the ledger is written again"))
            }
            return nil
        }
        let lead = (journal.lastTime.milliseconds - now.milliseconds) / 1_000
        let behind = lead < 172_800 ? "\(lead) s" : "\(lead / 86_400) days"
        let problem =
            "the ledger's last record is of \(journal.lastTime.text), the clock says \(now.text): \(behind) "
            + "behind it, more than \(clockAheadMax / 1_000) s (--clock-ahead-max); set the clock right, or where the "
            + "record's time is the wrong one, stop the server and run 'jiesuan ledger accept-clock'"
        if !isClockWrong {
            isClockWrong = true
            observer(LedgerIncident(.clockBehind, problem))
        }
        return problem
    }

    /// The newest time of the journal, what the clock says, and the last time before it that is not later than the
    /// clock's; nil: none is.
    package func clockStanding() throws -> (newest: Moment, clock: Moment, lastEarlier: Moment?) {
        let now = clock.now()
        let block = try JournalScan.lastBlock(of: store, upTo: now)
        let time = block == 0 ? nil : try ClockEras.block(block, of: store).time
        return (journal.lastTime, now, time)
    }

    /// Records that the times before that are later than the clock's are not to be trusted: from then on records bear
    /// the clock's time again. Durable when it returns.
    ///
    /// - Returns: nil where the journal is not so far ahead of the clock that it would be refused.
    package func acceptClock() throws(DomainRefusal) -> ClockEra? {
        try readyToRead()
        if queue.hasFailed, let failure = queue.progress().failure { throw Self.unavailable(failure) }
        guard isAhead(of: clock.now()) else { return nil }
        let newest = journal.lastTime
        journal.beginEra()
        let position = journal.append { ClockEra.write(newest: newest, to: &$0) }
        let era = ClockEra(position: position, newest: newest, accepted: journal.time)
        books.apply(era, Replay())
        let ticket = seal()
        queue.commit()
        if let ticket, queue.durability(of: ticket) != .durable, let failure = queue.progress().failure {
            throw Self.unavailable(failure)
        }
        isClockWrong = false
        return era
    }

    package var latest: @Sendable (_ recorded: Moment, _ position: UInt64) -> Moment {
        let eras = books.clockEras
        return { recorded, position in eras.latest(recorded, at: Position(number: position)) }
    }

    /// When the clock was accepted: which times of records are not to be trusted.
    package var clockEras: ClockEras { books.clockEras }

    /// Whether the time of a record is one that the clock of its day can have said.
    package func isTimeTrusted(_ time: Moment, at position: Position) -> Bool {
        books.clockEras.isTrusted(time, at: position)
    }
}

extension Books {
    /// Whoever asks what was known at a time gets a right answer about what was recorded under a wrong one, too.
    func apply(_ era: ClockEra, _ replay: Replay) {
        if !replay.hasTotals(era.position) { clockEras.add(era) }
        registry.limitTimes(
            to: era.accepted, ofPersons: { !replay.has($0, era.position) },
            ofOthers: !replay.hasTotals(era.position))
    }
}
