import Policy
import Settlement

/// How far an area is with two-disease filings and outpatient contracts (SY-8); its persons are those surveyed there.
package struct ContractProgress: Equatable, Sendable {
    /// 乡镇.
    package var area: String
    package var surveyed = 0
    /// 应备案: the survey says that the person should be covered for two diseases.
    package var needed = 0
    /// Of these: on file by the deadline, after it, not at all.
    package var inTime = 0
    package var late = 0
    package var outstanding = 0
    /// With a contract that stands on the day of the table; the others should have one too (应签尽签).
    package var contracted = 0

    package static let header =
        "area,surveyed,two_disease_needed,filed_in_time,filed_late,not_filed,contracted,without_contract"

    fileprivate var cells: [String] {
        [area] + [surveyed, needed, inTime, late, outstanding, contracted, surveyed - contracted].map { "\($0)" }
    }

    package static func csv(_ table: [ContractProgress]) -> String {
        table.reduce(header + "\n") { $0 + csvRow($1.cells) }
    }
}

extension ContractRegisterRow {
    package static let header = "person,area,filing,disease,institution,since,until"

    /// As CSV; `code` names institutions.
    package static func csv(_ rows: [ContractRegisterRow], code: (UInt32) -> String) -> String {
        rows.reduce(header + "\n") { text, row in
            text + csvRow([
                "\(row.person)", row.area, row.disease.isEmpty ? "contract" : "two_disease", row.disease,
                code(row.institution), row.since.description, row.until == .none ? "" : row.until.description,
            ])
        }
    }
}

/// One line of the register: who has filed or signed, with which institution, since when (SY-8).
package struct ContractRegisterRow: Equatable, Sendable {
    package var person: UInt64
    package var area: String
    /// Code of the disease of a two-disease filing; empty: an outpatient contract.
    package var disease: String
    package var institution: UInt32
    package var since: CalendarDate
    package var until: CalendarDate
}

extension FilingRegister {
    /// Two-disease filings and contracts that stand on `day`, by person.
    package func contractRegister(
        on day: CalendarDate, belongs: (UInt64) -> Bool = { _ in true }
    ) -> [ContractRegisterRow] {
        var rows: [ContractRegisterRow] = []
        for person in persons.filter(belongs).sorted() {
            let area = surveys(of: person).last?.area ?? ""
            for known in qualifications.all(of: person) where known.isCurrent {
                let filing = known.qualification
                guard filing.way == .twoDisease, filing.inForce.contains(day) else { continue }
                rows.append(
                    ContractRegisterRow(
                        person: person, area: area, disease: filing.disease, institution: filing.institution,
                        since: filing.inForce.from, until: filing.inForce.until))
            }
            if let contract = contract(of: person, on: day) {
                rows.append(
                    ContractRegisterRow(
                        person: person, area: area, disease: "", institution: contract.institution,
                        since: contract.since, until: contract.until))
            }
        }
        return rows
    }

    /// The areas' progress on `day` against the pack's deadline, by area.
    package func contractProgress(
        on day: CalendarDate, _ pack: PolicyPack, belongs: (UInt64) -> Bool = { _ in true }
    ) -> [ContractProgress] {
        let deadline = rules(of: pack).twoDiseaseDeadline
        var areas: [String: ContractProgress] = [:]
        for person in cases.keys where belongs(person) {
            guard let entry = surveys(of: person).last, entry.surveyed <= day else { continue }
            var area = areas[entry.area] ?? ContractProgress(area: entry.area)
            area.surveyed += 1
            if contract(of: person, on: day) != nil { area.contracted += 1 }
            if entry.needsTwoDisease == .yes {
                area.needed += 1
                let filed = qualifications.all(of: person)
                    .filter { $0.isCurrent && $0.qualification.way == .twoDisease }
                    .map(\.qualification.inForce.from).filter { $0 <= day }.min()
                if let filed {
                    if deadline == .none || filed <= deadline { area.inTime += 1 } else { area.late += 1 }
                } else {
                    area.outstanding += 1
                }
            }
            areas[entry.area] = area
        }
        return areas.values.sorted { $0.area < $1.area }
    }

    /// The survey's problem ledger with exactly the columns of 002 附件2 (建档立卡贫困人口医保问题排查台账), by area and
    /// person. The column 姓名 holds the person's number: no names are kept (G-14).
    package func problemLedger(belongs: (UInt64) -> Bool = { _ in true }) -> String {
        func answer(_ answer: SurveyAnswer) -> String {
            switch answer {
            case .open: ""
            case .yes: "是"
            case .no: "否"
            }
        }
        let entries = cases.keys.filter(belongs).compactMap { person in surveys(of: person).last.map { (person, $0) } }
            .sorted { ($0.1.area, $0.0) < ($1.1.area, $1.0) }
        var text = csvRow(FilingRegister.problemColumns)
        for (index, (person, entry)) in entries.enumerated() {
            text += csvRow([
                "\(index + 1)", entry.area, "\(person)", answer(entry.knowsPolicy), answer(entry.needsTwoDisease),
                answer(entry.needsChronicOutpatient), answer(entry.isCovered), entry.solved, entry.unsolved,
            ])
        }
        return text
    }

    package static var problemColumns: [String] {
        [
            "序号", "乡镇", "姓名", "是否了解医保扶贫政策", "是否为高血压、糖尿病应纳入两病保障范围", "是否需要纳入门诊慢性病保障范围",
            "是否纳入门诊统筹或住院保障范围", "解决的问题", "需要解决的其他问题",
        ]
    }
}
