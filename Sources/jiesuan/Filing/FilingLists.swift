import ArgumentParser
import Client
import Policy
import Population
import Registry
import Settlement
import Text

struct FilingList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List everybody of whom something is on file, with what it is.",
        discussion: """
            EXAMPLES:
              jiesuan filing list --region chongqing --server :8123
              jiesuan filing list --after 104 --limit 50 --json --server :8123

            \(Exit.help)
            """)

    @Option(help: "Only persons who belong to this region today.") var region = ""
    @Option(help: "Only persons with greater numbers.") var after: UInt64?
    @Option(help: "At most so many persons.") var limit: UInt32 = 1_000
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit is 1 to 10,000.") }
    }

    func run() throws {
        var all: [(person: UInt64, filings: RemoteFilings)] = []
        let hasMore = try address.withClient { client in
            let client = FilingClient(client)
            let part = try client.filedPersons(region: region, after: after, limit: limit)
            for person in part.persons { all.append((person, try client.show(person))) }
            return part.hasMore
        }
        if json {
            var json = JSONText(indents: false)
            json.array { json in
                for (person, filings) in all {
                    json.object { json in
                        json.field("person", person)
                        FilingText.add(filings, to: &json)
                    }
                }
            }
            print(json.text)
        } else {
            if all.isEmpty { print("nothing is on file") }
            for (index, entry) in all.enumerated() {
                if index > 0 { print("") }
                print("人员 person \(entry.person)")
                for line in FilingText.lines(entry.filings) { print(line.isEmpty ? "" : "  " + line) }
            }
        }
        if hasMore, let last = all.last {
            Terminal.complain("there are more persons: --after \(last.person)", prefix: "")
        }
    }
}

struct ExpertList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The experts of the register.",
        discussion: """
            EXAMPLES:
              jiesuan filing expert list --server :8123

            \(Exit.help)
            """)

    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let experts = try address.withClient { client in try FilingClient(client).experts() }
        if json {
            var json = JSONText(indents: false)
            json.array { json in
                for expert in experts {
                    json.object { json in
                        json.field("code", expert.code)
                        json.field("title", expert.title)
                        json.field("institution", expert.institution)
                        json.field("from", expert.inForce.from.number)
                        json.field("until", expert.inForce.until.number)
                    }
                }
            }
            return print(json.text)
        }
        var table = TextTable([.left, .left, .left, .left])
        table.add(["专家 expert", "职称 title", "机构 institution", "days"])
        for expert in experts {
            table.add([expert.code, expert.title, expert.institution, FilingText.days(expert.inForce)])
        }
        print(table.lines().joined(separator: "\n"))
    }
}

struct FilingDesignations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "designations",
        abstract: "Which institutions certify special diseases (CQ-46) and which take applications (AH-1).",
        discussion: """
            EXAMPLES:
              jiesuan filing designations --server :8123

            \(Exit.help)
            """)

    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let all = try address.withClient { client in try FilingClient(client).designations() }
        if json {
            var json = JSONText(indents: false)
            json.array { json in
                for designation in all {
                    json.object { json in
                        json.field("institution", designation.institution)
                        json.field("certifier", designation.roles.contains(.certifier))
                        json.field("service_point", designation.roles.contains(.servicePoint))
                    }
                }
            }
            return print(json.text)
        }
        var table = TextTable([.left, .left, .left])
        table.add(["机构 institution", "鉴定医院 certifier", "服务点 service point"])
        for designation in all {
            table.add([
                designation.institution, designation.roles.contains(.certifier) ? "是 yes" : "",
                designation.roles.contains(.servicePoint) ? "是 yes" : "",
            ])
        }
        print(table.lines().joined(separator: "\n"))
    }
}
