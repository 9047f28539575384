import ArgumentParser
import Client
import Registry
import Text

/// A person as an argument: our number, or the platform's (psn_no). See `PersonName`.
struct PersonArgument: ExpressibleByArgument {
    static let help: ArgumentHelp = "The person: a number, or the platform's (psn_no) as no:A17 or no:A17@REGION."

    var name: PersonName

    init?(argument: String) {
        guard let name = PersonName(argument: argument) else { return nil }
        self.name = name
    }

    /// The number as given, for output.
    var text: String { name.no.isEmpty ? "\(name.number)" : name.no }

    /// The values for the columns of the register's files.
    var cells: [String] {
        name.no.isEmpty
            ? ["person=\(name.number)"]
            : ["person_no=\(name.no)"] + (name.region.isEmpty ? [] : ["person_region=\(name.region)"])
    }

    /// The name in requests to the register, which look the person up themselves.
    var names: PersonNames { PersonNames(name) }

    /// Our number, looked up in the register if the platform's was given.
    func number(_ client: Client) throws(ClientError) -> UInt64 { try RegistryClient(client).number(name) }
}

extension JSONText {
    /// The option that names a command's person.
    mutating func person(_ name: PersonName, _ key: String = "person") {
        if name.no.isEmpty || name.number != 0 { field(key, name.number) }
        if !name.no.isEmpty { field("\(key)_no", name.no) }
    }
}
