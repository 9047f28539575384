import Policy
import Population
import Records
import Registry
import Settlement

/// Two-disease filings and outpatient contracts that stand on a day (两病备案、门诊统筹签约, SY-8): who, with which
/// institution, since when.
package enum ContractRegister {
    package static var columns: [TableColumn] {
        [.person] + TableColumn.area + [TableColumn("filing", "类别")] + TableColumn.disease + TableColumn.institution + [
            TableColumn("since", "开始日期", .date), TableColumn("until", "结束日期", .date),
        ]
    }

    /// By person.
    package static func make(_ scope: ListScope) -> ListTable {
        var table = scope.table(columns)
        for row in scope.registry.filings.contractRegister(on: scope.day, belongs: scope.holds) {
            let isContract = row.disease.isEmpty
            table.add(
                [.person(row.person)] + scope.areaCells(scope.area(of: row.person)) + [
                    isContract ? .word("contract", chinese: "门诊统筹签约") : .word("two_disease", chinese: "两病备案")
                ] + (isContract ? [.empty, .empty] : scope.diseaseCells(row.disease))
                    + scope.institutionCells(row.institution) + [.day(row.since), .day(row.until)])
        }
        return table
    }
}

/// How far each area is with two-disease filings and outpatient contracts (SY-8): the share is of all registered poor
/// of the area, surveyed or not.
package enum ContractProgress {
    package static var columns: [TableColumn] {
        TableColumn.area + [
            TableColumn("registered_poor", "贫困人口数", .number), TableColumn("surveyed", "已排查", .number),
            TableColumn("two_disease_needed", "两病应备案", .number), TableColumn("filed_in_time", "按期备案", .number),
            TableColumn("filed_late", "逾期备案", .number), TableColumn("not_filed", "应备案未备案", .number),
            TableColumn("filed_percent", "备案率(%)", .decimal), TableColumn("contracted", "已签约", .number),
            TableColumn("without_contract", "未签约", .number), TableColumn("contracted_percent", "签约率(%)", .decimal),
        ]
    }

    private struct Sum {
        var poor = 0, surveyed = 0, needed = 0, inTime = 0, late = 0, outstanding = 0, contracted = 0
    }

    /// On the scope's day against the pack's deadline, by area.
    package static func make(_ scope: ListScope) throws(DomainRefusal) -> ListTable {
        let filings = scope.registry.filings
        let deadline = try filings.twoDiseaseRules(scope.pack).twoDiseaseDeadline
        let sums = scope.summary(Sum(), scope.persons(with: .registeredPoor)) { person, sum in
            sum.poor += 1
            if filings.contract(of: person, on: scope.day) != nil { sum.contracted += 1 }
            let entry = filings.surveys(of: person).last { $0.surveyed <= scope.day }
            if entry != nil { sum.surveyed += 1 }
            if entry?.needsTwoDisease == .yes { sum.needed += 1 }
            if let filed = filings.twoDiseaseFiled(person, by: scope.day) {
                if deadline == .none || filed <= deadline { sum.inTime += 1 } else { sum.late += 1 }
            } else if entry?.needsTwoDisease == .yes {
                sum.outstanding += 1
            }
        }
        var table = scope.table(columns)
        for (area, sum) in sums {
            table.add(
                scope.areaCells(area) + [
                    .count(sum.poor), .count(sum.surveyed), .count(sum.needed), .count(sum.inTime), .count(sum.late),
                    .count(sum.outstanding), .share(sum.inTime + sum.late, of: sum.poor), .count(sum.contracted),
                    .count(sum.poor - sum.contracted), .share(sum.contracted, of: sum.poor),
                ])
        }
        return table
    }
}

/// The results report of a day (结果报送, SY-10): contracts signed, two diseases filed and in use, against all registered
/// poor of each area.
package struct PoorResults {
    private let scope: ListScope
    /// Persons with a settled two-disease claim by the day.
    private var inUse: Set<UInt64> = []

    package init(_ scope: ListScope) throws(DomainRefusal) {
        _ = try scope.registry.filings.twoDiseaseRules(scope.pack)
        self.scope = scope
    }

    /// The visits that are looked at.
    package var visits: VisitQuestion {
        VisitQuestion(DateRange(until: scope.day), region: scope.pack.region, kind: .twoDisease)
    }

    /// Counts a settled claim that stands.
    package mutating func add(_ visit: SettledVisit) {
        if visit.kind == .twoDisease, visit.serviceDate <= scope.day { inUse.insert(visit.person) }
    }

    package static var columns: [TableColumn] {
        TableColumn.area + [
            TableColumn("registered_poor", "贫困人口数", .number), TableColumn("contracted", "门诊统筹签约", .number),
            TableColumn("contracted_percent", "签约率(%)", .decimal), TableColumn("two_disease_filed", "两病备案", .number),
            TableColumn("filed_percent", "备案率(%)", .decimal), TableColumn("two_disease_in_use", "两病用药", .number),
            TableColumn("in_use_percent", "用药率(%)", .decimal),
        ]
    }

    private struct Sum {
        var poor = 0, contracted = 0, filed = 0, inUse = 0
    }

    package func table() -> ListTable {
        let filings = scope.registry.filings
        let sums = scope.summary(Sum(), scope.persons(with: .registeredPoor)) { person, sum in
            sum.poor += 1
            if filings.contract(of: person, on: scope.day) != nil { sum.contracted += 1 }
            guard filings.twoDiseaseFiled(person, by: scope.day) != nil else { return }
            sum.filed += 1
            if inUse.contains(person) { sum.inUse += 1 }
        }
        var table = scope.table(Self.columns)
        for (area, sum) in sums {
            table.add(
                scope.areaCells(area) + [
                    .count(sum.poor), .count(sum.contracted), .share(sum.contracted, of: sum.poor), .count(sum.filed),
                    .share(sum.filed, of: sum.poor), .count(sum.inUse), .share(sum.inUse, of: sum.poor),
                ])
        }
        return table
    }
}

extension FilingRegister {
    /// - Throws: NO_RULE where the pack has no two-disease filing.
    fileprivate func twoDiseaseRules(_ pack: PolicyPack) throws(DomainRefusal) -> FilingRules {
        let rules = rules(of: pack)
        if !rules.twoDiseases.isEmpty { return rules }
        throw DomainRefusal(
            .noRule, "region", pack.region, rule: "SY-8",
            "the pack has no two-disease filing and no contracts (filing.two_disease.diseases)")
    }

    /// The day from which a two-disease filing that stands on `day` holds; nil: none does.
    fileprivate func twoDiseaseFiled(_ person: UInt64, by day: CalendarDate) -> CalendarDate? {
        qualifications(of: person).filter {
            $0.isCurrent && $0.qualification.way == .twoDisease && $0.qualification.inForce.contains(day)
        }.map(\.qualification.inForce.from).min()
    }
}
