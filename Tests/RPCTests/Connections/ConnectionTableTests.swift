import RPC
import TestSupport
import Testing

@Suite struct `The table of connections` {
    static let second: UInt64 = 1_000_000_000
    static let step = Limits.heldBytesFree

    @Test func `the one idle longest is found, of all or of one address`() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed)
            let table = ConnectionTable(capacity: 64)
            var model: [(group: UInt64, since: UInt64)] = []
            for slot in 0..<Int.random(in: 0...64, using: &random) {
                let group = UInt64.random(in: 1...3, using: &random)
                let entry = (group: group, since: UInt64.random(in: 0...9, using: &random))
                model.append(entry)
                table.open(slot, group: entry.group)
                table.setIdle(slot, since: entry.since)
            }
            for group in [nil, 1, 2, 3] as [UInt64?] {
                let idle = model.filter { $0.since > 0 && (group == nil || $0.group == group) }
                let found = table.longestIdle(group: group)
                #expect(found?.since == idle.map(\.since).min(), "seed \(seed)")
                if let found { #expect(model[found.slot].since == found.since, "seed \(seed)") }
            }
        }
    }

    @Test func `an idle one is claimed once, and not when it has become busy`() {
        let table = ConnectionTable(capacity: 2)
        table.open(0, group: 1)
        table.setIdle(0, since: 7)
        #expect(!table.claimIdle(0, since: 6))
        #expect(table.claimIdle(0, since: 7))
        #expect(!table.claimIdle(0, since: 7))
        #expect(table.longestIdle(group: nil) == nil)
    }

    @Test func `the one whose packet is unfinished longest is found and claimed once`() {
        let table = ConnectionTable(capacity: 2)
        for slot in 0...1 {
            table.open(slot, group: UInt64(slot))
            table.setUnfinished(slot, since: UInt64(9 - slot))
        }
        #expect(table.longestUnfinished(group: nil)?.slot == 1 && table.longestUnfinished(group: 0)?.slot == 0)
        #expect(table.claimUnfinished(1, since: 8) && !table.claimUnfinished(1, since: 8))
        #expect(table.longestUnfinished(group: nil)?.slot == 0 && table.longestIdle(group: nil) == nil)
    }

    @Test func `a slot that has a new connection says nothing of the old one`() {
        let table = ConnectionTable(capacity: 1)
        table.open(0, group: 1)
        table.setIdle(0, since: 7)
        table.setHeld(0, Self.step, now: 9)
        table.close(0)
        table.open(0, group: 2)
        #expect(table.longestIdle(group: nil) == nil)
        #expect(table.greatestHolder(now: 10, includingClaimed: true) == nil)
        table.setIdle(0, since: 8)
        #expect(table.longestIdle(group: 1) == nil && table.longestIdle(group: 2)?.since == 8)
    }

    @Test func `what makes no progress goes first, then what holds most for longest`() {
        let now = 100 * Self.second
        func holding(_ steps: Int, for seconds: UInt64, still: UInt64 = 0) -> Holding {
            Holding(bytes: steps * Self.step, since: now - seconds * Self.second, progress: now - still * Self.second)
        }
        let stalledSmall = holding(1, for: 2, still: 2)
        let stalledLarge = holding(1000, for: 2, still: 2)
        let growingLarge = holding(1000, for: 20)
        let growingLong = holding(100, for: 30)
        let fresh = holding(1000, for: 0)
        let order = [fresh, growingLong, growingLarge, stalledSmall, stalledLarge]
        for (index, earlier) in order.enumerated() {
            for later in order[(index + 1)...] {
                #expect(earlier.isBefore(later, now: now))
                #expect(!later.isBefore(earlier, now: now))
            }
            #expect(!earlier.isBefore(earlier, now: now))
        }
    }

    @Test func `one that we do not read is not held to make no progress`() {
        let table = ConnectionTable(capacity: 2)
        for slot in 0...1 {
            table.open(slot, group: 1)
            table.setHeld(slot, Self.step * (2 - slot), now: Self.second)
        }
        table.setProgress(0, now: 9 * Self.second)
        #expect(table.greatestHolder(now: 9 * Self.second, includingClaimed: false)?.slot == 1)
    }

    @Test func `the greatest holder is the last in that order, whatever the numbers`() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed)
            let table = ConnectionTable(capacity: 32)
            let now = 1000 * Self.second
            for slot in 0..<32 {
                table.open(slot, group: 1)
                guard Bool.random(using: &random) else { continue }
                let since = now - UInt64.random(in: 0...60, using: &random) * Self.second
                table.setHeld(slot, Self.step, now: since)
                let bytes = Self.step * Int.random(in: 1...1024, using: &random)
                table.setHeld(slot, bytes, now: UInt64.random(in: since...now, using: &random))
            }
            let holders = (0..<32).map { table.holding($0) }.filter { $0.bytes > 0 }
            guard let found = table.greatestHolder(now: now, includingClaimed: false) else {
                #expect(holders.isEmpty, "seed \(seed)")
                continue
            }
            #expect(holders.allSatisfy { !found.holding.isBefore($0, now: now) }, "seed \(seed)")
            #expect(table.claimHolder(found.slot, bytes: found.holding.bytes), "seed \(seed)")
            #expect(table.greatestHolder(now: now, includingClaimed: false)?.slot != found.slot, "seed \(seed)")
            #expect(table.greatestHolder(now: now, includingClaimed: true)?.slot == found.slot, "seed \(seed)")
            table.unclaimHolder(found.slot, bytes: found.holding.bytes)
            #expect(table.greatestHolder(now: now, includingClaimed: false)?.slot == found.slot, "seed \(seed)")
        }
    }
}
