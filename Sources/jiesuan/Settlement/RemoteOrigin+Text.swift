import Client
import Text

extension RemoteOrigin {
    /// "H50010100001, 0017".
    var text: String { [caller, operatorCode].filter { !$0.isEmpty }.joined(separator: ", ") }
}

extension JSONText {
    /// In whose name something was recorded; nothing where nobody was named.
    mutating func origin(_ key: String, _ origin: RemoteOrigin?) {
        guard let origin else { return }
        object(key) { json in
            json.field("caller", origin.caller)
            json.field("operator_code", origin.operatorCode)
        }
    }
}
