import Foundation
import Text

/// A row of the tables in docs/calling/errors.md: what a caller who sees the code may rely on.
struct ErrorTableRow: Equatable {
    var code: Int
    var name: String
    var means: String
    /// Who acts, as the page's own table names them.
    var actors: [String]
    /// Whether to send again, as the page's own table names it.
    var again: String

    /// Rows with a number of four digits in the first of five cells, in the order of the page.
    static func all(in page: String) -> [ErrorTableRow] {
        page.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 7, let code = Int(cells[1]), (1_000...9_999).contains(code) else { return nil }
            return ErrorTableRow(
                code: code, name: cells[2].trimmingCharacters(in: ["`"]), means: cells[3],
                actors: cells[4].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) },
                again: cells[5])
        }
    }
}

/// What docs/calling/errors.md has to say of every code that a caller may see.
struct ErrorTable {
    /// Who acts, and whether to send again: the words that the page defines.
    static let actors = Set(ErrorActor.allCases.map(\.words.english))
    static let again = Set(ErrorRepetition.allCases.map(\.words.english))

    var rows: [ErrorTableRow]

    /// Every fault of the page against the codes that there are, by number; a line each.
    func faults(_ codes: [Int: String]) -> [String] {
        var faults: [String] = []
        for (code, name) in codes.sorted(by: { $0.key < $1.key }) where !rows.contains(where: { $0.code == code }) {
            faults.append("\(code) \(name) has no row")
        }
        for (place, row) in rows.enumerated() {
            if codes[row.code] == nil { faults.append("there is no code \(row.code)") }
            if let name = codes[row.code], name != row.name { faults.append("\(row.code) is \(name), not \(row.name)") }
            if place > 0, rows[place - 1].code >= row.code { faults.append("\(row.code) is not in the order of numbers") }
            if row.means.isEmpty { faults.append("\(row.code) has no meaning") }
            if row.actors.isEmpty || !Self.actors.isSuperset(of: row.actors) {
                faults.append("\(row.code): nobody is called \(row.actors.joined(separator: ", "))")
            }
            if !Self.again.contains(row.again) { faults.append("\(row.code): sending again is not \"\(row.again)\"") }
        }
        return faults
    }

    /// Numbers and names of Proto/'s domain errors and of the transport's errors.
    static func codes() throws -> [Int: String] {
        let proto = try Repository.text("Proto/jiesuan/v1/error.proto")
        var codes: [Int: String] = [:]
        for match in proto.matches(of: /(?m)^  ([A-Z_]+) = ([1-9]\d+);/) { codes[Int(match.2)!] = String(match.1) }
        let files = try Repository.files(below: "Sources/RPC", endings: ["CallStatus.swift"])
        let status = try String(contentsOf: files[0], encoding: .utf8)
        let names = status.matches(of: /case \.(\w+): "(E[A-Z]+)"/).map { (String($0.1), String($0.2)) }
        for match in status.matches(of: /case (\w+) = (\d{4})/) {
            codes[Int(match.2)!] = names.first { $0.0 == match.1 }?.1
        }
        return codes
    }
}
