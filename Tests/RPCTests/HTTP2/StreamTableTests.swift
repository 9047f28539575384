import RPC
import TestSupport
import Testing

@Suite struct `The table of open streams` {
    @Test func `finds every open stream and no other, whichever order they come and go in`() {
        var random = SeededRandom.printed()
        for _ in 0..<5 {
            var table = StreamTable()
            var open: [Int32: GRPCStream] = [:]
            var next: Int32 = 1
            // Some stay for long, while the others go round the table many times.
            for _ in 0..<5_000 {
                if open.count < Limits.http2StreamsMax, random.number(0...9) < 6 {
                    let stream = GRPCStream()
                    stream.id = next
                    open[next] = stream
                    table.insert(stream)
                    next += Int32(2 * random.number(1...3))
                } else if let id = open.keys.filter({ $0 % 7 != 0 }).sorted().randomElement(using: &random) {
                    table.remove(id)
                    open[id] = nil
                }
            }
            for id in Int32(1)...next {
                #expect(table.find(id)?.takeUnretainedValue() === open[id])
            }
        }
    }
}
