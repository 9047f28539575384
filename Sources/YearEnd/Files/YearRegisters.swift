import Lists
import Policy
import Population
import Records
import Registry
import Settlement

/// The registers that a spreadsheet opens (YE-6): 000's annexes 2 and 3, 002's annex 2, with Chinese headings.
struct YearRegisters {
    private let registry: Registry
    private let options: YearOptions
    private let folder: RunFolder

    init(_ registry: Registry, _ options: YearOptions, _ folder: RunFolder) {
        self.registry = registry
        self.options = options
        self.folder = folder
    }

    func write(_ result: inout YearResult) throws {
        let newYearsEve = CalendarDate(year: options.year, month: 12, day: 31)
        for pack in registry.library.packs {
            // The annexes belong to the documents that ask for them.
            if pack.documents["000"] != nil, let days = options.campaign {
                let campaign = ChronicPatients.Campaign(from: CalendarDate(days.from), until: CalendarDate(days.until))
                let patients = try patients(pack, campaign)
                let (detail, summary) = (named(patients.table(), pack), patients.summary())
                try write(detail, "chronic-\(pack.region).csv", &result)
                try write(summary, "chronic-summary-\(pack.region).csv", &result)
                result.registers.chronicPersons += patients.personCount
                result.registers.chronicInstitutions += patients.institutionCount
            }
            if pack.documents["002"] != nil {
                let problems = named(
                    ProblemLedger.make(ListScope(whole: registry, pack, on: newYearsEve, language: .chinese)), pack)
                try write(problems, "problems-\(pack.region).csv", &result)
                result.registers.problemRows += problems.rowCount
            }
        }
    }

    /// The list as `jiesuan lists` has it, with the platform's numbers of its persons.
    private func named(_ table: ListTable, _ pack: PolicyPack) -> ListTable {
        table.withPersonNos(registry.people, region: pack.region)
    }

    private func patients(
        _ pack: PolicyPack, _ campaign: ChronicPatients.Campaign
    ) throws(RunProblem) -> ChronicPatients {
        let scope = ListScope(whole: registry, pack, on: campaign.until, language: .chinese)
        do throws(DomainRefusal) { return try ChronicPatients(scope, campaign) } catch {
            throw RunProblem("--campaign: \(error.line)")
        }
    }

    private func write(_ table: ListTable, _ name: String, _ result: inout YearResult) throws {
        var bytes: [UInt8] = []
        CSVText.begin(table.columns, table.language, to: &bytes)
        try FileBytes.write(folder.file(name), bytes + table.body)
        result.files.append(FileResult(name: name, rows: table.rowCount, columns: table.columns))
    }
}
