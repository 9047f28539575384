import ArgumentParser
import Client
import Population
import Registry
import RegistryFiles

struct RegistryPut: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Put one row into a table of the register, as a file's row would be.",
        discussion: """
            Columns and words are those of the files (`registry import --help`). A row that stands so already is
            answered as it stands; one that says again what is open, with its end, ends it.

            EXAMPLES:
              jiesuan registry put institutions code=H50010100001 region=chongqing kind=hospital level=3 --server :8123
              jiesuan registry put identities person=4 identity=low_income given=2024-01-10 department=civil_affairs \\
                --server :8123
              jiesuan registry put family person=4 other=5 relation=child --server :8123

            \(Exit.help)
            """)

    @Argument(help: "Which table.") var table: RegistryTable
    @Argument(help: ArgumentHelp("The row.", valueName: "COLUMN=VALUE")) var values: [String]
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let request = try usage { () throws(RowProblem) in
            var row = RegistryRow(table)
            try row.set(values)
            return try row.request()
        }
        let receipt = try address.withClient(makes: true) { client in try RegistryClient(client).put(request) }
        let standing = receipt.isUnchanged ? "unchanged" : "recorded"
        switch request {
        case .institution(let record):
            print(
                json
                    ? InstitutionText.json(receipt, record.code)
                    : "机构 institution \(record.code) (number \(receipt.number)): \(standing)")
        case .area(let record):
            print(json ? InstitutionText.json(receipt, record.code) : "区划 area \(record.code): \(standing)")
        default: print(json ? PersonText.json(receipt, of: request) : PersonText.line(receipt))
        }
    }
}
