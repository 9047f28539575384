import LedgerFormat
import Records
import Registry

/// Notices that a clock was set ahead, and that the journal is nearly too far ahead of it: each is told of once, since
/// what a wrong clock writes stays.
struct ClockWatch {
    /// What both clocks said at the last look; nil: there was none.
    private var last: (now: Moment, uptime: Int64)?
    private var isNear = false

    /// - Parameters:
    ///   - newest: the time of the journal's last record.
    ///   - aheadMax: how far the journal may be ahead of the clock, milliseconds; a step of more than this is a jump.
    mutating func look(_ clock: any LedgerClock, _ now: Moment, newest: Moment, aheadMax: Int64) -> [LedgerIncident] {
        var incidents: [LedgerIncident] = []
        if let uptime = clock.uptime {
            if let last {
                let step = now.milliseconds - last.now.milliseconds - (uptime - last.uptime)
                if step > max(aheadMax, Self.stepMin) {
                    incidents.append(
                        LedgerIncident(
                            .clockSetAhead,
                            "the clock was set ahead by \(step / 1_000) s, from \(last.now.text) to "
                                + "\(now.text): what is recorded from now on bears that time; if it is wrong, set it "
                                + "right at once, and then run 'jiesuan ledger accept-clock'"))
                }
            }
            last = (now, uptime)
        }
        let lead = newest.milliseconds - now.milliseconds
        let wasNear = isNear
        isNear = lead > aheadMax / 2 && lead <= aheadMax
        if isNear, !wasNear {
            incidents.append(
                LedgerIncident(
                    .clockNearlyBehind,
                    "the clock says \(now.text), \(lead / 1_000) s before the ledger's last "
                        + "record: the time of records stands still; beyond \(aheadMax / 1_000) s "
                        + "(--clock-ahead-max) nothing is recorded: set the clock right"))
        }
        return incidents
    }

    /// A clock that is kept right by the network takes smaller steps, milliseconds.
    private static let stepMin: Int64 = 1_000
}
