import CShims
import Glibc

/// The memory of a process that serves: it holds the data of persons, and tokens for an instant.
package enum ProcessMemory {
    /// A crash leaves no image of it on the disk, and no other process of the same user may attach to it.
    ///
    /// - Returns: whether the system took both.
    @discardableResult
    package static func keep() -> Bool {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        // The limit alone does not hold where cores go to a program (core_pattern with |).
        let isLimited = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0
        return shim_forbid_dump() == 0 && isLimited
    }
}
