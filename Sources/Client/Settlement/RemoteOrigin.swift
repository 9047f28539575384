import WireMessages

/// In whose name something was recorded.
package struct RemoteOrigin: Equatable, Sendable {
    /// The name that the server knows the caller by; empty: it knows no callers.
    package var caller: String
    /// The code of the person who acted (经办人); empty: not told.
    package var operatorCode: String

    init(_ message: Jiesuan__V1__RecordedBy) {
        caller = wireText(message.caller)
        operatorCode = wireText(message.operator_code)
    }
}
