import LedgerFormat
import Records
import Registry

/// Detects that the clock was set ahead, and that the journal is nearly too far ahead of it. Each is reported once,
/// early, since times written by a wrong clock stay.
struct ClockWatch {
    /// Readings of both clocks at the last check; nil: none yet.
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

    /// Steps below this, in milliseconds, are corrections by network time and not reported.
    private static let stepMin: Int64 = 1_000
}
