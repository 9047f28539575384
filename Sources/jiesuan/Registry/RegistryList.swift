import ArgumentParser
import Client
import Policy
import Population
import Registry
import RegistryFiles
import Settlement
import Text

struct RegistryList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List a table of the register: what stands now.",
        discussion: """
            The columns are those of the files, without those in which nothing stands; of persons' records the number
            stands before them, by which they are corrected. For everything at once there is `registry export`.

            EXAMPLES:
              jiesuan registry list institutions --region chongqing --server :8123
              jiesuan registry list identities --limit 20 --server :8123
              jiesuan registry list enrolments --person 101 --json --server :8123

            \(Exit.help)
            """)

    @Argument(help: "Which table.") var table: RegistryTable
    @Option(help: "Only this person's records: a number, or no:PSN_NO.") var person: PersonArgument?
    @Option(help: "Only of this region: institutions registered under it, persons who belong to it now.")
    var region: String?
    @Option(help: "At most so many rows.") var limit = 1_000
    @Flag(help: "As JSON, days as they are written in files.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func validate() throws {
        guard RegistryTable.exported.contains(table) else {
            throw ValidationError("\(table.rawValue) are recorded as enrolments; list those.")
        }
        guard limit > 0 else { throw ValidationError("--limit is 1 or more.") }
        if !table.isOfPersons, person != nil { throw ValidationError("--person is of persons' records.") }
    }

    func run() throws {
        var list = RegistryRows(table, limit: limit)
        try address.withClient { client in
            let client = RegistryClient(client)
            if table == .areas {
                try list.addAreas(client, region: region ?? "")
            } else if table == .institutions {
                try list.addInstitutions(client, region: region ?? "")
            } else if let person {
                let number = try client.number(person.name)
                list.add(try client.person(number), of: number, region: region)
            } else {
                try list.addPersons(client, region: region)
            }
        }
        print(json ? list.json : list.lines.joined(separator: "\n"))
        if list.hasMore { Terminal.complain("there are more rows; --limit says how many are listed", prefix: "") }
    }
}

/// Rows of a table of the register, up to a limit.
private struct RegistryRows {
    let table: RegistryTable
    let limit: Int
    private var rows: [(number: UInt16, cells: [String])] = []
    private(set) var hasMore = false

    init(_ table: RegistryTable, limit: Int) {
        self.table = table
        self.limit = limit
    }

    private var isFull: Bool { rows.count >= limit }

    private mutating func append(_ number: UInt16, _ cells: [String]) {
        if isFull { hasMore = true } else { rows.append((number, cells)) }
    }

    mutating func addInstitutions(_ client: RegistryClient, region: String) throws(ClientError) {
        let writer = RegistryFileWriter(table)
        var after: UInt32 = 0
        while !hasMore {
            let part = try client.institutions(after: after, region: region)
            for record in part.records { append(0, writer.values(record)) }
            guard part.hasMore, part.last > after else { return }
            after = part.last
        }
    }

    mutating func addAreas(_ client: RegistryClient, region: String) throws(ClientError) {
        let writer = RegistryFileWriter(table)
        var after: UInt32 = 0
        while !hasMore {
            let part = try client.areas(after: after)
            for record in part.records where region.isEmpty || record.region == region {
                append(0, writer.values(record))
            }
            guard part.hasMore, part.last > after else { return }
            after = part.last
        }
    }

    mutating func addPersons(_ client: RegistryClient, region: String?) throws(ClientError) {
        var after: UInt32 = 0
        while !hasMore {
            // A page is no longer than the list: each person needs a request of its own.
            let part = try client.persons(after: after, limit: UInt32(clamping: min(limit, 10_000)))
            for person in part.numbers where !hasMore {
                add(try client.person(person), of: person, region: region)
            }
            guard part.hasMore, part.last > after else { return }
            after = part.last
        }
    }

    mutating func add(_ entries: [RemoteEntry], of person: UInt64, region: String?) {
        if let region {
            let last = entries.reversed().lazy.compactMap { remote -> String? in
                guard case .basics(let basics) = remote.entry.fact else { return nil }
                return basics.region
            }.first
            guard last == region else { return }
        }
        let no = entries.map(\.entry).personNo
        for remote in entries {
            let writer = RegistryFileWriter(table, code: remote.code)
            if let cells = writer.values(remote.numbered, of: person, no: no) {
                append(remote.entry.number, zip(table.columns, cells).filter { $0.0.name != "corrects" }.map(\.1))
            }
        }
    }

    /// The columns without `corrects`, which records in force do not have.
    private var columns: [RegistryColumn] { table.columns.filter { $0.name != "corrects" } }

    /// Leaves out columns that are empty in all rows.
    var lines: [String] {
        let hasNumbers = table.isOfPersons
        let columns = columns
        let told = columns.indices.filter { column in
            columns[column].isRequired || column == 0 || rows.contains { !$0.cells[column].isEmpty }
        }
        var text = TextTable(Array(repeating: .left, count: told.count + (hasNumbers ? 1 : 0)))
        text.add((hasNumbers ? ["no"] : []) + told.map { "\(columns[$0].chinese) \(columns[$0].name)" })
        text.addRule()
        for row in rows { text.add((hasNumbers ? ["\(row.number)"] : []) + told.map { row.cells[$0] }) }
        return text.lines()
    }

    var json: String {
        var json = JSONText(indents: false)
        json.array { json in
            for row in rows {
                json.object { json in
                    if table.isOfPersons { json.field("number", row.number) }
                    for (column, cell) in zip(columns, row.cells) { json.field(column.name, cell) }
                }
            }
        }
        return json.text
    }
}

struct RegistryShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an institution with every change of it, the oldest first.",
        discussion: """
            EXAMPLES:
              jiesuan registry show H50010100001 --server :8123

            \(Exit.help)
            """)

    @Argument(help: "Code of the institution.") var code: String
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let versions = try address.withClient { client in try RegistryClient(client).institution(code: code) }
        print(json ? InstitutionText.json(versions) : InstitutionText.lines(versions).joined(separator: "\n"))
    }
}

/// Institutions as text and as JSON.
enum InstitutionText {
    /// A block for each version, with its values by column.
    static func lines(_ versions: [InstitutionRecord]) -> [String] {
        let writer = RegistryFileWriter(.institutions)
        var lines: [String] = []
        for (index, version) in versions.enumerated() {
            if index > 0 { lines.append("") }
            var table = TextTable([.left, .left])
            for (column, cell) in zip(RegistryTable.institutions.columns, writer.values(version))
            where !cell.isEmpty && cell != "0" || column.name == "networked" {
                table.add(["\(column.chinese) \(column.name)", cell])
            }
            let isCorrected = versions[(index + 1)...].contains { $0.since == version.since }
            if isCorrected { table.add(["状态 standing", "已更正 corrected"]) }
            lines += table.lines()
        }
        return lines
    }

    static func json(_ versions: [InstitutionRecord]) -> String {
        let writer = RegistryFileWriter(.institutions)
        var json = JSONText(indents: false)
        json.array { json in
            for version in versions {
                json.object { json in
                    for (column, cell) in zip(RegistryTable.institutions.columns, writer.values(version)) {
                        json.field(column.name, cell)
                    }
                }
            }
        }
        return json.text
    }

    static func json(_ receipt: RegistryReceipt, _ code: String) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.field("code", code)
            json.field("number", receipt.number)
            json.field("unchanged", receipt.isUnchanged)
        }
        return json.text
    }
}
