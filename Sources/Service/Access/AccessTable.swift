/// Who may call what: the one table of methods, roles and reach.
///
/// A method that has no row is refused to every caller, and a test fails: a new method needs a row.
package enum AccessTable {
    package static let rows: [AccessRow] =
        calculation + settlements + registers + filings + accounts + clearing + yearEnd
        + maintenance

    /// The row of a method, by its service's full or short name.
    package static func row(service: String, method: String) -> AccessRow? {
        let short = service.split(separator: ".").last.map(String.init) ?? service
        return byPath["\(short)/\(method)"]
    }

    private static let byPath = Dictionary(uniqueKeysWithValues: rows.map { ($0.path, $0) })

    /// Calculations and policies keep nothing and tell nothing of anybody.
    private static let calculation: [AccessRow] = [
        .open("CalculationService/Calculate"),
        .open("CalculationService/CalculateBatch"),
        .open("PolicyService/List"),
        .open("PolicyService/Show"),
        .open("PolicyService/Explain"),
    ]

    private static let settlements: [AccessRow] = [
        .read("SettlementService/Quote", claim),
        .write("SettlementService/Settle", claim),
        .write(
            "SettlementService/SettleBatch", counted: "person",
            [.institution: .ownRows, .pharmacy: .ownRows, .loadTester: .all]),
        .write("SettlementService/Reverse", settlement),
        .read("SettlementService/Get", settlement),
        .read("SettlementService/ExplainSettlement", settlement),
        .read("SettlementService/ListYear", [.office: .person(), .loadTester: .all]),
        .read("SettlementService/Compare", [.institution: .onePerson(without: []), .office: .person(within: "stay")]),
        .read("SettlementService/ReconcileTotals", ofInstitution),
        .read("SettlementService/ReconcileDetails", ofInstitution),
    ]

    private static let claim: [Role: Grant] = [
        .institution: .ownClaim, .pharmacy: .ownClaim, .office: .manualClaim, .loadTester: .all,
    ]
    private static let settlement: [Role: Grant] = [
        .institution: .ownSettlement(without: ["round"]), .pharmacy: .ownSettlement(without: ["round"]),
        .office: .personsSettlement, .loadTester: .all,
    ]
    private static let ofInstitution: [Role: Grant] = [
        .institution: .ownInstitution("institution"), .pharmacy: .ownInstitution("institution"),
        .office: .areaInstitution("institution"),
    ]
}
