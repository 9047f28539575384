import Client
import ClientTesting
import Foundation
import Ledger
import ProtoJSON
import RPC
import Records
import Registry
import Service
import Settlement
import TestSupport
import Testing

/// A server that knows one caller of each role, and persons, institutions and settlements in and out of their reach.
final class AccessServer {
    /// A caller of the matrix, with what is its own and what is another's.
    struct Known {
        let entry: AccessEntry
        let token: String
        let own: [String: String]
        let foreign: [String: String]
    }

    let server: LedgerServer
    let callers: [Known]
    private let others: [String: String]

    /// - Parameter change: of an entry, before the server begins.
    init(_ change: (inout AccessEntry) -> Void = { _ in }) throws {
        var list = AccessList()
        func add(_ entry: AccessEntry) throws -> String {
            var entry = entry
            let token = AccessToken.make()
            entry.tokenHash = AccessToken.hash(token.utf8)
            change(&entry)
            try list.add(entry)
            return token
        }
        func institution(_ name: String, _ role: Role, _ code: String) throws -> (AccessEntry, String) {
            var entry = AccessEntry(name: name, role: role)
            entry.institutions = [code]
            return (entry, try add(entry))
        }
        func office(_ name: String, _ region: String, _ area: String) throws -> (AccessEntry, String) {
            var entry = AccessEntry(name: name, role: .office)
            (entry.region, entry.area) = (region, area)
            return (entry, try add(entry))
        }
        let hospital = try institution("hospital", .institution, "H1")
        let pharmacy = try institution("pharmacy", .pharmacy, "H2")
        let other = try institution("other", .institution, "H3")
        let abroad = try institution("abroad", .institution, "Y2")
        let city = try office("city", "chongqing", "")
        let county = try office("county", "chongqing", "500101")
        let next = try office("next", "chongqing", "500102")
        let simple: [(AccessEntry, String)] = try [Role.operator, .auditor, .loadTester].map { role in
            let entry = AccessEntry(name: role.rawValue, role: role)
            return (entry, try add(entry))
        }
        server = try LedgerServer(callers: list)
        others = ["other": other.1, "abroad": abroad.1, "next": next.1]
        // Of a hospital: what was settled there; its own person does not exist: it asks for one at a time.
        func ofInstitution(_ own: String, _ settled: String) -> (own: [String: String], foreign: [String: String]) {
            (
                ["$H": own, "$P": "101", "$S": settled, "$C": "CHANNEL_ONLINE", "$Q": "301", "$N": "1"],
                ["$H": "H3", "$P": "201", "$S": "S-H3", "$C": "CHANNEL_ONLINE", "$Q": "302", "$N": "1"]
            )
        }
        let ofCity = (
            own: ["$H": "H2", "$P": "101", "$S": "S-H1", "$R": "chongqing", "$A": "500101", "$Q": "301"],
            foreign: ["$H": "Y2", "$P": "201", "$S": "S-Y2", "$R": "yantai", "$A": "", "$Q": "201"]
        )
        let ofCounty = (
            own: ["$H": "C1", "$P": "301", "$S": "S-301", "$R": "chongqing", "$A": "500101", "$Q": "301"],
            foreign: ["$H": "C2", "$P": "302", "$S": "S-302", "$R": "chongqing", "$A": "500102", "$Q": "302"]
        )
        func known(
            _ caller: (AccessEntry, String), _ reach: (own: [String: String], foreign: [String: String])
        ) -> Known {
            Known(entry: caller.0, token: caller.1, own: reach.own, foreign: reach.foreign)
        }
        callers =
            [
                known(hospital, ofInstitution("H1", "S-H1")), known(pharmacy, ofInstitution("H2", "S-H2")),
                known(city, ofCity), known(county, ofCounty),
            ] + simple.map { known($0, ofCity) }
        try fill(city.1, county.1, simple[0].1)
    }

    func stop() { server.stop() }

    func token(_ name: String) -> String { callers.first { $0.entry.name == name }?.token ?? others[name]! }

