import Glibc

/// Memory for random access, in huge pages where it is large, so that an access costs one cache miss and no page-table
/// walk.
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
