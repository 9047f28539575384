import Glibc

/// Memory in which the HTTP/2 connections of one event loop write their frames, one after the other.
///
/// Frames lie in it from the read that they answer to that read's write, so one block serves all connections that have
/// nothing left to write. Not for two threads at once.
package final class HTTP2Buffers {
    private static let firstBytes = 16 << 10

    private var kept: UnsafeMutableRawPointer?
    private var keptBytes = 0
    private let keptBytesMax: Int

    /// - Parameter keptBytesMax: a larger block goes back to the system; 0, for tests: each does.
    package init(keptBytesMax: Int = Limits.scratchKeptBytes) { self.keptBytesMax = keptBytesMax }

    deinit { free(kept) }

    /// A block of at least so many bytes.
    func take(_ bytes: Int) -> UnsafeMutableRawBufferPointer {
        if let kept, keptBytes >= bytes {
            self.kept = nil
            return UnsafeMutableRawBufferPointer(start: kept, count: keptBytes)
        }
        let count = max(bytes, Self.firstBytes)
        return UnsafeMutableRawBufferPointer(start: systemMemory(count), count: count)
    }

    /// Takes back what `take` gave, or what became of it.
    func giveBack(_ block: UnsafeMutableRawBufferPointer) {
        guard block.count <= keptBytesMax, kept == nil || block.count > keptBytes else {
            return free(block.baseAddress)
        }
        free(kept)
        (kept, keptBytes) = (block.baseAddress, block.count)
    }
}

/// So many bytes of the system; without them the process ends, as it does wherever it writes an answer.
func systemMemory(_ bytes: Int, instead old: UnsafeMutableRawPointer? = nil) -> UnsafeMutableRawPointer {
    guard let memory = realloc(old, bytes) else { fatalError("the system has no \(bytes) bytes of memory") }
    return memory
}