    /// Areas, persons and institutions of two counties, and settlements, all by callers who may.
    private func fill(_ city: String, _ county: String, _ operating: String) throws {
        for area in ["500101", "500102"] {
            try done(
                "RegistryService/PutArea", #"{"area":{"code":"\#(area)","name":"\#(area)","region":"chongqing"}}"#,
                operating)
        }
        for (place, area, office) in [("1", "500101", county), ("2", "500102", others["next"]!)] {
            try done(
                "RegistryService/PutInstitution",
                """
                {"institution":{"code":"C\(place)","region":"chongqing","area":"\(area)",\
                "kind":"INSTITUTION_KIND_HOSPITAL","level":"LEVEL_2"}}
                """, office)
            let person = "30" + place
            try done(
                "RegistryService/RegisterPerson",
                #"{"person":"\#(person)","region":"chongqing","area":"\#(area)","birthMonth":199001}"#, office)
            try done(
                "RegistryService/Enrol",
                """
                {"person":"\(person)","enrolment":{"insurance":"INSURANCE_EMPLOYEE","membership":"MEMBERSHIP_EMPLOYER",\
                "status":"WORK_STATUS_ACTIVE","coveredFrom":20200101,"contributionFen":"500000"}}
                """, office)
        }
        // AH-1: an application that the hospital received, and one that another did.
        try server.access.onSequencer { ledger throws(DomainRefusal) in
            try ledger.record(
                [(person: UInt64(301), at: UInt32(1)), (302, 3)].map { received in
                    .filing(
                        .application(
                            person: received.person, number: 1,
                            .received(
                                disease: "copd", papers: [], servicePoint: received.at, on: CalendarDate(2024_06_03))))
                })
        }
        try settle("S-H1", "101", "H1", token("hospital"))
        try settle("S-H2", "101", "H2", token("pharmacy"))
        try settle("S-H3", "101", "H3", others["other"]!)
        try settle("S-Y2", "201", "Y2", others["abroad"]!)
        try settle("S-301", "301", "H1", token("hospital"))
        try settle("S-302", "302", "H1", token("hospital"))
    }

    private func settle(_ id: String, _ person: String, _ institution: String, _ token: String) throws {
        try done("SettlementService/Settle", Self.claim(id, person, institution), token)
    }

    static func claim(_ id: String, _ person: String, _ institution: String, more: String = "") -> String {
        """
        {"settlementId":"\(id)","person":"\(person)","institution":"\(institution)"\(more),"claim":\
        {"kind":"CLAIM_KIND_OUTPATIENT","serviceDate":20240630,"cost":{"total":"100","inPolicy":"100"}}}
        """
    }

    private func done(_ path: String, _ json: String, _ token: String) throws {
        let code = try native(path, json, token)
        try #require(code.number == 0, "\(path) \(json): \(code.text)")
    }

    /// The code of a call on the native wire, and its text; 0: it was answered.
    func native(_ path: String, _ json: String, _ token: String?) throws -> (number: Int32, text: String) {
        let method = try MethodCatalog.find(path)
        var json = json
        let message = try json.withUTF8 { try MessageEncoder.encode(UnsafeRawBufferPointer($0), as: method.request) }
        return try native(method, message, token)
    }

    func native(_ method: MethodType, _ message: [UInt8], _ token: String?) throws -> (number: Int32, text: String) {
        let client = try Client.connect(host: "127.0.0.1", port: server.port)
        client.identify(by: token)
        do throws(ClientError) {
            _ = try client.call(service: method.service, method: method.name, message: message)
            return (0, "")
        } catch {
            guard case .failed(let code, let text) = error else { return (-1, "\(error)") }
            return (code, text)
        }
    }
}

/// A request of the matrix for one caller.
func filled(_ request: String, _ values: [String: String], id: String) -> String {
    var values = values
    values["$I"] = id
    values["$C"] = values["$C"] ?? "CHANNEL_MANUAL"
    values["$R"] = values["$R"] ?? "chongqing"
    return ["$I", "$H", "$P", "$S", "$R", "$A", "$C", "$Q", "$N"].reduce(request) { text, name in
        text.replacing(name, with: values[name] ?? (name == "$N" ? "1" : ""))
    }
}
