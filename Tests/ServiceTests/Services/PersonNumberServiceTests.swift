import Client
import ClientTesting
import ProtoJSON
import RPC
import Testing

/// Calls that name persons by the platform's number (psn_no), on a server with a ledger in memory.
@Suite struct `Calls by the platform's number` {
    private static let no = "50010000000000000000000117"

    private final class Served {
        private let ledger: LedgerServer
        private let client: Client

        init() throws {
            ledger = try LedgerServer()
            client = try Client.connect(host: "127.0.0.1", port: ledger.port)
        }

        /// The answer of a method to a request, both as JSON on one line; an error as its text.
        func call(_ path: String, _ request: String) throws -> String {
            let method = try MethodCatalog.find(path)
            let message = try Array(request.utf8).withUnsafeBytes { try MessageEncoder.encode($0, as: method.request) }
            do {
                let answer = try client.call(service: method.service, method: method.name, message: message)
                let json = try answer.withUnsafeBytes {
                    try MessageDecoder.decode($0, as: method.response, indents: false)
                }
                return String(decoding: json, as: UTF8.self)
            } catch let error as ClientError { return "\(error)" }
        }

        func register(_ person: UInt64, _ no: String, region: String = "chongqing") throws {
            let answer = try call(
                "RegistryService/RegisterPerson",
                #"{"person": "\#(person)", "region": "\#(region)", "birth_month": 196005, "person_no": "\#(no)"}"#)
            #expect(answer.contains(no), "\(answer)")
        }

        func settle(_ id: String, _ person: String, more: String = "") throws -> String {
            try call(
                "SettlementService/Settle",
                #"{"settlement_id": "\#(id)", \#(person), "institution": "H1"\#(more), "claim": {"kind": "CLAIM_KIND_OUTPATIENT", "service_date": 20240603, "cost": {"total": 10000, "in_policy": 10000}}}"#
            )
        }
    }

