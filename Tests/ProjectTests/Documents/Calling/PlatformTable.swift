/// A table of the page of the platform's fields: cells without the blanks around them.
struct PlatformTable {
    var header: [String]
    var rows: [[String]] = []

    static func read(_ page: String) -> [PlatformTable] {
        var tables: [PlatformTable] = []
        var isInTable = false
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                isInTable = false
                continue
            }
            let cells = line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map { cell in
                String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            if !isInTable {
                tables.append(PlatformTable(header: cells))
                isInTable = true
            } else if !cells.allSatisfy({ $0.allSatisfy { $0 == "-" } && !$0.isEmpty }) {
                tables[tables.count - 1].rows.append(cells)
            }
        }
        return tables
    }

    /// What stands in code spans of `text`.
    static func spans(_ text: String) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    func spans(column: Int) -> [String] { rows.flatMap { $0.indices.contains(column) ? Self.spans($0[column]) : [] } }

    /// Names in the columns that say what is ours.
    var ours: [String] {
        header.indices.filter { index in
            ["ours", "call", "in `Outcome`", "in `layers[]`"].contains { header[index].hasPrefix($0) }
        }.flatMap { spans(column: $0) }
    }
}

/// Names of our own that Proto has.
struct OurNames {
    private let fields: Set<Substring>
    private let values: Set<Substring>
    private let messages: Set<Substring>
    private var calls: Set<String> = []

    init(_ protos: String) {
        fields = Set(protos.matches(of: /(?m)^\s*(?:repeated |optional )?[\w.]+ (\w+) = \d+/).map(\.1))
        values = Set(protos.matches(of: /(?m)^\s*([A-Z][A-Z0-9_]+) = \d+/).map(\.1))
        messages = Set(protos.matches(of: /(?m)^message (\w+)\s/).map(\.1))
        var service = Substring()
        for line in protos.split(separator: "\n") {
            if let found = line.firstMatch(of: /^service (\w+)/) { service = found.1 }
            if let found = line.firstMatch(of: /^\s+rpc (\w+)\(/) { calls.insert("\(service)/\(found.1)") }
        }
    }

    /// Whether Proto has the name: a field or a path of fields, a call, a value of an enum, a message. What is no name
    /// of ours, such as a number or a command, is taken as it is.
    func has(_ name: String) -> Bool {
        if name.contains(/^\w+\/\w+$/) { return calls.contains(name) }
        if name.contains(/^[A-Z][A-Z0-9_]+$/) { return values.contains(name[...]) }
        if name.contains(/^[A-Z]\w+$/) {
            return messages.contains(name[...]) || name == "RpcMeta" || calls.contains { $0.hasSuffix("/" + name) }
        }
        guard name.contains(/^[a-z][a-z_]*(?:\[\])?(?:\.[a-z][a-z_]*(?:\[\])?)*$/) else { return true }
        return name.replacing("[]", with: "").split(separator: ".").allSatisfy { fields.contains($0) }
    }
}
