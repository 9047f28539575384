import CNghttp2
import Glibc

/// Blocks of memory that the HTTP/2 connections of one event loop use one after the other.
///
/// A request costs nghttp2 about a dozen small allocations; from here they cost a few instructions each. Every block is
/// preceded by 16 bytes that say its size. Not for two threads at once.
package final class HTTP2Blocks {
    private static let headerBytes = 16
    /// Blocks of 64, 128 … bytes; larger ones come from the system.
    private static let classes = 6
    private static let smallestBytes = 64

    /// The free blocks of each size: each one's first word is the next one's address.
    private let free = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: classes)
    private let counts = UnsafeMutablePointer<Int>.allocate(capacity: classes)

    private let keptMost: Int

    /// - Parameter keptMost: blocks of one size that are kept; 0, for tests: each is the system's.
    package init(keptMost: Int = Limits.http2BlocksKept) {
        self.keptMost = keptMost
        free.initialize(repeating: nil, count: Self.classes)
        counts.initialize(repeating: 0, count: Self.classes)
    }

    deinit {
        for index in 0..<Self.classes {
            while let block = free[index] {
                free[index] = block.load(as: UnsafeMutableRawPointer?.self)
                Glibc.free(block)
            }
        }
        free.deallocate()
        counts.deallocate()
    }

    private static func index(_ size: Int) -> Int {
        guard size > smallestBytes else { return 0 }
        return Int.bitWidth - (size - 1).leadingZeroBitCount - 6
    }

    /// `size` bytes; nil where the system has none.
    func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
        let index = Self.index(size)
        let isPooled = index < Self.classes
        let room = isPooled ? Self.smallestBytes << index : size
        var block: UnsafeMutableRawPointer?
        if isPooled, let kept = free[index] {
            free[index] = kept.load(as: UnsafeMutableRawPointer?.self)
            counts[index] -= 1
            block = kept
        } else {
            block = malloc(Self.headerBytes + room)
        }
        guard let block else { return nil }
        block.storeBytes(of: room, as: Int.self)
        return block + Self.headerBytes
    }

    /// Takes back what `allocate` gave.
    func giveBack(_ memory: UnsafeMutableRawPointer) {
        let block = memory - Self.headerBytes
        let index = Self.index(Self.size(memory))
        guard index < Self.classes, counts[index] < keptMost else { return Glibc.free(block) }
        block.storeBytes(of: free[index], as: UnsafeMutableRawPointer?.self)
        free[index] = block
        counts[index] += 1
    }

    static func size(_ memory: UnsafeMutableRawPointer) -> Int { (memory - headerBytes).load(as: Int.self) }
}

/// One connection's memory in nghttp2: from its event loop's blocks, and counted.
final class HTTP2Memory {
    /// Bytes that nghttp2 holds for the connection.
    // Unchecked exclusivity: a number, changed some twenty times a call.
    @exclusivity(unchecked) private(set) var heldBytes = 0
    private let blocks: HTTP2Blocks

    init(_ blocks: HTTP2Blocks) { self.blocks = blocks }

    /// For nghttp2; only while this lives.
    var functions: nghttp2_mem {
        nghttp2_mem(
            mem_user_data: Unmanaged.passUnretained(self).toOpaque(),
            malloc: { size, memory in HTTP2Memory.with(memory) { $0.allocate(size) } },
            free: { block, memory in HTTP2Memory.with(memory) { $0.giveBack(block) } },
            calloc: { count, size, memory in
                let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
                guard !overflow, let block = HTTP2Memory.with(memory, { $0.allocate(bytes) }) else { return nil }
                return memset(block, 0, bytes)
            },
            realloc: { block, size, memory in HTTP2Memory.with(memory) { $0.reallocate(block, size) } })
    }

    /// Without counting references: the session holds its memory.
    @inline(__always)
    private static func with<Result>(
        _ memory: UnsafeMutableRawPointer?, _ body: (HTTP2Memory) -> Result
    ) -> Result {
        Unmanaged<HTTP2Memory>.fromOpaque(memory!)._withUnsafeGuaranteedRef(body)
    }

    private func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
        guard let block = blocks.allocate(size) else { return nil }
        heldBytes += HTTP2Blocks.size(block)
        return block
    }

    private func giveBack(_ block: UnsafeMutableRawPointer?) {
        guard let block else { return }
        heldBytes -= HTTP2Blocks.size(block)
        blocks.giveBack(block)
    }

    private func reallocate(_ block: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
        guard let block else { return allocate(size) }
        let old = HTTP2Blocks.size(block)
        if size <= old, size > 0 { return block }
        guard let moved = allocate(size) else { return nil }
        memcpy(moved, block, min(old, size))
        giveBack(block)
        return moved
    }
}
