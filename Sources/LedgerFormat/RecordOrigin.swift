/// In whose name something was recorded; no part of what makes a repeated request the same.
///
/// A reference, so that rows of one origin are told apart from others by one comparison.
package final class RecordOrigin: Sendable, Hashable {
    /// The name of who called, as the server knows it; empty: nobody had to say who they are.
    package let caller: String
    /// The code of the person at the caller's who acted (经办人), as the caller told it; empty: not told.
    package let operatorCode: String

    /// - Returns: nil where neither is there.
    package init?(caller: String, operatorCode: String) {
        if caller.isEmpty && operatorCode.isEmpty { return nil }
        self.caller = caller
        self.operatorCode = operatorCode
    }

    package static func == (left: RecordOrigin, right: RecordOrigin) -> Bool {
        left === right || left.caller == right.caller && left.operatorCode == right.operatorCode
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(caller)
        hasher.combine(operatorCode)
    }
}
