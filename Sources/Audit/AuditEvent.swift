/// Something that somebody did, or was kept from doing: names and numbers, no amounts, diseases or names of persons.
package struct AuditEvent: Sendable {
    /// How it ended.
    package enum Decision: Sendable, Equatable {
        case done
        /// Refused with this code, by the rules or by the state of the books.
        case refused(Int32)
        /// Refused because of who asked.
        case denied(Int32)

        var word: String {
            switch self {
            case .done: "done"
            case .refused: "refused"
            case .denied: "denied"
            }
        }

        var code: Int32? {
            switch self {
            case .done: nil
            case .refused(let code), .denied(let code): code
            }
        }
    }

    /// Part of what names the record that it was done to: "settlement", "institution", "person" …
    package struct Part: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The name of who called; empty: nobody had to say who they are.
    package var caller: String
    /// Its role; empty: none.
    package var role: String
    /// The code of the person at the caller's; empty: not told.
    package var operatorCode: String
    /// "10.0.0.7:51234".
    package var peer: String
    /// "SettlementService/Settle"; empty: before a method was known.
    package var call: String
    package var record: [Part]
    package var decision: Decision

    package init(
        caller: String, role: String = "", operatorCode: String = "", peer: String = "", call: String,
        record: [Part] = [], decision: Decision
    ) {
        self.caller = caller
        self.role = role
        self.operatorCode = operatorCode
        self.peer = peer
        self.call = call
        self.record = record
        self.decision = decision
    }
}
