import Foundation
import Ledger
import Policy
import Population
import Records
import Registry
import RegistryFiles
import Settlement
import Text

/// The register as tables of an export: all records ever made, each with the one that superseded it.
struct RegisterExport {
    /// Columns behind those of the register's files.
    private static let recordColumns = ["entry", "recorded_on", "supersedes", "superseded_by"]
    private static let amounts: Set = ["contribution_base", "premium_due", "premium_subsidised", "premium"]

    private static let departure = ExportTable("departures", ["person", "reason", "date"] + recordColumns)
    private static let qualification = ExportTable(
        "qualifications", ["person", "disease", "from", "until", "institution", "way", "withdrawn"] + recordColumns)
    private static let application = ExportTable(
        "applications",
        [
            "person", "number", "disease", "papers", "service_point", "step", "received", "checked", "passed_on",
            "decided", "green_channel", "reason", "card",
        ])
    private static let card = ExportTable(
        "cards", ["person", "card", "disease", "since", "until", "medium", "way", "withdrawn"])

    static let tables: [ExportTable] =
        RegistryTable.exported.filter { $0 != .departures }.map { ExportTable($0.rawValue, columns($0)) }
        + [departure, qualification, application, card]

    private static func columns(_ table: RegistryTable) -> [String] {
        let own = table.columns.filter { isExported($0, of: table) }.map(\.name)
        return table == .areas || table == .institutions ? own + ["recorded_on"] : own + recordColumns
    }

    /// The columns of a table without `corrects`, since the record has `supersedes`, and with the platform's number
    /// only in the table of persons.
    private static func isExported(_ column: RegistryColumn, of table: RegistryTable) -> Bool {
        guard table.isOfPersons else { return true }
        let isOfNames = table.columns.drop { $0.name != RegistryColumn.corrects.name }.contains(column)
        return !isOfNames || table == .persons && column.name == RegistryColumn.personNo.name
    }

    private let registry: Registry
    private let sink: any ExportSink
    /// `kept` and `amounts` are indexes of columns in a row of a file.
    private let personTables: [(table: ExportTable, writer: RegistryFileWriter, kept: Set<Int>, amounts: Set<Int>)]

    init(_ registry: Registry, _ sink: any ExportSink) {
        self.registry = registry
        self.sink = sink
        personTables = RegistryTable.exported.filter { $0.isOfPersons && $0 != .departures }.map { table in
            let columns = table.columns
            let kept = columns.indices.filter { Self.isExported(columns[$0], of: table) }
            let amounts = columns.indices.filter { Self.amounts.contains(columns[$0].name) }
            return (
                ExportTable(table.rawValue, Self.columns(table)),
                RegistryFileWriter(table) { registry.institutions[$0]?.code ?? "" }, Set(kept), Set(amounts)
            )
        }
    }

    func run() throws {
        try writeAreas()
        try writeInstitutions()
        for person in registry.people.numbers {
            for entry in registry.people.history(of: person) { try write(entry, of: person) }
            try writeFilings(of: person)
        }
    }

    private func writeAreas() throws {
        let writer = RegistryFileWriter(.areas)
        let table = ExportTable(RegistryTable.areas.rawValue, Self.columns(.areas))
        for area in registry.areas.records() {
            for version in registry.areas.history(area.code) {
                try sink.add((writer.values(version.record) + [day(version.recorded)]).map(text), to: table)
            }
        }
    }

    private func writeInstitutions() throws {
        let writer = RegistryFileWriter(.institutions)
        let table = ExportTable(RegistryTable.institutions.rawValue, Self.columns(.institutions))
        for index in 0..<registry.institutions.count {
            for version in registry.institutions.history(UInt32(index + 1)) {
                try sink.add((writer.values(version.record) + [day(version.recorded)]).map(text), to: table)
            }
        }
    }

    private func write(_ entry: PersonEntry, of person: UInt64) throws {
        let record: [ExportValue] = [
            .number(UInt64(entry.number)), .text(day(entry.recorded)), number(entry.supersedes),
            number(entry.supersededBy),
        ]
        if case .departure(let departure) = entry.fact {
            let values: [ExportValue] = [.number(person), word(departure.reason), date(departure.date)]
            return try sink.add(values + record, to: Self.departure)
        }
        for (table, writer, kept, amounts) in personTables {
            guard let values = writer.values(entry, of: person) else { continue }
            let typed = values.indices.filter(kept.contains).map { column -> ExportValue in
                if column == 0 { return .number(person) }
                if amounts.contains(column), let fen = try? YuanText.fen(values[column]) { return .money(fen) }
                return text(values[column])
            }
            return try sink.add(typed + record, to: table)
        }
    }

    private func writeFilings(of person: UInt64) throws {
        let filings = registry.filings
        for known in filings.qualifications(of: person) {
            let filing = known.qualification
            let values: [ExportValue] = [
                .number(person), .text(filing.disease), date(filing.inForce.from), date(filing.inForce.until),
                .text(code(filing.institution)), word(filing.way), .number(filing.isWithdrawn ? 1 : 0),
                .number(UInt64(filing.number)), .text(day(known.recorded)), number(UInt16(clamping: filing.corrects)),
                number(UInt16(clamping: known.supersededBy)),
            ]
            try sink.add(values, to: Self.qualification)
        }
        for filed in filings.applications(of: person) {
            let values: [ExportValue] = [
                .number(person), .number(UInt64(filed.number)), .text(filed.disease),
                .text(filed.papers.joined(separator: " ")), .text(code(filed.servicePoint)), word(filed.step),
                date(filed.received), date(filed.checked), date(filed.passedOn), date(filed.decided),
                .number(filed.isGreenChannel ? 1 : 0), .text(filed.reason),
                filed.card == 0 ? .none : .number(filed.card),
            ]
            try sink.add(values, to: Self.application)
        }
        for listed in filings.cards(of: person) {
            let values: [ExportValue] = [
                .number(person), .number(listed.card.number), .text(listed.card.disease), date(listed.card.since),
                date(listed.until), word(listed.card.medium), word(listed.card.way),
                .number(listed.isWithdrawn ? 1 : 0),
            ]
            try sink.add(values, to: Self.card)
        }
    }

    // MARK: Values

    private func text(_ text: String) -> ExportValue { text.isEmpty ? .none : .text(text) }

    /// A number as a value; 0: none.
    private func number(_ number: UInt16) -> ExportValue { number == 0 ? .none : .number(UInt64(number)) }

    private func date(_ date: CalendarDate) -> ExportValue { date.number == 0 ? .none : .text(date.description) }

    private func day(_ moment: Moment) -> String { moment.date.description }

    private func code(_ institution: UInt32) -> String { registry.institutions[institution]?.code ?? "" }

    private func word(_ value: some Any) -> ExportValue { .text("\(value)".snakeCased) }
}
