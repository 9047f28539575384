import ArgumentParser
import Client
import Population
import Registry
import RegistryFiles
import Text
import Workbook

struct RegistryExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a table of the register as CSV, as import reads it, or as a workbook.",
        discussion: """
            Of persons and areas what stands now; of institutions what holds from each of its days on, the oldest
            record first. Imported again it changes nothing. To correct many records, export them with --numbers, change
            cells and import the file: each changed row corrects its record.

            EXAMPLES:
              jiesuan registry export persons --server :8123 --out persons.csv
              jiesuan registry export enrolments --numbers --server :8123 --out to-correct.csv
              jiesuan registry export institutions --ledger ./ledger.db --out places.xlsx --xlsx --headings zh

            \(Exit.help)
            """)

    @Argument(help: "Which table.") var table: RegistryTable
    @Option(help: ArgumentHelp("The file to write; default: the standard output.", valueName: "FILE.csv"))
    var out = "-"
    @Flag(help: "Make --out a workbook (.xlsx).") var xlsx = false
    @Flag(help: "Write each row's record number into the column corrects.") var numbers = false
    @OptionGroup var tables: HeadingOptions
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func validate() throws {
        if xlsx, out == "-" { throw ValidationError("--xlsx needs a file: name it by --out FILE.xlsx.") }
        if table.isList {
            let list = table.rawValue.replacing("_", with: "-")
            throw ValidationError("\(table.rawValue) are a list of a region: jiesuan lists \(list) --region REGION")
        }
        guard RegistryTable.exported.contains(table) else {
            throw ValidationError("\(table.rawValue) are recorded as enrolments; export those.")
        }
        if numbers, !table.isOfPersons {
            throw ValidationError(
                "--numbers is of persons' records; rows of \(table.rawValue) are corrected by their code.")
        }
    }

    func run() throws {
        let sink = try TableSink(
            path: out, sheet: table.rawValue, table.columns.map(\.tableColumn), tables.headings, isWorkbook: xlsx)
        let progress = Progress("rows")
        var rows = 0
        try address.withClient { client in
            let client = RegistryClient(client)
            if table == .areas {
                try writeAreas(client, sink) {
                    rows += 1
                    progress.show(rows, share: nil)
                }
            } else if table == .institutions {
                try writeInstitutions(client, sink) {
                    rows += 1
                    progress.show(rows, share: nil)
                }
            } else {
                try writePersons(client, sink) {
                    rows += 1
                    progress.show(rows, share: nil)
                }
            }
        }
        try sink.finish()
        progress.finish(rows)
        if out != "-" { print("\(out): \(counted(rows, "row"))") }
    }

    /// Counties first: a township is entered after its county.
    private func writeAreas(_ client: RegistryClient, _ sink: TableSink, _ written: () -> Void) throws {
        var records: [AreaRecord] = []
        var hasMore = true
        var after: UInt32 = 0
        while hasMore {
            let part = try client.areas(after: after)
            records += part.records
            hasMore = part.hasMore && part.last > after
            after = part.last
        }
        let writer = RegistryFileWriter(table)
        for record in records.filter(\.parent.isEmpty) + records.filter({ !$0.parent.isEmpty }) {
            writer.append(record, to: &sink.bytes)
            try sink.flushIfFull()
            written()
        }
    }

    private func writeInstitutions(_ client: RegistryClient, _ sink: TableSink, _ written: () -> Void) throws {
        let writer = RegistryFileWriter(table)
        var after: UInt32 = 0
        while true {
            let part = try client.institutions(after: after)
            for record in part.records {
                let versions = try client.institution(code: record.code)
                for (index, version) in versions.enumerated() {
                    // Of several of one day the one recorded last holds.
                    if versions[(index + 1)...].contains(where: { $0.since == version.since }) { continue }
                    writer.append(version, to: &sink.bytes)
                    try sink.flushIfFull()
                    written()
                }
            }
            guard part.hasMore, part.last > after else { return }
            after = part.last
        }
    }

    private func writePersons(_ client: RegistryClient, _ sink: TableSink, _ written: () -> Void) throws {
        var after: UInt32 = 0
        while true {
            let part = try client.persons(after: after)
            for person in part.numbers {
                let entries = try client.person(person)
                let no = entries.map(\.entry).personNo
                for remote in entries where write(remote, of: person, no, sink) {
                    try sink.flushIfFull()
                    written()
                }
            }
            guard part.hasMore, part.last > after else { return }
            after = part.last
        }
    }

    private func write(_ remote: RemoteEntry, of person: UInt64, _ no: String, _ sink: TableSink) -> Bool {
        let writer = RegistryFileWriter(table, hasNumbers: numbers, code: remote.code)
        return writer.append(remote.numbered, of: person, no: no, to: &sink.bytes)
    }
}
