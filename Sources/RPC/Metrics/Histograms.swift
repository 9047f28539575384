import Synchronization

/// Upper bounds of a histogram's buckets, ascending, 15 at most; a value belongs to the first bound that is not below
/// it, and what is above all of them to a bucket of its own.
package struct HistogramBounds: Sendable, Equatable {
    /// One bucket more than bounds; a power of two, which the search needs.
    static let bucketsMax = 16

    package let values: [UInt64]

    package init(_ values: [UInt64]) {
        precondition(values.count < Self.bucketsMax && values == values.sorted(), "15 ascending bounds at most")
        self.values = values
    }

    /// Of durations in nanoseconds, from 50 µs (a small request answered where it was read) to 10 s (a year's lists).
    package static let durations = HistogramBounds([
        50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 100_000_000,
        500_000_000, 2_500_000_000, 10_000_000_000,
    ])

    /// Of numbers of things that share something, doubling up to what one commit takes.
    package static let sizes = HistogramBounds([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 4_096, 16_384])
}

/// Histograms with the same bounds, a row each, that one thread fills; other threads may read them at any time.
///
/// Adding takes some 30 instructions, no lock and no allocation. A row takes 136 bytes.
final class Histograms: @unchecked Sendable {
    // Safe to share: one thread adds, relaxed atomics let others read; the rest is constant.

    /// The buckets and the sum of the values.
    private static let stride = HistogramBounds.bucketsMax + 1

    let bounds: HistogramBounds
    let rows: Int
    private let counts: UnsafeMutablePointer<Atomic<UInt64>>
    /// The bounds, followed by the largest number.
    private let limits: UnsafeMutablePointer<UInt64>

    init(rows: Int = 1, _ bounds: HistogramBounds) {
        self.bounds = bounds
        self.rows = rows
        counts = .allocate(capacity: rows * Self.stride)
        for index in 0..<rows * Self.stride { (counts + index).initialize(to: Atomic(0)) }
        limits = .allocate(capacity: HistogramBounds.bucketsMax)
        limits.initialize(repeating: .max, count: HistogramBounds.bucketsMax)
        for (index, bound) in bounds.values.enumerated() { limits[index] = bound }
    }

    deinit {
        counts.deinitialize(count: rows * Self.stride).deallocate()
        limits.deallocate()
    }

    /// Adds a value that was seen `count` times, from the thread that owns these histograms.
    @inline(__always)
    func add(_ value: UInt64, count: Int = 1, row: Int = 0) {
        let start = counts + row &* Self.stride
        Self.add(start + bucket(of: value), UInt64(truncatingIfNeeded: count))
        Self.add(start + HistogramBounds.bucketsMax, value &* UInt64(truncatingIfNeeded: count))
    }

    /// The number of bounds below the value, by halving.
    @inline(__always)
    private func bucket(of value: UInt64) -> Int {
        var index = 0
        index = limits[index &+ 7] < value ? index &+ 8 : index
        index = limits[index &+ 3] < value ? index &+ 4 : index
        index = limits[index &+ 1] < value ? index &+ 2 : index
        return limits[index] < value ? index &+ 1 : index
    }

    // Only one thread writes, so a load and a store suffice.
    @inline(__always)
    private static func add(_ value: UnsafeMutablePointer<Atomic<UInt64>>, _ count: UInt64) {
        value.pointee.store(value.pointee.load(ordering: .relaxed) &+ count, ordering: .relaxed)
    }

    /// Adds what a row holds now to `sums`.
    func read(_ row: Int = 0, into sums: inout HistogramCounts) {
        let start = counts + row * Self.stride
        for bucket in sums.buckets.indices { sums.buckets[bucket] += start[bucket].load(ordering: .relaxed) }
        sums.sum += start[HistogramBounds.bucketsMax].load(ordering: .relaxed)
    }
}

/// What a histogram held at a moment; its parts may be some microseconds apart.
package struct HistogramCounts: Sendable, Equatable {
    package let bounds: HistogramBounds
    /// How many values were in each bucket: one for each bound, and one for what was above.
    package internal(set) var buckets: [UInt64]
    /// The sum of all values.
    package internal(set) var sum: UInt64 = 0

    package init(_ bounds: HistogramBounds) {
        self.bounds = bounds
        buckets = [UInt64](repeating: 0, count: bounds.values.count + 1)
    }

    /// How many values there were.
    package var count: UInt64 { buckets.reduce(0, +) }
}
