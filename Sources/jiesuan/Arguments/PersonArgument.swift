import ArgumentParser
import Client
import Registry
import Text

/// A person as a command names one: by our number, or by the platform's (psn_no). See `PersonName`.
struct PersonArgument: ExpressibleByArgument {
    static let help: ArgumentHelp = "The person: a number, or the platform's (psn_no) as no:A17 or no:A17@REGION."

    var name: PersonName

    init?(argument: String) {
        guard let name = PersonName(argument: argument) else { return nil }
        self.name = name
    }

    /// As it is shown: the number by which the person was named.
    var text: String { name.no.isEmpty ? "\(name.number)" : name.no }

    /// In the words of a file of the register.
    var cells: [String] {
        name.no.isEmpty
            ? ["person=\(name.number)"]
            : ["person_no=\(name.no)"] + (name.region.isEmpty ? [] : ["person_region=\(name.region)"])
    }

    /// For requests to the register, which look the person up themselves.
    var names: PersonNames { PersonNames(name) }

    /// Our number: asked of the register where the platform's was told.
    func number(_ client: Client) throws(ClientError) -> UInt64 { try RegistryClient(client).number(name) }
}

extension JSONText {
    /// Whom a command is about, by the number that it was given.
    mutating func person(_ name: PersonName, _ key: String = "person") {
        if name.no.isEmpty || name.number != 0 { field(key, name.number) }
        if !name.no.isEmpty { field("\(key)_no", name.no) }
    }
}
