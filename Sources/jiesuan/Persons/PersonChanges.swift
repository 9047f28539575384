import ArgumentParser
import Client
import Population
import Registry
import RegistryFiles
import Settlement

/// Runs one change of a person's record, and prints the result.
struct PersonReceipt: ParsableArguments {
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    /// Executes the request and prints the new record, or the equal one in force.
    func carryOut(_ request: RegistryRequest) throws {
        let receipt = try address.withClient { client in try RegistryClient(client).put(request) }
        print(json ? PersonText.json(receipt, of: request) : PersonText.line(receipt))
    }
}

struct PersonRegister: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Register a person, or correct the region or the month of birth (人员登记).",
        discussion: """
            Of a registered person the month of birth is corrected in place; another region of an insured person is a
            move (`person move`), or the correction of a record that is named.

            EXAMPLES:
              jiesuan person register 101 --region chongqing --birth-month 1964-05 --server :8123
              jiesuan person register 101 --region yantai --birth-month 1964-05 --corrects 1 --server :8123
              jiesuan person register 101 --region chongqing --birth-month 1964-05 \\
                --person-no 50010000000000000000000117 --server :8123
              jiesuan person register 50010000000000000000000118 --region chongqing --birth-month 1964-05 \\
                --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Option(help: "Region: chongqing, yantai, shenyang, anhui …") var region: String
    @Option(help: "Month of birth: 1964-05.") var birthMonth: String
    @Option(help: ArgumentHelp("The platform's number (psn_no); - takes it away.", valueName: "TEXT"))
    var personNo: String?
    @Option(help: ArgumentHelp("The registration or move that is corrected.", valueName: "NUMBER"))
    var corrects: UInt16 = 0
    @OptionGroup var receipt: PersonReceipt

    func run() throws {
        var row = RegistryRow(.persons)
        var cells = person.cells + ["region=\(region)", "birth_month=\(birthMonth)"]
        if let personNo {
            guard person.name.no.isEmpty else {
                throw Failure(.usage, "--person-no goes with our number of the person; correct one of them")
            }
            cells.append("person_no=\(personNo)")
        }
        if corrects > 0 { cells.append("corrects=\(corrects)") }
        try receipt.carryOut(
            try usage { () throws(RowProblem) in
                try row.set(cells)
                return try row.request()
            })
    }
}

struct PersonMove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: "Record that a person belongs to another pooling region from a day on (CQ-32).",
        discussion: """
            EXAMPLES:
              jiesuan person move 101 --to yantai --on 2024-07-01 --server :8123
              jiesuan person move 101 --to yantai --on 2024-07-01 --person-no 37060000000000000000000021 \\
                --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Option(help: "Region.") var to: String
    @Option(help: "First day there.") var on: Day
    @Option(help: ArgumentHelp("The platform's number there (psn_no).", valueName: "TEXT")) var personNo = ""
    @OptionGroup var receipt: PersonReceipt

    func run() throws {
        let receipt = try receipt.address.withClient { client in
            let person = try person.number(client)
            let client = RegistryClient(client)
            // A month of birth is part of the record and stays unchanged.
            let month =
                try client.person(person).reversed().lazy.compactMap { remote -> Int32? in
                    guard case .basics(let basics) = remote.entry.fact else { return nil }
                    return basics.birthMonth
                }.first ?? 0
            return try client.put(
                .person(person, PersonBasics(region: to, birthMonth: month, since: on.date, personNo: personNo)))
        }
        print(self.receipt.json ? PersonText.json(receipt, of: person.name) : PersonText.line(receipt))
    }
}

struct PersonRetire: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire",
        abstract: "Record a retirement (在职转退休): the enrolment goes on as retired from that day.",
        discussion: """
            The day may be later than today. What is enrolled for later becomes retired too. For many at once:
            `registry import changes`.

            EXAMPLES:
              jiesuan person retire 101 --on 2024-05-01 --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Option(help: "First day as retired.") var on: Day
    @OptionGroup var receipt: PersonReceipt

    func run() throws {
        try receipt.carryOut(
            .change(person.name.number, EnrolmentChange(on: on.date, status: .retired)).named(person.names))
    }
}

struct PersonChange: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Change an enrolment from a day on: contribution base, tier, lump sum.",
        discussion: """
            EXAMPLES:
              jiesuan person change 101 --on 2024-07-01 --contribution-base 9000 --server :8123
              jiesuan person change 101 --on 2025-01-01 --membership tier2 --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Option(help: "First day on which the change holds.") var on: Day
    @Option(help: "employer 单位, tier1 一档, tier2 二档.") var membership: String?
    @Option(help: "active 在职, retired 退休.") var status: String?
    @Option(help: "A month, yuan (CQ-30).") var contributionBase: String?
    @Option(help: "Last day of the lump-sum period (CQ-30).") var lumpSumUntil: Day?
    @OptionGroup var receipt: PersonReceipt

    func validate() throws {
        if membership == nil, status == nil, contributionBase == nil, lumpSumUntil == nil {
            throw ValidationError("Say what changes: --membership, --status, --contribution-base or --lump-sum-until.")
        }
    }

    func run() throws {
        var row = RegistryRow(.changes)
        let told = [
            ("membership", membership), ("status", status), ("contribution_base", contributionBase),
            ("lump_sum_until", lumpSumUntil?.date.description),
        ]
        let cells =
            person.cells + ["date=\(on.date.description)"]
            + told.compactMap { name, value in value.map { "\(name)=\($0)" } }
        try receipt.carryOut(
            try usage { () throws(RowProblem) in
                try row.set(cells)
                return try row.request()
            })
    }
}

struct PersonDied: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "died",
        abstract: "Record a death (死亡): nothing is settled after that day, and the account can be inherited (CQ-32).",
        discussion: """
            EXAMPLES:
              jiesuan person died 101 --on 2024-06-03 --server :8123
              jiesuan person died 101 --on 2024-06-04 --corrects 5 --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Option(help: "The day, the last one covered.") var on: Day
    @Option(help: ArgumentHelp("The record that is corrected.", valueName: "NUMBER")) var corrects: UInt16 = 0
    @OptionGroup var receipt: PersonReceipt

    func run() throws {
        try receipt.carryOut(
            .endPerson(person.name.number, Departure(.death, on: on.date), corrects: corrects).named(person.names))
    }
}

struct PersonDeregister: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deregister",
        abstract: "Record that a person's registration ends (注销): the account can be paid out (CQ-31).",
        discussion: """
            EXAMPLES:
              jiesuan person deregister 101 --on 2024-06-30 --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Option(help: "The last day covered.") var on: Day
    @Option(help: ArgumentHelp("The record that is corrected.", valueName: "NUMBER")) var corrects: UInt16 = 0
    @OptionGroup var receipt: PersonReceipt

    func run() throws {
        try receipt.carryOut(
            .endPerson(person.name.number, Departure(.deregistration, on: on.date), corrects: corrects)
                .named(person.names))
    }
}
