import Histogram

/// What one thread saw; together they are the run's result.
package struct Tally: Sendable {
    /// Latencies are counted in steps of this, with three significant digits …
    private static var lowestNanoseconds: UInt64 { 32 }
    /// … up to ten minutes, beyond which a longer one counts as this: a run's patience is shorter.
    private static var highestNanoseconds: UInt64 { 600_000_000_000 }
    /// Wrong answers that are told in words.
    static var complaintsMax: Int { 5 }

    /// Requests that were to be sent in the measured time, and were.
    package var sent: UInt64 = 0
    /// Of these: answered, whatever the answer.
    package var answered: UInt64 = 0
    package var missed: UInt64 = 0
    /// By code, of requests sent in the measured time.
    package var errors: [Int32: UInt64] = [:]
    /// Answers that came within the measured time: what rates are of.
    package var cameAll: UInt64 = 0
    package var cameGood: UInt64 = 0
    package var cameClaims: UInt64 = 0
    /// Of all answers of the run, warm-up included.
    package var wrong: UInt64 = 0
    package var complaints: [String] = []
    /// Of right answers to requests sent in the measured time.
    package var checksum: UInt64 = 0

    package var latency = Self.histogram
    package var service = Self.histogram
    /// How late planned sends were made.
    package var lateness = Self.histogram

    package init() {}

    package static var histogram: Histogram<UInt64> {
        Histogram(
            lowestDiscernibleValue: lowestNanoseconds, highestTrackableValue: highestNanoseconds,
            numberOfSignificantValueDigits: .three)
    }

    @inline(__always)
    static func record(_ nanoseconds: UInt64, in histogram: inout Histogram<UInt64>) {
        histogram.record(min(nanoseconds, highestNanoseconds))
    }

    mutating func complain(_ text: String) {
        wrong += 1
        if complaints.count < Self.complaintsMax { complaints.append(text) }
    }

    package mutating func add(_ other: Tally) {
        sent += other.sent
        answered += other.answered
        missed += other.missed
        errors.merge(other.errors, uniquingKeysWith: +)
        cameAll += other.cameAll
        cameGood += other.cameGood
        cameClaims += other.cameClaims
        wrong += other.wrong
        complaints = Array((complaints + other.complaints).prefix(Self.complaintsMax))
        checksum &+= other.checksum
        latency.add(other.latency)
        service.add(other.service)
        lateness.add(other.lateness)
    }
}
