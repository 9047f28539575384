import CShims
import Client
import ProtoJSON
import RPC
import Service
import TestSupport
import Testing

/// Ways around one's reach, each shut.
@Suite struct `A caller's reach` {
    @Test func `a batch with one row of another's is refused whole, and may name another's prescriptions`() throws {
        let known = try AccessServer()
        defer { known.stop() }
        func batch(_ institutions: [String], _ places: [Int], prescribing: [Int] = []) throws -> Int32 {
            let count = places.count
            let json = """
                {"settlementIds":"\(Array("BATCHROW".utf8.prefix(2 * count)).base64)","idBytes":2,\
                "person":[\(Array(repeating: "\"101\"", count: count).joined(separator: ","))],\
                "institutions":[\(institutions.map { "\"\($0)\"" }.joined(separator: ","))],\
                "institution":[\(places.map(String.init).joined(separator: ","))],\
                "prescribingInstitution":[\(prescribing.map(String.init).joined(separator: ","))],\
                "serviceDate":[\(Array(repeating: "20240630", count: count).joined(separator: ","))],\
                "kind":"\([UInt8](repeating: 1, count: count).base64)",\
                "total":[\(Array(repeating: "\"100\"", count: count).joined(separator: ","))],\
                "inPolicy":[\(Array(repeating: "\"100\"", count: count).joined(separator: ","))]}
                """
            return try known.native("SettlementService/SettleBatch", json, known.token("hospital")).number
        }
        #expect(try batch(["H1"], [0, 0]) == 0)
        #expect(try batch(["H1", "H3"], [0, 1]) == 4401)
        #expect(try batch(["H3", "H1"], [1, 0]) == 4401)
        #expect(try batch(["H3"], []) == 4401, "a column that is not sent says 0 for each row")
        #expect(try batch(["H1", "H3"], [0, 0], prescribing: [2, 2]) == 0)
    }

