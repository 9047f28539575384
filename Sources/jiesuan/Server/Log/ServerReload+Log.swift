import RPC

extension ServerReload.Part {
    /// What stands in the log: level and slowness. What was changed by `jiesuan log` stays until the settings change.
    static func log(_ control: LogControl, started: WatchOptions) -> Self {
        var present = (started.logLevel, started.slowMs)
        return Self(settings: ["log-level", "slow-ms"]) { serve in
            let new = (serve.watching.logLevel, serve.watching.slowMs)
            guard new != present else { return nil }
            return {
                present = new
                control.level = new.0.level
                control.slowMilliseconds = new.1
                return "log level \(control.levelName), slow from \(control.slowMilliseconds) ms"
            }
        }
    }
}
