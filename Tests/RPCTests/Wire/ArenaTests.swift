import RPC
import Testing
import WireMessages

@Suite struct `Memory of a request` {
    @Test func `allocations are aligned and apart`() throws {
        let arena = Arena(bytesMax: 1 << 20, firstBytes: 4096, keptBytes: 8192)
        var end = UInt(0)
        for count in [1, 15, 16, 17, 100, 1000] {
            let memory = try #require(arena.allocate(count))
            let address = UInt(bitPattern: memory)
            #expect(address % 16 == 0)
            #expect(address >= end)
            end = address + UInt(count)
        }
    }

    @Test func `past the limit an allocation fails and a reset heals it`() {
        let arena = Arena(bytesMax: 64 << 10, firstBytes: 4096, keptBytes: 4096)
        var got = 0
        while arena.allocate(1000) != nil { got += 1000 }
        #expect(got <= 64 << 10 && got > 48 << 10)
        #expect(arena.isExhausted)
        #expect(arena.heldBytes <= 64 << 10)
        arena.reset()
        #expect(!arena.isExhausted)
        #expect(arena.allocate(1000) != nil)
    }

    @Test(arguments: [Int.max, Int.max - 7, 1 << 40])
    func `an absurd size fails cleanly`(count: Int) {
        let arena = Arena(bytesMax: 64 << 10, firstBytes: 4096, keptBytes: 4096)
        #expect(arena.allocate(count) == nil)
        #expect(arena.isExhausted)
    }

    @Test func `a reset keeps a bounded amount`() {
        let arena = Arena(bytesMax: 1 << 20, firstBytes: 4096, keptBytes: 16 << 10)
        #expect(arena.allocate(500_000) != nil)
        arena.reset()
        #expect(arena.heldBytes == 16 << 10)
        arena.reset()
        #expect(arena.heldBytes == 16 << 10)
    }

    @Test func `after one large request the next of its size takes one chunk`() {
        let arena = Arena(bytesMax: 1 << 20, firstBytes: 4096, keptBytes: 1 << 20)
        for _ in 0..<100 { _ = arena.allocate(1000) }
        arena.reset()
        let held = arena.heldBytes
        for _ in 0..<100 { _ = arena.allocate(1000) }
        #expect(arena.heldBytes == held)
    }

    @Test func `protobuf-c fails cleanly in an arena that is too small`() {
        // A name that the arena cannot hold.
        let bytes = requestMeta(service: String(repeating: "s", count: 100_000), method: "m", correlationID: 1)
        let arena = Arena(bytesMax: 8192, firstBytes: 4096, keptBytes: 4096)
        let start = bytes.withUnsafeBytes { bytes in
            baidu_std__rpc_meta__unpack(
                arena.allocator, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
        #expect(start == nil)
        #expect(arena.isExhausted)
    }
}
