import CShims

/// Memory of one request, taken back at once: a bump allocator that protobuf-c can use.
///
/// Bounded: past `bytesMax` an allocation fails, protobuf-c's unpack with it, and `isExhausted` says why.
/// Not for use by two threads at once.
package final class Arena {
    private let arena: UnsafeMutablePointer<shim_arena>

    package init(
        bytesMax: Int = Limits.arenaBytesMax,
        firstBytes: Int = Limits.arenaFirstBytes,
        keptBytes: Int = Limits.arenaKeptBytes
    ) {
        precondition(firstBytes > 0 && firstBytes <= bytesMax && keptBytes >= firstBytes)
        guard let arena = shim_arena_create(firstBytes, keptBytes, bytesMax) else {
            fatalError("no memory for an arena of \(firstBytes) bytes at start")
        }
        self.arena = arena
    }

    deinit { shim_arena_destroy(arena) }

    /// For protobuf-c's unpack functions; what they return lives until `reset()` and needs no free.
    package var allocator: UnsafeMutablePointer<ProtobufCAllocator> {
        UnsafeMutableRawPointer(arena).assumingMemoryBound(to: ProtobufCAllocator.self)
    }

    /// `count` bytes aligned to 16, or nil past the limit.
    package func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
        shim_arena_alloc(arena, count)
    }

    /// Takes everything back; keeps at most `keptBytes` for the next request.
    package func reset() { shim_arena_reset(arena) }

    /// Whether an allocation since the last reset was refused.
    package var isExhausted: Bool { arena.pointee.exhausted }

    /// Bytes taken from the system at the moment.
    package var heldBytes: Int { arena.pointee.held }
}
