import Foundation
import Testing

/// Pages for who changes the program say what it is now.
@Suite struct `The pages on the inside` {
    /// The targets of the product: not those of the tests, the benchmarks and the system. By name, those that each uses.
    static func targets() throws -> [String: Set<String>] {
        let all = Manifest(try Repository.text("Package.swift")).targets.filter { $0.path.hasPrefix("Sources/") }
        let ours = try all.filter { try !Repository.files(below: $0.path, endings: [".swift", ".c"]).isEmpty }
        let names = Set(ours.map(\.name))
        return Dictionary(uniqueKeysWithValues: ours.map { ($0.name, names.intersection($0.dependencies)) })
    }

    /// What the page's picture has: by target, those that its arrows point to.
    static func arrows(_ page: String) throws -> [String: Set<String>] {
        let picture = try #require(page.firstMatch(of: /```mermaid\n((?:.|\n)*?)```/)?.1)
        var arrows: [String: Set<String>] = [:]
        for arrow in picture.matches(of: /(?m)^ *([\w-]+) --> ([\w-]+)$/) {
            arrows[String(arrow.1), default: []].insert(String(arrow.2))
        }
        return arrows
    }

    /// What is wrong with a picture and a table of targets.
    static func problems(_ page: String, _ targets: [String: Set<String>]) throws -> [String] {
        let arrows = try arrows(page)
        var problems: [String] = []
        for (from, ends) in arrows {
            for end in ends where targets[from]?.contains(end) != true {
                problems.append("the picture says that \(from) uses \(end), Package.swift does not")
            }
        }
        func reached(from name: String) -> Set<String> {
            var found: Set<String> = []
            var waiting = [name]
            while let next = waiting.popLast() {
                for end in arrows[next] ?? [] where found.insert(end).inserted { waiting.append(end) }
            }
            return found
        }
        for (name, used) in targets {
            for end in used.subtracting(reached(from: name)) {
                problems.append("\(name) uses \(end), and no way of arrows leads there")
            }
        }
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        for name in targets.keys
        where !rows.contains(where: { $0.split(separator: "|").first?.contains("`\(name)`") == true }) {
            problems.append("the table has no row for \(name)")
        }
        return problems.sorted()
    }

    @Test func `the architecture's picture and table are those of Package.swift`() throws {
        let targets = try Self.targets()
        #expect(targets.count >= 20)
        let page = try Repository.text("docs/internals/ARCHITECTURE.md")
        #expect(try Self.problems(page, targets) == [])
    }

    @Test func `an arrow or a row that is missing or wrong is found`() throws {
        let targets = try Self.targets()
        let page = try Repository.text("docs/internals/ARCHITECTURE.md")
        for (words, change) in [
            ("  Text --> Settlement\n", ""), ("  Text --> Settlement\n", "  Settlement --> Text\n"),
            ("| `Settlement` |", "| Settlement |"),
        ] {
            let changed = page.replacing(words, with: change)
            #expect(changed != page)
            #expect(try !Self.problems(changed, targets).isEmpty, "\(words)")
        }
    }

    @Test func `every kind of row is on the page of the format and known to its reader`() throws {
        let sources = try Repository.files(below: "Sources/Ledger", endings: [".swift"])
            .map { try String(contentsOf: $0, encoding: .utf8) }
        let source = try #require(sources.first { $0.contains("enum RowKind: UInt8") })
        let body = try #require(source.firstMatch(of: /enum RowKind: UInt8[^{]*\{((?:.|\n)*?)\n\}/)?.1)
        let kinds = body.matches(of: /case \w+ = (\d+)/).map { String($0.1) }
        #expect(kinds.count >= 11)
        let page = try Repository.text("docs/internals/ledger-format.md")
        let reader = try Repository.text("docs/internals/read_ledger.py")
        let table = try #require(page.firstMatch(of: /\| kind \| row \|.*\n((?:\|.*\n)+)/)?.1)
        let listed = table.matches(of: /(?m)^\| (\d+) \|/).map { String($0.1) }
        for kind in kinds {
            #expect(listed.contains(kind), "the page has no row for kind \(kind)")
            #expect(reader.contains(try Regex("\\b\(kind): \"")), "the reader does not know kind \(kind)")
        }
        #expect(Set(listed).isSubset(of: kinds), "the page has a kind that there is not")
    }

    @Test func `the page of the format has the tables as they are made`() throws {
        let page = try Repository.text("docs/internals/ledger-format.md")
        let sources = try Repository.files(below: "Sources", endings: ["StoreSchema.swift"])
        let schema = try String(contentsOf: try #require(sources.first), encoding: .utf8)
        let columns = schema.matches(of: /ADD COLUMN (\w+ \w+ NOT NULL DEFAULT [^"]+)"/).map { String($0.1) }
        #expect(columns.count >= 7)
        for column in columns { #expect(page.contains(column), "\(column)") }
        let migrations = schema.matches(of: /(?m)^        \[$/).count
        #expect(page.contains("the version of the schema (\(migrations))"), "\(migrations)")
    }
}
