import Settlement
import Text

/// A refusal with the field, its value, the rule and the remedy; nothing was changed.
package struct DomainRefusal: Error, Equatable, Sendable {
    package var code: DomainCode
    /// The request's field: "settlement_id"; empty where no single field is at fault.
    package var field: String
    package var value: String
    /// Rule id: "G-12"; empty: none.
    package var rule: String
    /// The reason and the remedy.
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