    @Test(arguments: [
        ("AccountService/Balance", ""), ("AccountService/Statement", ""), ("FilingService/Show", ""),
        ("SettlementService/ListYear", #", "year": 2024"#), ("ClearingService/ListOwed", ""),
        ("RegistryService/GetPerson", ""), ("RegistryService/GetYear", #", "year": 2024"#),
    ])
    func `what is asked by it is answered as by our number`(_ path: String, _ more: String) throws {
        let served = try Served()
        try served.register(LedgerServer.active, Self.no)
        _ = try served.call(
            "AccountService/Credit",
            #"{"request_id": "o", "person_no": "\#(Self.no)", "kind": "CREDIT_KIND_OPENING_BALANCE", "amount": "500", "reason": "brought in"}"#)
        let byNumber = try served.call(path, #"{"person": "\#(LedgerServer.active)"\#(more)}"#)
        #expect(byNumber.hasPrefix("{"), "\(byNumber)")
        #expect(try served.call(path, #"{"person_no": "\#(Self.no)"\#(more)}"#) == byNumber)
        let both = #"{"person": "\#(LedgerServer.active)", "person_no": "\#(Self.no)", "person_region": "chongqing"\#(more)}"#
        #expect(try served.call(path, both) == byNumber)
        let unknown = try served.call(path, #"{"person_no": "9"\#(more)}"#)
        #expect(unknown.contains("PERSON_UNKNOWN person_no=9"), "\(unknown)")
        let other = try served.call(path, #"{"person": "\#(LedgerServer.retired)", "person_no": "\#(Self.no)"\#(more)}"#)
        #expect(other.contains("FACT_INVALID person_no=\(Self.no)"), "\(other)")
        let invalid = try served.call(path, #"{"person_no": "5.1E+19"\#(more)}"#)
        #expect(invalid.contains("FACT_INVALID person_no=5.1E+19"), "\(invalid)")
    }

    @Test func `answers have it beside our number, and refusals say what was sent`() throws {
        let served = try Served()
        try served.register(LedgerServer.active, Self.no)
        let credited = try served.call(
            "AccountService/Credit",
            #"{"request_id": "o", "person": "\#(LedgerServer.active)", "kind": "CREDIT_KIND_OPENING_BALANCE", "amount": "500", "reason": "brought in"}"#)
        #expect(credited.contains(Self.no), "\(credited)")
        let persons = try served.call("RegistryService/ListPersons", "{}")
        #expect(persons.contains(Self.no), "\(persons)")
        try served.register(LedgerServer.retired, "0007")
        let refused = try served.call(
            "AccountService/Transfer", #"{"request_id": "t", "person_no": "0007", "region": "elsewhere", "out": true}"#)
        #expect(refused.contains("ACCOUNT_UNKNOWN person_no=0007 [CQ-31]: "), "\(refused)")
        #expect(!refused.contains("\(LedgerServer.retired)"), "\(refused)")
    }

    @Test func `a settlement is for the person whose number it is, and its record has the number`() throws {
        let served = try Served()
        try served.register(LedgerServer.active, Self.no)
        let byNumber = try served.settle("a", #""person": "\#(LedgerServer.active)""#)
        #expect(byNumber.hasPrefix("{"), "\(byNumber)")
        // The same settlement under its id, however the person is named.
        #expect(try served.settle("a", #""person_no": "\#(Self.no)""#) == byNumber)
        let other = try served.settle("b", #""person_no": "\#(Self.no)", "person_region": "chongqing""#)
        #expect(other.hasPrefix("{"), "\(other)")
        let record = try served.call("SettlementService/Get", #"{"settlement_id": "b"}"#)
        #expect(record.contains(#""person":"\#(LedgerServer.active)""#) && record.contains(Self.no), "\(record)")
        #expect(try served.settle("c", #""person_no": "9""#).contains("PERSON_UNKNOWN person_no=9"))
        let elsewhere = try served.settle("c", #""person_no": "\#(Self.no)", "person_region": "yantai""#)
        #expect(elsewhere.contains("PERSON_UNKNOWN person_no=\(Self.no)"), "\(elsewhere)")
        let family = try served.settle("c", #""person_no": "\#(Self.no)", "family_account_nos": ["9"]"#)
        #expect(family.contains("PERSON_UNKNOWN family_account_nos=9"), "\(family)")
    }

    @Test func `a settlement that is sent again is answered though the number was corrected meanwhile`() throws {
        let served = try Served()
        try served.register(LedgerServer.active, Self.no)
        let answer = try served.settle("a", #""person_no": "\#(Self.no)""#)
        #expect(answer.hasPrefix("{"), "\(answer)")
        try served.register(LedgerServer.active, "50010000000000000000000999")
        #expect(try served.settle("a", #""person_no": "\#(Self.no)""#) == answer)
        // A new one is nobody's, and once the number is another person's the id is not settled for that one.
        #expect(try served.settle("b", #""person_no": "\#(Self.no)""#).contains("PERSON_UNKNOWN"))
        try served.register(LedgerServer.retired, Self.no)
        #expect(try served.settle("a", #""person_no": "\#(Self.no)""#).contains("ID_REUSED_WITH_OTHER_CONTENT"))
    }

    /// A credit of 5 yuan to the account of who is named so, as the caller sends it again and again.
    private func credit(_ served: Served, _ id: String, _ person: String) throws -> String {
        try served.call(
            "AccountService/Credit",
            #"{"request_id": "\#(id)", \#(person), "kind": "CREDIT_KIND_CORRECTION", "amount": "500", "reason": "brought in"}"#)
    }

    @Test func `a change of an account that is sent again is answered though the number was corrected meanwhile`() throws {
        let served = try Served()
        let byNo = #""person_no": "\#(Self.no)""#
        try served.register(LedgerServer.active, Self.no)
        let answer = try credit(served, "c", byNo)
        #expect(answer.contains(#""balance":"500""#), "\(answer)")
        try served.register(LedgerServer.active, "50010000000000000000000999")
        let again = try credit(served, "c", byNo)
        #expect(again.contains(#""person":"\#(LedgerServer.active)""#) && again.contains(#""balance":"500""#), "\(again)")
        let other = try served.call(
            "AccountService/Credit",
            #"{"request_id": "c", \#(byNo), "kind": "CREDIT_KIND_CORRECTION", "amount": "501", "reason": "brought in"}"#)
        #expect(other.contains("ID_REUSED_WITH_OTHER_CONTENT"), "\(other)")
        #expect(try credit(served, "d", byNo).contains("PERSON_UNKNOWN person_no=\(Self.no)"), "a new one is nobody's")
        // Once the number is another person's the request is not done for that one, and a new one is.
        try served.register(LedgerServer.retired, Self.no)
        let taken = try credit(served, "c", byNo)
        #expect(taken.contains("ID_REUSED_WITH_OTHER_CONTENT request_id=c"), "\(taken)")
        #expect(!taken.contains(" \(LedgerServer.active)") && !taken.contains("=\(LedgerServer.active)"), "\(taken)")
        for (id, person) in [("d", byNo), ("c", #""person": "\#(LedgerServer.retired)""#)] {
            let done = try credit(served, id, person)
            #expect(done.contains(#""person":"\#(LedgerServer.retired)""#), "\(done)")
        }
        let balance = try served.call("AccountService/Balance", #"{"person": "\#(LedgerServer.retired)"}"#)
        #expect(balance.contains(#""balance":"1000""#), "\(balance)")
        // Now it is recorded for both: the one who has the number is meant.
        #expect(try credit(served, "c", byNo).contains(#""person":"\#(LedgerServer.retired)""#))
    }

    @Test func `heirs, beneficiaries and family accounts of what is sent again are who they were`() throws {
        let served = try Served()
        try served.register(LedgerServer.active, "A1")
        try served.register(LedgerServer.retired, "A2")
        _ = try credit(served, "o", #""person_no": "A1""#)
        let family = try served.call(
            "RegistryService/PutFamily", #"{"person_no": "A1", "member": {"relation": "RELATION_SPOUSE", "other_no": "A2", "from": 20200101}}"#)
        #expect(family.hasPrefix("{"), "\(family)")
        func premium() throws -> String {
            try served.call(
                "AccountService/Use",
                #"{"request_id": "u", "person_no": "A1", "amount": "100", "purpose": "USE_PURPOSE_YUKUAIBAO_PREMIUM", "beneficiary_no": "A2"}"#)
        }
        func settle() throws -> String {
            try served.settle("f", #""person_no": "A1""#, more: #", "family_account_nos": ["A2"]"#)
        }
        let (used, settled) = (try premium(), try settle())
        #expect(used.hasPrefix("{") && settled.hasPrefix("{"), "\(used) \(settled)")
        try served.register(LedgerServer.retired, "A3")
        #expect(try premium() == used.replacing("A2", with: "A3"))
        #expect(try settle() == settled)
    }

    @Test func `rows of account use name its owner by it, and one that is nobody's is only there`() throws {
        let served = try Served()
        try served.register(LedgerServer.active, "A1")
        try served.register(LedgerServer.retired, "0007")
        for (id, no) in [("a", "A1"), ("b", "0007"), ("c", "A1")] {
            _ = try credit(served, "o-\(id)", #""person_no": "\#(no)""#)
            let used = try served.call(
                "AccountService/Use",
                #"{"request_id": "\#(id)", "person_no": "\#(no)", "amount": "100", "purpose": "USE_PURPOSE_INSTITUTION", "institution": "H1"}"#)
            #expect(used.hasPrefix("{"), "\(used)")
        }
        func reconcile(_ rows: String) throws -> String {
            try served.call(
                "SettlementService/ReconcileDetails",
                #"{"institution": "H1", "from": 20240701, "until": 20240701, "rows": [\#(rows)]}"#)
        }
        func row(_ id: String, _ owner: String, _ fen: Int = 100) -> String {
            #"{"settlement_id": "\#(id)", \#(owner), "total": "\#(fen)", "account_total": "\#(fen)"}"#
        }
        let equal = [
            row("a", #""person_no": "A1""#), row("b", #""person_no": "0007", "person_region": "chongqing""#),
            row("c", #""person": "\#(LedgerServer.active)", "person_no": "A1""#),
        ]
        #expect(try reconcile(equal.joined(separator: ", ")).contains(#""balanced":true,"equal":3"#))
        let found = try reconcile([equal[0], row("b", #""person_no": "0007""#, 99), row("c", #""person_no": "9""#)].joined(separator: ", "))
        let only = #""onlyThere":[{"settlementId":"c","total":"100","accountTotal":"100","personNo":"9"}]"#
        #expect(found.contains(only), "\(found)")
        // Theirs as it came, ours as registered.
        let here = #""onlyHere":[{"settlementId":"c","total":"100","accountTotal":"100","person":"\#(LedgerServer.active)","personNo":"A1"}]"#
        #expect(found.contains(here), "\(found)")
        let pair = #"[{"theirs":{"settlementId":"b","total":"99","accountTotal":"99","person":"\#(LedgerServer.retired)","personNo":"0007"}"#
        #expect(found.contains(#""differing":"# + pair), "\(found)")
        let wrong = try reconcile(row("a", #""person": "\#(LedgerServer.retired)", "person_no": "A1""#))
        #expect(wrong.contains("FACT_INVALID rows.person_no=A1"), "\(wrong)")
    }

    @Test func `a batch names its persons row by row, and a row that names nobody is refused alone`() throws {
        let served = try Served()
        try served.register(LedgerServer.active, Self.no)
        try served.register(LedgerServer.retired, "0007")
        // Rows a1 … a4; kind 2 is outpatient.
        let batch = #"""
            {"settlement_ids": "YTFhMmEzYTQ=", "id_bytes": 2, "person": ["0", "0", "\#(LedgerServer.active)", "0"],
             "person_nos": ["\#(Self.no)", "9", "", "0007"], "institutions": ["H1"],
             "service_date": [20240603, 20240603, 20240603, 20240603], "kind": "AgICAg==",
             "total": ["10000", "10000", "10000", "10000"], "in_policy": ["10000", "10000", "10000", "10000"]}
            """#
        let answer = try served.call("SettlementService/SettleBatch", batch)
        #expect(answer.contains(#""field":"person_nos""#) && answer.contains(#""value":"9""#), "\(answer)")
        for (id, person) in [("a1", LedgerServer.active), ("a3", LedgerServer.active), ("a4", LedgerServer.retired)] {
            let record = try served.call("SettlementService/Get", #"{"settlement_id": "\#(id)"}"#)
            #expect(record.contains(#""person":"\#(person)""#), "\(id): \(record)")
        }
        #expect(try served.call("SettlementService/Get", #"{"settlement_id": "a2"}"#).contains("SETTLEMENT_UNKNOWN"))
    }

    @Test func `an import registers by it and goes on with who is registered`() throws {
        let served = try Served()
        let items = #"""
            {"items": [
              {"person": {"person_no": "\#(Self.no)", "region": "chongqing", "birth_month": 196005}},
              {"enrol": {"person_no": "\#(Self.no)", "enrolment": {"insurance": "INSURANCE_RESIDENT", "membership": "MEMBERSHIP_TIER_1", "covered_from": 20240101, "covered_until": 20241231}}},
              {"enrol": {"person_no": "9", "enrolment": {"insurance": "INSURANCE_RESIDENT", "covered_from": 20240101}}}
            ], "dry_run": DRY}
            """#
        for dry in ["true", "false", "false"] {
            let answer = try served.call(
                "RegistryService/ImportBatch", items.split(separator: "DRY").joined(separator: dry))
            #expect(answer.contains(#""field":"person_no""#) && answer.contains(#""value":"9""#), "\(answer)")
            #expect(!answer.contains(#""item":1"#), "\(answer)")
        }
        let person = try served.call("RegistryService/GetPerson", #"{"person_no": "\#(Self.no)"}"#)
        #expect(person.contains(#""enrolment""#) && person.contains("90000000000000000"), "\(person)")
        #expect(try served.settle("a", #""person_no": "\#(Self.no)""#).hasPrefix("{"))
    }

    @Test func `every request that names a person takes the platform's number too`() {
        // Without a register.
        let others: Set = ["jiesuan.v1.PersonFacts", "jiesuan.v1.AccountBalance"]
        var found = 0
        var seen: Set<String> = []
        func look(_ message: MessageType) {
            guard seen.insert(message.name).inserted else { return }
            let names = Set(message.fields.map(\.protoName))
            for field in message.fields {
                if field.holdsMessages { look(field.messageType) }
                let isPerson = ["person", "other", "beneficiary", "owner", "family_accounts"].contains(field.protoName)
                guard isPerson, !field.holdsMessages, !others.contains(message.name) else { continue }
                let no = field.isRepeated ? "\(field.protoName.dropLast())_nos" : "\(field.protoName)_no"
                let batched = field.isRepeated ? "\(field.protoName)_nos" : no
                #expect(names.contains(no) || names.contains(batched), "\(message.name).\(field.protoName)")
                found += 1
            }
        }
        for method in MethodCatalog.methods { look(method.request) }
        #expect(found > 40)
    }
}
