import Dispatch
import Synchronization

/// Figures that are not read where an event loop could wait for them: sizes of files, open files, a year's end.
///
/// A thread of its own looks every few seconds; who asks gets what was found last.
final class SlowFigures: Sendable {
    /// A scrape is usually each 15 s.
    static let pauseSeconds = 5

    struct Figures: Sendable {
        var process = ProcessFigures()
        var files = LedgerPlace.Sizes()
        /// The stage of the year's end that is at work, and how far it is; nil: none is.
        var yearEnd: (stage: String, share: Double)?
    }

    private let place: LedgerPlace?
    private let yearEnds: YearEndRuns?
    private let found = Mutex(Figures())
    private let queue = DispatchQueue(label: "jiesuan.figures", qos: .utility)
    /// The timer, which only goes from the starting thread to the stopping one.
    private struct Timer: @unchecked Sendable {
        let source: any DispatchSourceTimer
    }

    private let timer = Mutex<Timer?>(nil)

    init(_ place: LedgerPlace?, _ yearEnds: YearEndRuns?) {
        self.place = place
        self.yearEnds = yearEnds
        look()
    }

    var present: Figures { found.withLock { $0 } }

    /// Looks again, now.
    func look() {
        var figures = Figures()
        figures.process = .read()
        if let place { figures.files = place.sizes() }
        figures.yearEnd = yearEnds?.underWay
        let result = figures
        found.withLock { $0 = result }
    }

    /// Looks every few seconds from now on, until `stop`.
    func start() {
        let source = DispatchSource.makeTimerSource(queue: queue)
        source.schedule(deadline: .now() + .seconds(Self.pauseSeconds), repeating: .seconds(Self.pauseSeconds))
        source.setEventHandler { [weak self] in self?.look() }
        source.resume()
        let made = Timer(source: source)
        timer.withLock { $0 = made }
    }

    func stop() {
        timer.withLock { timer in
            timer?.source.cancel()
            timer = nil
        }
    }
}
