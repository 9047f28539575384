import ArgumentParser
import RPC

/// The code of the person who acts, as an argument; see `OperatorField`.
struct OperatorCode: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        guard OperatorField.isValid(argument.utf8) else { return nil }
        text = argument
    }
}
