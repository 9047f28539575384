import Synchronization

/// Estimated time of the work that one connection, address or queue has waiting: units of work × recent time per unit.
///
/// A request is one unit plus one for each 256 bytes. So a batch counts by its size, and small requests that run long
/// raise the time per unit.
final class Backlog: Sendable {
    private let queued = Atomic<Int>(0)
    /// The mean of what a unit took, in nanoseconds.
    private let unitNanoseconds = Atomic<Int>(Limits.unitNanosecondsFirst)
    // A decaying mean. Concurrent updates may lose a measurement, which does no harm.
    private let learntNanoseconds = Atomic<Int>(Limits.unitNanosecondsFirst * Limits.unitsFirst)
    private let learntUnits = Atomic<Int>(Limits.unitsFirst)

    /// The units of a request; a compressed byte stands for several.
    @inline(__always)
    static func units(bytes: Int, compression: Compression) -> Int {
        1 + (compression == .none ? bytes : bytes * Limits.unitsPerCompressedByte) / Limits.unitBytes
    }

    var units: Int { queued.load(ordering: .relaxed) }

    func add(_ units: Int) { queued.add(units, ordering: .relaxed) }

    func remove(_ units: Int) { queued.subtract(units, ordering: .relaxed) }

    /// How long what waits will take, with `more` units beside it.
    @inline(__always)
    func nanoseconds(with more: Int = 0) -> Int {
        nanoseconds(ofUnits: max(0, queued.load(ordering: .relaxed) + more))
    }

    /// How long so much would take; `Int.max` where that is beyond it.
    @inline(__always)
    func nanoseconds(ofUnits units: Int) -> Int {
        let (product, overflow) = units.multipliedReportingOverflow(by: unitNanoseconds.load(ordering: .relaxed))
        return overflow ? .max : product
    }

    /// `units` of work have taken this long.
    func learn(_ nanoseconds: UInt64, units: Int) {
        var time = learntNanoseconds.load(ordering: .relaxed) + Int(min(nanoseconds, Limits.learntNanosecondsMax))
        var count = learntUnits.load(ordering: .relaxed) + units
        unitNanoseconds.store(max(1, time / max(1, count)), ordering: .relaxed)
        while count > Limits.unitsLearnt {
            time /= 2
            count /= 2
        }
        learntNanoseconds.store(time, ordering: .relaxed)
        learntUnits.store(count, ordering: .relaxed)
    }
}
