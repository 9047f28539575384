/// A refusal in one line, whoever refuses: "NOT_ENTITLED claim.disease=hypertension [CQ-14]: what is wrong".
package enum RefusalLine {
    /// - Parameters:
    ///   - name: of the code, as the error registry has it.
    ///   - field: empty where it is no single one's fault.
    ///   - value: what stands in the field; nil: it is not said.
    ///   - rule: empty where none is behind it.
    package static func text(
        _ name: String, field: String, value: String?, rule: String, _ message: String
    ) -> String {
        var line = name
        if !field.isEmpty { line += " \(field)" }
        if let value { line += "=\(value)" }
        if !rule.isEmpty { line += " [\(rule)]" }
        return line + ": " + message
    }
}
