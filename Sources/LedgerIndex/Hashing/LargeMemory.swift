import Glibc

/// Memory that is looked into at random places: in large pages where it is large, so that a look costs one cache miss
/// and not also a walk through the page tables.
enum LargeMemory {
    private static let pageBytes = 2 << 20

    /// Not zeroed; `free` gives it back.
    static func take(_ bytes: Int) -> UnsafeMutableRawPointer {
        let alignment = bytes >= pageBytes ? pageBytes : 64
        var memory: UnsafeMutableRawPointer?
        guard posix_memalign(&memory, alignment, bytes) == 0, let memory else {
            fatalError("no memory for \(bytes) bytes of an index")
        }
        if alignment == pageBytes { _ = madvise(memory, bytes, MADV_HUGEPAGE) }
        return memory
    }
}
