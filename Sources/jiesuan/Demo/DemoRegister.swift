import Accounts
import Client
import Policy
import Population
import Registry
import Settlement

/// Registers the persons and institutions of the worked examples, before they can be settled.
struct DemoRegister {
    /// The registered items, in words: "4 institutions".
    private(set) var recorded: [String] = []

    /// Code of the hospital of an example: its region and level.
    static func institution(of row: ClaimRow) -> String {
        "\(row.region)-\(row.claim.claim.institution.level.rawValue)"
    }

    /// The sources give ages, and no birthdays; 002 not even ages. Nothing that the examples show depends on the month.
    private static func birthMonth(of row: ClaimRow) -> Int32 {
        let ages: [String: Int32] = ["003-1": 62, "003-2": 32, "003-3": 38, "003-4": 76, "003-5": 36]
        return (row.claim.claim.serviceDate.year - (ages[row.id] ?? 60)) * 100 + 1
    }

    /// Registers all of them; repeating it changes nothing.
    init(_ client: Client, _ rows: [ClaimRow]) throws {
        let registry = RegistryClient(client)
        let codes = Set(rows.map(Self.institution(of:)))
        let institutions = codes.sorted().compactMap { code in rows.first { Self.institution(of: $0) == code } }
        try put(institutions.map(Self.institution), "institutions", registry)
        try put(
            rows.map {
                .person($0.person.number, PersonBasics(region: $0.region, birthMonth: Self.birthMonth(of: $0)))
            }, "persons", registry)
        try put(rows.map(Self.enrolment), "enrolments", registry)
        let identities = rows.flatMap { row in
            row.person.identities.map { identity in
                RegistryRequest.identity(
                    row.person.number, IdentityRecord(identity, department: .povertyAlleviation), corrects: 0)
            }
        }
        try put(identities, "identities", registry)
        try file(rows.filter { !$0.claim.disease.isEmpty }, FilingClient(client))
        try open(rows.filter { $0.person.accounts.contains { $0.balance > 0 } }, AccountClient(client))
    }

    private static func institution(_ row: ClaimRow) -> RegistryRequest {
        .institution(
            InstitutionRecord(
                code: institution(of: row), region: row.region, level: row.claim.claim.institution.level,
                treatsSpecialDiseases: true))
    }

    private static func enrolment(_ row: ClaimRow) -> RegistryRequest {
        let facts = row.person.facts
        let year = row.claim.claim.serviceDate.year
        return .enrol(
            row.person.number,
            EnrolmentRequest(
                Enrolment(
                    facts.insurance, membership: facts.membership, status: facts.status,
                    covered: DateRange(from: CalendarDate(year: year, month: 1, day: 1)))))
    }

    private mutating func put(_ requests: [RegistryRequest], _ what: String, _ client: RegistryClient) throws {
        let receipt = try client.put(requests)
        if let error = receipt.errors.first {
            throw Failure(.someRefused, "the register refuses \(error.field) \(error.value): \(error.message)")
        }
        recorded.append("\(requests.count) \(what)")
    }

    /// Special diseases on file (CQ-46), certified by the hospital that treats them.
    private mutating func file(_ rows: [ClaimRow], _ client: FilingClient) throws {
        for code in Set(rows.map(Self.institution(of:))).sorted() {
            _ = try client.designate(institution: code, certifier: true, servicePoint: false)
        }
        for row in rows {
            _ = try client.file(
                person: row.person.number, disease: row.claim.disease, from: row.claim.claim.serviceDate,
                institution: Self.institution(of: row))
        }
        recorded.append("\(rows.count) diseases on file")
    }

    /// Credits the accounts' opening balances.
    private mutating func open(_ rows: [ClaimRow], _ client: AccountClient) throws {
        for row in rows {
            let balance = row.person.accounts.map(\.balance).reduce(0, +)
            _ = try client.credit(
                "opening-\(row.id)", person: PersonName(row.person.number), kind: .openingBalance, amount: balance,
                reason: "as the source has it")
        }
        recorded.append("\(rows.count) opening balances")
    }
}
