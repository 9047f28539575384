import COpenSSL

/// Why certificates cannot be used, or a session has ended: one sentence that says what to do where something can be
/// done.
package struct TLSProblem: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    /// What OpenSSL noted last on this thread, in its words; the note is taken away.
    static func takeReason() -> String {
        let code = ERR_peek_error()
        defer { ERR_clear_error() }
        guard code != 0, let reason = ERR_reason_error_string(code) else { return "no reason is known" }
        return String(cString: reason)
    }
}
