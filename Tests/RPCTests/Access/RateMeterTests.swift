import RPC
import TestSupport
import Testing

@Suite struct `A rate` {
    @Test func `so many at once, then so many a second, whatever the steps of the clock`() {
        var random = SeededRandom.printed()
        for _ in 0..<200 {
            let (perSecond, burst) = (random.number(1...1_000), random.number(1...50))
            let meter = RateMeter(perSecond: perSecond, burst: burst)
            var now: UInt64 = 1_000_000_000_000
            let start = now
            var taken = 0
            for _ in 0..<500 {
                if meter.take(now: now) == 0 { taken += 1 }
                now += UInt64(random.number(0...5_000_000))
            }
            let earned = Double(now - start) / 1e9 * Double(perSecond)
            #expect(Double(taken) <= earned + Double(burst) + 1, "\(perSecond)/\(burst)")
        }
    }

    @Test func `what it says to wait is enough, and no less is`() {
        let meter = RateMeter(perSecond: 10, burst: 2)
        let now: UInt64 = 5_000_000_000
        #expect(meter.take(now: now) == 0 && meter.take(now: now) == 0)
        let wait = meter.take(now: now)
        #expect(wait == 100_000_000)
        #expect(meter.take(now: now + wait - 1) > 0)
        #expect(meter.take(now: now + wait) == 0)
    }

    @Test func `what comes whole and is more than the burst is taken after a rest, and paid for`() {
        let meter = RateMeter(perSecond: 100, burst: 10)
        let now: UInt64 = 5_000_000_000
        #expect(meter.take(1_000, now: now) == 0)
        #expect(meter.take(1, now: now + 9_000_000_000) > 0)
        #expect(meter.take(1, now: now + 10_000_000_000) == 0)
    }
}
