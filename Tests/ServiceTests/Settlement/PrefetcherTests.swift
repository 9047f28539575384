import Glibc
import Population
import Service
import Synchronization
import Testing

@Suite struct `Work that is prepared ahead` {
    /// What one run's two threads saw.
    private final class Log: @unchecked Sendable {
        // Unchecked: a slot is one thread's at a time, which is what is tested.
        var slots = [Int](repeating: -1, count: Prefetcher.piecesUnderWayMax)
        let prepared = Atomic(0)
        let threads = Mutex<Set<UInt64>>([])
    }

    private static func pause(_ length: UInt64) {
        if length == 0 { sched_yield() } else if length > 1 { usleep(UInt32(length)) }
    }

    /// Runs `pieces`, each of which takes a random time to prepare and to use; returns the threads that prepared.
    private static func run(_ prefetcher: Prefetcher, pieces: Int, seed: UInt64, most: UInt64) -> Set<UInt64> {
        let log = Log()
        var used: [Int] = []
        var random = RandomStream(seed: seed, index: 1)
        prefetcher.run(pieces: 0..<pieces) { piece in
            var own = RandomStream(seed: seed, index: UInt64(piece) + 2)
            pause(own.next() % (most + 1))
            log.threads.withLock { _ = $0.insert(UInt64(pthread_self())) }
            log.slots[piece % Prefetcher.piecesUnderWayMax] = piece
            log.prepared.add(1, ordering: .relaxed)
        } use: { piece in
            #expect(log.slots[piece % Prefetcher.piecesUnderWayMax] == piece, "prepared, and not yet overwritten")
            pause(random.next() % (most + 1))
            #expect(log.slots[piece % Prefetcher.piecesUnderWayMax] == piece, "its place is its own while it is used")
            used.append(piece)
            return true
        }
        #expect(used == Array(0..<pieces))
        #expect(log.prepared.load(ordering: .relaxed) == pieces, "each once")
        return log.threads.withLock { $0 }
    }

    @Test func `every piece is prepared once, before it is used, and used in its order`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("random pieces: seed \(seed)")
        let prefetcher = Prefetcher()
        for round in 0..<300 {
            let pieces = [0, 1, Prefetcher.piecesMin - 1, Prefetcher.piecesMin, 17, 100, 300][round % 7]
            _ = Self.run(prefetcher, pieces: pieces, seed: seed &+ UInt64(round), most: [0, 1, 30][round % 3])
        }
    }

    @Test func `another thread takes part where there is work for it`() {
        let prefetcher = Prefetcher()
        var threads: Set<UInt64> = []
        // A thread that is given no core for a while takes no part.
        for round in 0..<50 where threads.count < 2 {
            threads = Self.run(prefetcher, pieces: 200, seed: UInt64(round), most: 100)
        }
        #expect(threads.count == 2)
    }

    @Test func `it gets no farther ahead than there is room, and leaves when the last piece is used`() {
        let prefetcher = Prefetcher()
        let begun = Atomic(0)
        prefetcher.run(pieces: 0..<100) { _ in
            begun.add(1, ordering: .relaxed)
        } use: { piece in
            if piece == 0 { usleep(20_000) }
            #expect(begun.load(ordering: .relaxed) <= piece + Prefetcher.piecesUnderWayMax)
            return true
        }
        #expect(begun.load(ordering: .relaxed) == 100)
    }

    @Test func `it stops where it is told to, with nobody in it any more, and goes on from there`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("stops: seed \(seed)")
        var random = RandomStream(seed: seed, index: 1)
        let prefetcher = Prefetcher()
        for _ in 0..<50 {
            let isInside = Atomic(0)
            var used: [Int] = []
            var next = 0
            while next < 200 {
                let stop = next + Int(random.next() % 60)
                next = prefetcher.run(pieces: next..<200) { _ in
                    isInside.add(1, ordering: .relaxed)
                    sched_yield()
                    isInside.subtract(1, ordering: .relaxed)
                } use: { piece in
                    used.append(piece)
                    return piece < stop
                }
                #expect(isInside.load(ordering: .relaxed) == 0 && next == min(stop + 1, 200))
            }
            #expect(used == Array(0..<200))
        }
    }
}