    /// Readers of protobuf take the last of a field that stands twice; some take the first.
    @Test func `a field that stands twice is refused, whichever of the two is one's own`() throws {
        let known = try AccessServer()
        defer { known.stop() }
        let settle = try MethodCatalog.find("SettlementService/Settle")
        for (index, (first, second)) in [("H1", "H3"), ("H3", "H1"), ("H1", "H1")].enumerated() {
            let claim = AccessServer.claim("TWICE-\(index)", "101", first)
            let message = try Self.message(claim, settle) + Self.message(#"{"institution":"\#(second)"}"#, settle)
            #expect(try known.native(settle, message, known.token("hospital")).number == 4401)
        }
        let referral = try MethodCatalog.find("RegistryService/PutReferral")
        let message =
            try Self.message(#"{"person":"101","referral":{"number":"1","from":"H1"}}"#, referral)
            + Self.message(#"{"referral":{"from":"H3"}}"#, referral)
        #expect(try known.native(referral, message, known.token("hospital")).number == 4401)
    }

    @Test func `the same id and claim from another institution is told nothing of the first`() throws {
        let known = try AccessServer()
        defer { known.stop() }
        let other = try known.native(
            "SettlementService/Settle", AccessServer.claim("S-H1", "101", "H3"), known.token("other"))
        #expect(other.number == 4102)
        #expect(!other.text.contains("H1\"") && !other.text.contains("101"), "\(other.text)")
        // From the same institution it is the stored answer.
        let again = try known.native(
            "SettlementService/Settle", AccessServer.claim("S-H1", "101", "H1"), known.token("hospital"))
        #expect(again.number == 0)
    }

    @Test func `what is handed in on paper is an office's, and what comes online an institution's`() throws {
        let known = try AccessServer()
        defer { known.stop() }
        let manual = AccessServer.claim("PAPER", "101", "H1", more: #","channel":"CHANNEL_MANUAL""#)
        #expect(try known.native("SettlementService/Settle", manual, known.token("hospital")).number == 4401)
        #expect(try known.native("SettlementService/Quote", manual, known.token("hospital")).number == 4401)
        let online = AccessServer.claim("LINE", "101", "H1")
        #expect(try known.native("SettlementService/Settle", online, known.token("city")).number == 4401)
        #expect(try known.native("SettlementService/Settle", manual, known.token("city")).number != 4401)
    }

    @Test func `a reversal that names another institution takes nothing back, whoever asks`() throws {
        let server = try LedgerServer()
        defer { server.stop() }
        let client = try Client.connect(host: "127.0.0.1", port: server.port)
        _ = try server.connect().settle(LedgerServer.outpatient("R-1", at: "H2"))
        func reverse(_ institution: String) throws -> Int32 {
            let method = try MethodCatalog.find("SettlementService/Reverse")
            let message = try Self.message(
                #"{"settlementId":"R-1","reason":"a test","institution":"\#(institution)"}"#, method)
            do throws(ClientError) {
                _ = try client.call(service: method.service, method: method.name, message: message)
                return 0
            } catch {
                guard case .failed(let code, _) = error else { return -1 }
                return code
            }
        }
        #expect(try reverse("H1") == 4103)
        #expect(try reverse("H2") == 0)
    }

    @Test func `an office takes nobody over from another one, and moves nobody there`() throws {
        let known = try AccessServer()
        defer { known.stop() }
        func register(_ person: String, _ area: String, more: String = "") throws -> Int32 {
            try known.native(
                "RegistryService/RegisterPerson",
                #"{"person":"\#(person)","region":"chongqing","area":"\#(area)","birthMonth":199001\#(more)}"#,
                known.token("county")
            ).number
        }
        #expect(try register("302", "500101") == 4401)
        #expect(try register("302", "500101", more: #","personNo":"NEW-NO-1""#) == 4401)
        #expect(try register("301", "500102", more: #","since":20240601"#) == 4401)
        #expect(try register("303", "500101", more: #","personNo":"NO-303""#) == 0)
        // By the platform's number of somebody who is the county's, with our number of somebody who is not.
        #expect(
            try known.native(
                "RegistryService/GetYear", #"{"person":"302","personNo":"NO-303","year":2024}"#, known.token("county")
            ).number == 4401)
    }

    @Test(arguments: [(1, false), (2, false), (3, true), (4, true), (5, true), (6, true), (7, true), (0, true)])
    func `an institution uses an account for its own bills, and pays nobody's premium`(purpose: Int, isDenied: Bool) throws {
        let known = try AccessServer()
        defer { known.stop() }
        let use = #"{"requestId":"U","person":"101","institution":"H1","amount":"1","purpose":\#(purpose)}"#
        let told = try known.native("AccountService/Use", use, known.token("hospital"))
        #expect((told.number == 4401) == isDenied, "\(told)")
    }

    @Test func `a relation, which opens accounts, is registered by who reaches both persons (CQ-31)`() throws {
        let known = try AccessServer()
        defer { known.stop() }
        func relate(_ person: String, _ other: String, _ caller: String) throws -> Int32 {
            let member = #"{"other":"\#(other)","relation":"RELATION_SPOUSE","from":20240101}"#
            return try known.native(
                "RegistryService/PutFamily", #"{"person":"\#(person)","member":\#(member)}"#, known.token(caller)
            ).number
        }
        #expect(try relate("301", "302", "county") == 4401)
        #expect(try relate("302", "301", "county") == 4401)
        #expect(try relate("301", "201", "city") == 4401)
        #expect(try relate("301", "302", "city") != 4401)
    }

    @Test func `an institution corrects no referral, and asks for no history in bits that no number has`() throws {
        let known = try AccessServer()
        defer { known.stop() }
        let referral = #"{"person":"101","corrects":1,"referral":{"number":"1","from":"H1","to":"H3"}}"#
        #expect(try known.native("RegistryService/PutReferral", referral, known.token("hospital")).number == 4401)
        let person = try MethodCatalog.find("RegistryService/GetPerson")
        let asked = try Self.message(#"{"person":"101"}"#, person)
        #expect(try known.native(person, asked, known.token("hospital")).number == 0)
        // A varint of ten bytes, whose one bit lies past the 64th: protobuf-c reads yes.
        let number = try #require(person.request.fields.first { $0.protoName == "history" }?.id)
        let history = [UInt8(number << 3)] + Array(repeating: 0x80, count: 9) + [0x02]
        #expect(try known.native(person, asked + history, known.token("hospital")).number == 4401)
    }

    @Test func `each item of an import is asked as if it came by itself`() throws {
        let known = try AccessServer()
        defer { known.stop() }
        let items = [
            #"{"person":{"person":"304","region":"chongqing","area":"500101","birthMonth":199001}}"#,
            #"{"person":{"person":"305","region":"chongqing","area":"500102","birthMonth":199001}}"#,
            #"{"endPerson":{"person":"302","reason":"DEPARTURE_REASON_DEATH","date":20240601}}"#,
            #"{"institution":{"institution":{"code":"C2","region":"chongqing","area":"500101","kind":"INSTITUTION_KIND_HOSPITAL","level":"LEVEL_3"}}}"#,
            #"{"area":{"area":{"code":"500199","name":"X","region":"chongqing"}}}"#,
        ]
        for trial in ["true", "false"] {
            let method = try MethodCatalog.find("RegistryService/ImportBatch")
            let message = try Self.message(
                #"{"items":[\#(items.joined(separator: ","))],"dryRun":\#(trial)}"#, method)
            let client = try Client.connect(host: "127.0.0.1", port: known.server.port)
            client.identify(by: known.token("county"))
            let answer = try client.call(service: method.service, method: method.name, message: message)
            let json = try answer.withUnsafeBytes { try MessageDecoder.decode($0, as: method.response, indents: false) }
            let text = String(decoding: json, as: UTF8.self)
            #expect(text.matches(of: /NOT_PERMITTED/).count == 4, "\(text)")
            #expect(text.contains(#""recorded":1,"#) || text.contains(#""recorded":1}"#), "\(text)")
        }
    }

    @Test func `look-ups of single persons by institutions are counted, and denials too`() throws {
        let known = try AccessServer()
        defer { known.stop() }
        let (lookUps, denials) = (known.server.watch.lookUps, known.server.watch.denials)
        _ = try known.native("RegistryService/GetYear", #"{"person":"101","year":2024}"#, known.token("hospital"))
        _ = try known.native("AccountService/Balance", #"{"person":"101"}"#, known.token("hospital"))
        _ = try known.native("AccountService/Balance", #"{"person":"101"}"#, known.token("city"))
        #expect(known.server.watch.lookUps == lookUps + 2)
        _ = try known.native("RegistryService/GetPerson", #"{"person":"101","history":true}"#, known.token("hospital"))
        _ = try known.native("RegistryService/ListPersons", "{}", known.token("hospital"))
        #expect(known.server.watch.lookUps == lookUps + 2)
        #expect(known.server.watch.denials == denials + 2)
    }

    @Test func `claims have a rate of their own, counted by rows`() throws {
        let known = try AccessServer { entry in
            if entry.name == "hospital" { entry.items = AccessEntry.Rate(perSecond: 1, burst: 4) }
        }
        defer { known.stop() }
        // Three of its claims were settled when the server was filled.
        let codes = try (0..<30).map { index in
            try known.native(
                "SettlementService/Settle", AccessServer.claim("RATE-\(index)", "101", "H1"), known.token("hospital")
            ).number
        }
        #expect(codes.contains(2004))
        #expect(codes.allSatisfy { $0 == 0 || $0 == 2004 })
    }

    private static func message(_ json: String, _ method: MethodType) throws -> [UInt8] {
        var json = json
        return try json.withUTF8 { try MessageEncoder.encode(UnsafeRawBufferPointer($0), as: method.request) }
    }
}

extension [UInt8] {
    /// As JSON has bytes.
    fileprivate var base64: String {
        let digits = [Character]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: count, by: 3) {
            let bytes = Array(self[start..<Swift.min(start + 3, count)])
            let bits = bytes.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - bytes.count))
            for place in 0..<4 { text.append(place <= bytes.count ? digits[bits >> (18 - 6 * place) & 63] : "=") }
        }
        return text
    }
}
