import ArgumentParser
import Client
import Population
import Registry
import RegistryFiles
import Settlement

struct PersonCorrect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct",
        abstract: "Correct a record: what is named changes, the rest stays as it is.",
        discussion: """
            Columns and words are those of the register's files (`registry import --help`); NAME= without a value takes
            back what was told. The record that is corrected stays on record, as what was known until now.

            EXAMPLES:
              jiesuan person 101 --server :8123
              jiesuan person correct 101 1 birth_month=1964-06 --server :8123
              jiesuan person correct 101 3 covered_until= contribution_base=9000 --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Argument(help: "Number of the record, as `person` shows it.") var number: UInt16
    @Argument(help: ArgumentHelp("What changes.", valueName: "COLUMN=VALUE")) var values: [String]
    @OptionGroup var receipt: PersonReceipt

    func run() throws {
        let answer = try receipt.address.withClient { client in
            let person = try person.number(client)
            let client = RegistryClient(client)
            var row = try client.row(of: number, person)
            return try client.put(
                try usage { () throws(RowProblem) in
                    try row.set(values)
                    return try row.request()
                })
        }
        print(receipt.json ? PersonText.json(answer, of: person.name) : PersonText.line(answer))
    }
}

struct PersonEnd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end",
        abstract: "End an enrolment, identity, relation or special-disease registration (停保, 退出, 终止).",
        discussion: """
            EXAMPLES:
              jiesuan person end 101 3 --on 2024-06-30 --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Argument(help: "Number of the record, as `person` shows it.") var number: UInt16
    @Option(help: "The last day; of an identity the day on which it was taken away (G-11).") var on: Day
    @OptionGroup var receipt: PersonReceipt

    func run() throws {
        let answer = try receipt.address.withClient { client in
            let person = try person.number(client)
            let client = RegistryClient(client)
            var row = try client.row(of: number, person)
            guard let column = row.table.endColumn else {
                throw Failure(
                    .usage, "record \(number) of person \(self.person.text) has no end; correct it, or withdraw it")
            }
            return try client.put(
                try usage { () throws(RowProblem) in
                    try row.set(["\(column)=\(on.date.description)"])
                    return try row.request()
                })
        }
        print(receipt.json ? PersonText.json(answer, of: person.name) : PersonText.line(answer))
    }
}

struct PersonWithdraw: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Withdraw a record that was made by mistake (作废); it stays on record as withdrawn.",
        discussion: """
            A record that corrects or ends another is corrected to what is right; with --whole it is withdrawn with
            what it took the place of, so that nothing of it stands.

            EXAMPLES:
              jiesuan person withdraw 101 4 --server :8123
              jiesuan person withdraw 101 6 --whole --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Argument(help: "Number of the record, as `person` shows it.") var number: UInt16
    @Flag(help: "Also what the record took the place of.") var whole = false
    @OptionGroup var receipt: PersonReceipt

    func run() throws {
        try receipt.carryOut(.withdraw(person.name.number, number, whole: whole).named(person.names))
    }
}

extension RegistryClient {
    /// The row of a record in force.
    func row(of number: UInt16, _ person: UInt64) throws -> RegistryRow {
        guard let remote = try self.person(person).first(where: { $0.entry.number == number }),
            let row = remote.row(of: person)
        else {
            throw Failure(
                .someRefused,
                "person \(person) has no standing record \(number); `jiesuan person \(person)` shows the numbers")
        }
        return row
    }
}

extension RemoteEntry {
    /// The entry with its referral's institutions by number; `code` maps them to codes, since the wire has only codes.
    var numbered: PersonEntry {
        var entry = entry
        guard case .referral(var referral) = entry.fact else { return entry }
        referral.from = from.isEmpty ? 0 : 1
        referral.to = to.isEmpty ? 0 : 2
        entry.fact = .referral(referral)
        return entry
    }

    func code(_ number: UInt32) -> String { number == 1 ? from : number == 2 ? to : "" }

    func row(of person: UInt64) -> RegistryRow? { RegistryRow(numbered, of: person, code: code) }
}

extension RegistryTable {
    /// The column of a record's last day; nil: none.
    var endColumn: String? {
        switch self {
        case .enrolments: "covered_until"
        case .identities: "ended"
        case .family, .special: "until"
        default: nil
        }
    }
}

/// Runs `body` and converts a problem of a row's values into a usage error.
func usage<Value>(_ body: () throws(RowProblem) -> Value) throws -> Value {
    do throws(RowProblem) { return try body() } catch {
        let column = error.column.isEmpty ? "" : "\(error.column)\(error.value.isEmpty ? "" : "=\(error.value)"): "
        let value = error.column.isEmpty && !error.value.isEmpty ? "\"\(error.value)\" " : ""
        throw Failure(.usage, column + value + error.message)
    }
}
