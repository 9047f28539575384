/// Registers and filings.
extension AccessTable {
    static let registers: [AccessRow] =
        [
            // G-17: an operator's table with names.
            .write("RegistryService/PutArea", [.operator: .all]),
            .open("RegistryService/ListAreas"),
            .write(
                "RegistryService/PutInstitution", [.office: .institutionRecord("institution"), .loadTester: .all]),
            .open("RegistryService/GetInstitution"),
            .open("RegistryService/ListInstitutions"),
            .write("RegistryService/RegisterPerson", [.office: .registration, .loadTester: .all]),
            .read(
                "RegistryService/GetPerson",
                onePerson(without: ["history", "known_on"]).merging([.loadTester: .all]) { own, _ in own }),
            .read("RegistryService/ListPersons", [:]),
            .write(
                "RegistryService/PutReferral", [.institution: .ownNew("referral.from"), .office: .person()]),
            .write(
                "RegistryService/PutChronicReport", [.institution: .ownInstitution("institution"), .office: .person()]),
            .write("RegistryService/ImportBatch", counted: "items", [.office: .items, .loadTester: .all]),
            .write("RegistryService/PutFamily", [.office: .persons(and: "member.other")]),
            .read("RegistryService/GetYear", onePerson().merging([.loadTester: .all]) { own, _ in own }),
        ]
        + [
            "Enrol", "ChangeEnrolment", "EndEnrolment", "BuySupplementary", "PutIdentity", "PutSpecialRegistration",
            "PutFeedback", "EndPerson", "WithdrawRecord",
        ].map { .write("RegistryService/\($0)", [.office: .person()]) }

    static let filings: [AccessRow] =
        [
            .read("FilingService/Show", onePerson(without: ["known_at"])),
            .write("FilingService/Designate", [.office: .areaInstitution("institution")]),
            // AH-1: the service point receives, checks first and passes on; AH-2: it does not appraise.
            .write(
                "FilingService/Receive", [.institution: .ownInstitution("service_point"), .office: .person()]),
            .write("FilingService/Check", [.institution: .ownApplication, .office: .person()]),
            .write("FilingService/PassOn", [.institution: .ownApplication, .office: .person()]),
            .write("FilingService/Sign", [.institution: .ownInstitution("institution"), .office: .person()]),
            .write("FilingService/RegisterExpert", [.office: .wholeRegion("region")]),
            .write("FilingService/HandOverSubsidies", [.office: .wholeRegion("region")]),
            .read("FilingService/ListApplications", [.office: .wholeRegion("region")]),
            .write("FilingService/Screen", [.office: .wholeRegion("region")]),
            .read("FilingService/ListSuspects", [.office: .wholeRegion("region")]),
            .read("FilingService/ListPersons", [.office: .wholeRegion("region")]),
            .read("FilingService/ListExperts", [.office: .all]),
            .open("FilingService/ListDesignations"),
            .read("FilingService/Table", [.office: .regionAndArea("region", "area")]),
        ]
        + [
            "File", "Correct", "Appraise", "Deliver", "ReportSuspect", "IssueCard", "CloseSuspect", "CorrectContract",
            "Survey", "Recognise",
        ].map { .write("FilingService/\($0)", [.office: .person()]) }

    static func onePerson(without fields: [String] = []) -> [Role: Grant] {
        [
            .institution: .onePerson(without: fields), .pharmacy: .onePerson(without: fields), .office: .person(),
        ]
    }
}
