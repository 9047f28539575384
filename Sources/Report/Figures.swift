import Measurement

/// Figures of records are counts, rates and times: none is negative or beyond what can be counted.
enum Figures {
    static func check(_ point: BenchPoint, _ location: String) throws(ReportProblem) {
        guard point.round >= 1 else {
            throw ReportProblem("\(location): field round is \(point.round); rounds count from 1")
        }
        try check(point.value, "value", location)
        try check(point.p50 ?? 0, "p50", location)
        try check(point.p99 ?? 0, "p99", location)
    }

    static func check(_ load: LoadRecord, _ location: String, _ path: String = "") throws(ReportProblem) {
        let rates = [
            ("seconds", load.seconds), ("warmUpSeconds", load.warmUpSeconds), ("offered", load.offered ?? 0),
            ("achieved", load.achieved), ("good", load.good), ("goodClaims", load.goodClaims),
            ("server.cpuSeconds", load.server?.cpuSeconds ?? 0), ("server.cpuPerClaim", load.server?.cpuPerClaim ?? 0),
            ("client.cpuSeconds", load.client?.cpuSeconds ?? 0), ("client.cpuPerClaim", load.client?.cpuPerClaim ?? 0),
        ]
        for (field, value) in rates { try check(value, path + field, location) }
        try check(load.latency, location, path + "latency.")
        try check(load.service, location, path + "service.")
    }

    private static func check(_ latency: LatencyRecord, _ location: String, _ path: String) throws(ReportProblem) {
        let times = [
            ("min", latency.min), ("p50", latency.p50), ("p90", latency.p90), ("p99", latency.p99),
            ("p99_9", latency.p99_9), ("p99_99", latency.p99_99), ("max", latency.max),
        ]
        for (field, value) in times { try check(Double(value), path + field, location) }
        try check(latency.mean, path + "mean", location)
        for (number, point) in latency.spectrum.enumerated() {
            try check(Double(point.value), path + "spectrum.\(number).value", location)
            guard point.percentile >= 0, point.percentile <= 100 else {
                throw ReportProblem(
                    "\(location): field \(path)spectrum.\(number).percentile is \(point.percentile); it lies in 0 … 100"
                )
            }
        }
    }

    static func check(_ ramp: RampRecord, _ location: String) throws(ReportProblem) {
        try check(ramp.capacity, "capacity", location)
        for (name, steps) in [("steps", ramp.steps), ("overload", ramp.overload)] {
            for (number, step) in steps.enumerated() {
                try check(step.factor, "\(name).\(number).factor", location)
                try check(step.run, location, "\(name).\(number).run.")
            }
        }
        if let recovery = ramp.recovery {
            try check(recovery.factor, "recovery.factor", location)
            try check(recovery.run, location, "recovery.run.")
        }
        guard let knee = ramp.knee else { return }
        try check(knee.rate, "knee.rate", location)
        try check(Double(knee.p99), "knee.p99", location)
    }

    static func check(_ figure: HistoryFigure, _ location: String) throws(ReportProblem) {
        for (field, value) in [("min", figure.min), ("median", figure.median), ("max", figure.max)] {
            try check(value, "\(figure.name).\(field)", location)
        }
        guard figure.min <= figure.median, figure.median <= figure.max, figure.rounds >= 1 else {
            throw ReportProblem(
                "\(location): figure \(figure.name): min, median and max do not rise, or it has no round")
        }
    }

    private static func check(_ value: Double, _ field: String, _ location: String) throws(ReportProblem) {
        guard value >= 0, value <= ResultsReader.figureMax else {
            throw ReportProblem(
                "\(location): field \(field) is \(value); it lies in 0 … 10^15: the file is damaged, measure anew")
        }
    }
}
