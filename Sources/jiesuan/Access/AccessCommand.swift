import ArgumentParser
import Foundation
import Service
import Settlement
import Text

struct AccessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access",
        abstract: "The list of callers: who may call a server, as what, by which token or certificate.",
        discussion: """
            The list is one file, which a server is given by `serve --access FILE` and takes up again within seconds
            when it changes. It holds hashes of tokens, not tokens.

            EXAMPLES:
              jiesuan access add hospital-1 --role institution --institution H1 --access ./access.list
              jiesuan access list --access ./access.list
              jiesuan access revoke hospital-1 --access ./access.list

            \(Exit.help)
            """,
        subcommands: [AccessAdd.self, AccessRevoke.self, AccessShow.self])
}

/// The file of the list.
struct AccessOption: ParsableArguments {
    @Option(help: ArgumentHelp("File of the list of callers; `access add` makes it.", valueName: "FILE"))
    var access: String

    var file: AccessFile { AccessFile(access) }

    func failing<Value>(_ body: (AccessFile) throws(AccessProblem) -> Value) throws(Failure) -> Value {
        do throws(AccessProblem) { return try body(file) } catch { throw Failure(.file, error.description) }
    }
}

struct AccessAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a caller, and print its token: this once, nobody can read it again.",
        discussion: """
            ROLES:
              institution   a hospital or another institution: settles, looks up, reconciles its own (--institution)
              pharmacy      a pharmacy: the same (--institution)
              office        an insurance office: registers, filings, accounts of its --region and --area
              operator      who runs the server: the year's end, the table of areas, maintenance
              auditor       reads everything, changes nothing
              load-tester   `jiesuan load`, at a server with --allow-load-tests

            EXAMPLES:
              jiesuan access add hospital-1 --role institution --institution H1 --access ./access.list > h1.token
              jiesuan access add county --role office --region chongqing --area 500101 --access ./access.list
              jiesuan access add night --role operator --until 2027-12-31 --access ./access.list
              jiesuan access add hospital-2 --role institution --institution H2 --institution H3 \\
                --certificate-name hospital-2.example --access ./access.list
              jiesuan access add kiosk --role pharmacy --institution P7 --rate 20/40 --claim-rate 50/100 \\
                --access ./access.list

            \(Exit.help)
            """)

    @Argument(help: "The caller's name: 1 … 64 letters, digits and . _ -; logs and records have it.") var name: String
    @Option(help: "What it is: \(Role.allCases.map(\.rawValue).joined(separator: ", ")).") var role: Role
    @Option(help: ArgumentHelp("An institution that it acts for; may be given several times.", valueName: "CODE"))
    var institution: [String] = []
    @Option(help: ArgumentHelp("The region (统筹区) of an office: a policy pack.", valueName: "REGION"))
    var region: String?
    @Option(help: ArgumentHelp("The area (区县 or 乡镇街道) of an office; left out: the whole region.", valueName: "CODE"))
    var area: String?
    @Option(help: ArgumentHelp("The last day on which it is known: 2027-12-31.", valueName: "DATE"))
    var until: String?
    @Option(
        help: ArgumentHelp(
            "It is known by a client certificate with this name (subjectAltName or CN), not by a token.",
            valueName: "NAME"))
    var certificateName: String?
    @Option(help: ArgumentHelp("Calls a second, and at once after a rest: 100/200.", valueName: "N/BURST"))
    var rate: String?
    @Option(
        help: ArgumentHelp(
            "Claims and records a second of all its calls together, and at once after a rest: 1000/65536.",
            valueName: "N/BURST"))
    var claimRate: String?
    @OptionGroup var list: AccessOption

    func run() throws {
        var entry = AccessEntry(name: name, role: role)
        entry.institutions = institution
        entry.region = region ?? ""
        entry.area = area ?? ""
        if let until {
            guard let day = AccessEntry.day(until) else {
                throw Failure(.usage, "--until \(until) is no day as 2027-12-31")
            }
            entry.until = day
        }
        do throws(AccessProblem) {
            entry.calls = try AccessEntry.rate(rate, "--rate")
            entry.items = try AccessEntry.rate(claimRate, "--claim-rate")
        } catch { throw Failure(.usage, error.description) }
        entry.certificate = certificateName ?? ""
        let token = certificateName == nil ? AccessToken.make() : nil
        if let token { entry.tokenHash = AccessToken.hash(token.utf8) }
        if let problem = entry.problem { throw Failure(.usage, "\(name): \(problem)") }
        try list.failing { [entry] file throws(AccessProblem) in
            try file.change { list throws(AccessProblem) in try list.add(entry) }
        }
        if let token { print(token) }
    }
}

struct AccessRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take a caller out of the list: from then on its token or certificate is nobody's.",
        discussion: """
            A running server refuses it within two seconds; what it had begun is finished.

            EXAMPLES:
              jiesuan access revoke hospital-1 --access ./access.list

            \(Exit.help)
            """)

    @Argument(help: "The caller's name.") var name: String
    @OptionGroup var list: AccessOption

    func run() throws {
        guard list.file.stamp != nil else { throw Failure(.file, "\(list.access): there is no such file") }
        try list.failing { file throws(AccessProblem) in
            try file.change { list throws(AccessProblem) in try list.revoke(name) }
        }
    }
}

struct AccessShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the callers of the list, without what they are known by.",
        discussion: """
            EXAMPLES:
              jiesuan access list --access ./access.list
              jiesuan access list --access ./access.list --json

            \(Exit.help)
            """)

    @Flag(help: "As JSON.") var json = false
    @OptionGroup var list: AccessOption

    func run() throws {
        let entries = try list.failing { file throws(AccessProblem) in try file.read().entries }
        if json { return print(AccessText.json(entries), terminator: "") }
        for line in AccessText.table(entries) { print(line) }
    }
}

extension Role: ExpressibleByArgument {}
