import LedgerFormat
import Records
import Registry
import Settlement

/// The journal's time and the clock: writes are refused while the journal is far ahead of the clock, since one of them
/// is wrong, and times written by a wrong clock stay.
extension Ledger {
    /// How far a journal may be ahead of the clock, milliseconds; meanwhile new records bear the journal's last time.
    package static let clockAheadMaxUsual: Int64 = 300_000

    /// The time of the next record; where the clock does not allow one, the clock's time.
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

    /// The reason why writes are refused, and the remedy; nil: the journal and the clock agree.
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

    /// The newest time of the journal, the clock's time, and the journal's last time that is not later than the
    /// clock's; nil: there is none.
    package func clockReadings() throws -> (newest: Moment, clock: Moment, lastEarlier: Moment?) {
        let now = clock.now()
        let block = try JournalScan.lastBlock(of: store, upTo: now)
        let time = block == 0 ? nil : try ClockEras.block(block, of: store).time
        return (journal.lastTime, now, time)
    }

    /// Begins a new era: earlier records with a time later than the clock's are not to be trusted, and new records bear
    /// the clock's time again. Durable on return.
    ///
    /// - Returns: nil where the journal is not far enough ahead of the clock for writes to be refused.
    package func acceptClock() throws(DomainRefusal) -> ClockEra? {
        try readyToRead()
        if queue.hasFailed, let failure = queue.progress().failure { throw Self.unavailable(failure) }
        guard isAhead(of: clock.now()) else { return nil }
        let newest = journal.lastTime
        journal.beginEra()
        // An era's first row is the clock's, and nothing stands before it.
        let origin = journal.origin
        journal.origin = nil
        defer { journal.origin = origin }
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

    /// The eras of the clock, which tell the records whose times are not to be trusted.
    package var clockEras: ClockEras { books.clockEras }

    /// Whether a record's time is to be trusted: no later acceptance of the clock contradicts it.
    package func isTimeTrusted(_ time: Moment, at position: Position) -> Bool {
        books.clockEras.isTrusted(time, at: position)
    }
}

extension Books {
    /// Tells the register of the new era, so that questions as of a moment are right also for records with a wrong
    /// time.
    func apply(_ era: ClockEra, _ replay: Replay) {
        if !replay.hasTotals(era.position) { clockEras.add(era) }
        registry.limitTimes(
            to: era.accepted, ofPersons: { !replay.has($0, era.position) },
            ofOthers: !replay.hasTotals(era.position))
    }
}
