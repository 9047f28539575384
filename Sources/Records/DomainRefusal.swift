import Settlement
import Text

/// A refusal that names the field, its value, the rule and what to do; nothing was changed.
package struct DomainRefusal: Error, Equatable, Sendable {
    package var code: DomainCode
    /// The request's field: "settlement_id"; empty where it is no single one's fault.
    package var field: String
    package var value: String
    /// Rule id: "G-12"; empty where none is behind it.
    package var rule: String
    /// What is wrong and what to do.
    package var message: String

    package init(
        _ code: DomainCode, _ field: String = "", _ value: String = "", rule: String = "", _ message: String
    ) {
        self.code = code
        self.field = field
        self.value = value
        self.rule = rule
        self.message = message
    }

    /// One line: "PERSON_UNKNOWN person=17: register the person first".
    package var line: String {
        RefusalLine.text(code.name, field: field, value: field.isEmpty ? nil : value, rule: rule, message)
    }
}
