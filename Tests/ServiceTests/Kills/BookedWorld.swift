import Client
import Foundation
import Population
import Registry
import Settlement

/// Persons whom a second round and recognitions pay: the poor of Shenyang with a visit each, the ill of Yantai with two
/// stays each.
enum BookedWorld {
    static let year: Int32 = 2020
    static let yearOfRecognition: Int32 = 2024
    /// In fen; less than what round one leaves unpaid, and no multiple of the number of visits.
    static let surplus: Fen = 543_211
    /// What a recognition pays for the two stays: burdens of 3,000 and 16,400, 60 % of what is above 10,000.
    static let recognised: Fen = 5_640_00

    static let poor = (0..<40).map { UInt64(301 + $0) }
    static let ill = (0..<60).map { UInt64(601 + $0) }
    /// Of every fourth visit the second-round entry is taken back, and of every third person the recognition.
    static let visits = poor.map { "visit-\($0)" }
    static func isTakenBack(visit: Int) -> Bool { visit % 4 == 0 }
    static func isTakenBack(ill: Int) -> Bool { ill % 3 == 0 }

    /// A ledger with all of them and what was settled for them.
    static func ledger() throws -> KeptLedger {
        try KeptLedger(requests) { server in
            for reply in try server.connect().settle(claims) where reply.code != 0 {
                throw ServerProcess.Failure("not settled: \(reply.code) \(reply.text)")
            }
        }
    }

    /// A run of the year's end that pays the second round.
    static func order() -> YearEndOrder {
        var order = YearEndOrder(name: "year-2020", year: year)
        order.surplus = [("shenyang", surplus)]
        return order
    }

    private static var requests: [RegistryRequest] {
        var requests: [RegistryRequest] = [("S2", "shenyang"), ("Y2", "yantai")].map { place in
            .institution(InstitutionRecord(code: place.0, region: place.1, level: .two))
        }
        let covered = DateRange(from: CalendarDate(2019_01_01))
        let identity = IdentityRecord(
            DatedIdentity(.registeredPoor, given: CalendarDate(2019_06_01)), department: .povertyAlleviation)
        for (person, region) in poor.map({ ($0, "shenyang") }) + ill.map({ ($0, "yantai") }) {
            requests.append(.person(person, PersonBasics(region: region, birthMonth: 1960_05)))
            requests.append(.enrol(person, EnrolmentRequest(Enrolment(.resident, covered: covered))))
        }
        for person in poor { requests.append(.identity(person, identity, corrects: 0)) }
        return requests
    }

    private static var claims: [SettlementRequest] {
        zip(visits, poor).map { id, person in
            claim(id, person, .outpatient, on: 2020_03_01, at: "S2", yuan: 680 + Fen(person % 7), isDrug: true)
        }
            + ill.map { claim("a-\($0)", $0, .inpatient, on: 2023_11_10, at: "Y2", yuan: 5_000, basic: 2_000) }
            + ill.map { claim("b-\($0)", $0, .inpatient, on: 2024_03_10, at: "Y2", yuan: 30_000, basic: 10_000) }
    }

    private static func claim(
        _ id: String, _ person: UInt64, _ kind: ClaimKind, on date: Int32, at place: String, yuan: Fen,
        isDrug: Bool = false, basic: Fen = 0
    ) -> SettlementRequest {
        let cost = CostSplit(total: yuan * 100, inPolicy: yuan * 100, inPolicyDrug: isDrug ? yuan * 100 : 0)
        let claim = Claim(kind: kind, serviceDate: CalendarDate(date), cost: cost, externalBasic: basic * 100)
        return SettlementRequest(id: id, person: person, institution: place, ClaimRecord(claim))
    }
}
