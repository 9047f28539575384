/// Accounts, what is owed, and the year's end.
extension AccessTable {
    static let accounts: [AccessRow] =
        [
            .write(
                "AccountService/Use",
                [
                    .institution: .ownUse, .pharmacy: .ownUse, .office: .person(), .loadTester: .all,
                ]),
            .write("AccountService/RunCredits", [.office: .wholeRegion("region")]),
            .read("AccountService/Balance", onePerson().merging([.loadTester: .all]) { own, _ in own }),
            .read("AccountService/Statement", [.office: .person()]),
            .write("AccountService/Credit", [.office: .person(), .loadTester: .all]),
        ]
        + ["Transfer", "Inherit", "Deregister"].map { .write("AccountService/\($0)", [.office: .person()]) }

    static let clearing: [AccessRow] = [
        .read(
            "ClearingService/GetMonth",
            [
                .institution: .ownInstitution("institution"), .pharmacy: .ownInstitution("institution"),
                .office: .regionAndArea("region", "area"),
            ]),
        .read("ClearingService/ListOwed", [.office: .regionAndArea("region", "area")]),
        .write("ClearingService/Pay", [.office: .regionAndArea("region", "area")]),
        // A batch says nothing of its region.
        .read("ClearingService/ListBatches", [:]),
    ]

    /// Setting it is no write: else nobody could end it.
    static let maintenance: [AccessRow] = [
        .read("StatusService/GetStatus", [.operator: .all]),
        .read("StatusService/SetLog", [.operator: .all]).removing(.auditor),
        .read("MaintenanceService/Get", [.operator: .all]),
        .read("MaintenanceService/Set", [.operator: .all]).removing(.auditor),
    ]

    static let yearEnd: [AccessRow] =
        ["Start", "Stop", "Resume"].map { .write("YearEndService/\($0)", [.operator: .all]) }
        + ["GetProgress", "GetResult", "ListRuns", "ListFiles", "ReadFile"].map {
            .read("YearEndService/\($0)", [.operator: .all])
        }
}
