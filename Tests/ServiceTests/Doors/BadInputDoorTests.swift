import Client
import ClientTesting
import Policy
import Population
import RPC
import Service
import Settlement
import TestSupport
import Testing
import Text

/// What bad input gets, row by row over every door of one server: the code, the text with its field, in both languages,
/// the status, the count; and the connection goes on.
@Suite struct `Bad input over every door` {
    struct Row {
        let code: Int32
        /// Without the package's name: `SettlementService/Settle`.
        let path: String
        var message: [UInt8]
        /// What the text has in it, over JSON too.
        var words: [String] = []
        var field: String?
        var value: String?
        var rule: String?
        var compression = Compression.none
        /// What JSON's door sends, and what its text has in it, where that cannot be the same.
        var json: (text: [UInt8], words: [String])?

        /// A fault of the request's own, with the words that tell it.
        init(_ code: RPCErrorCode, _ path: String, _ message: [UInt8], _ words: String...) {
            self.code = code.rawValue
            self.path = path
            self.message = message
            self.words = words
        }

        /// A refusal by the rules.
        init(
            _ code: DomainCode, _ path: String, _ message: [UInt8], field: String? = nil, value: String? = nil,
            rule: String? = nil
        ) {
            self.code = Int32(code.rawValue)
            self.path = path
            self.message = message
            (self.field, self.value, self.rule) = (field, value, rule)
            words = [code.name + (field.map { " \($0)" } ?? "") + (value.map { "=\($0)" } ?? "")]
            if let rule { words.append("[\(rule)]") }
        }

        func with(_ change: (inout Row) -> Void) -> Row {
            var row = self
            change(&row)
            return row
        }
    }

    private static let settle = "SettlementService/Settle"
    private static let calculate = "CalculationService/Calculate"

    private static func parts(_ change: (inout `Bad requests to settle`.Parts) -> Void) -> [UInt8] {
        var parts = `Bad requests to settle`.Parts()
        change(&parts)
        return parts.bytes
    }

    private static func message(_ fill: (inout WireMessage) -> Void) -> [UInt8] {
        var message = WireMessage()
        fill(&message)
        return message.bytes
    }

    /// What cannot be read, or found.
    static let unreadable: [Row] = {
        var padding = WireMessage()
        padding.blob(99, [UInt8](repeating: 7, count: 1_000))
        let gzip = compressed(parts { _ in } + padding.bytes, .gzip)
        var damaged = gzip
        damaged[damaged.count / 2] ^= 0x55
        // The same bytes over every door: they are no message of any form.
        func packed(_ bytes: [UInt8], _ compression: Compression, _ word: String) -> Row {
            Row(.badRequest, settle, bytes, word).with {
                $0.compression = compression
                $0.json = (bytes, [word])
            }
        }
        return [
            packed(damaged, .gzip, "damaged"), packed(Array(gzip.dropLast(9)), .gzip, "too early"),
            packed(gzip + [1, 2, 3], .gzip, "3 bytes follow"), packed([], .zlib, "too early"),
            packed(parts { _ in }, .zlib, "damaged"),
            // Six hundred bytes that inflate to more than a Settle may have.
            packed(compressed([UInt8](repeating: 0, count: 600_000), .gzip), .gzip, "inflates to more than 262144 bytes"),
            Row(.badRequest, settle, Array(parts { _ in }.dropLast(3)), "does not parse").with {
                $0.json = (Array("{\"settlementId\": \"a\"".utf8), ["line 1, column 21 of the JSON: a } is missing"])
            },
            Row(.badRequest, settle, [UInt8](repeating: 0xFE, count: 100), "does not parse").with {
                $0.json = ([UInt8](repeating: 0xFE, count: 100), ["the JSON is not UTF-8"])
            },
            Row(.badRequest, settle, parts { $0.claim = false }, "claim is missing"),
            Row(.badRequest, settle, parts { $0.cost = false }, "claim.cost is missing"),
            Row(.badRequest, settle, parts { $0.disease = "a\0b" }, "zero byte"),
            Row(.noService, "jiesuan.v1.Weather/Guess", [], "jiesuan.v1.Weather", "jiesuan.v1.SettlementService"),
            Row(.noMethod, "SettlementService/Guess", [], "Guess", "Settle"),
        ]
    }()

    /// What is read and refused.
    static let refused: [Row] = [
        Row(.regionUnknown, calculate, Sample.plain.with { $0.region = "atlantis" }.request, field: "region", value: "atlantis"),
        Row(.factInvalid, settle, parts { $0.disease = "flu" }, field: "claim.disease", value: "flu"),
        Row(.dateInvalid, settle, parts { $0.date = 2024_02_30 }, field: "claim.service_date", value: "20240230", rule: "G-4"),
        Row(.amountOutOfRange, settle, parts { $0.total = -1 }, field: "claim.cost.total", value: "-1", rule: "G-1"),
        Row(.amountsDoNotAddUp, settle, parts { $0.total += 1 }, field: "claim.cost.total", value: "280001", rule: "G-5"),
        Row(
            .partExceedsWhole, calculate, Sample.plain.with { $0.claim.claim.cost.inPolicyDrug = 280_001 }.request,
            field: "claim.cost.in_policy_drug", value: "280001", rule: "G-5"),
        Row(.yearMismatch, calculate, Sample.plain.with { $0.year = 2023 }.request, field: "year.year", value: "2023", rule: "G-4"),
        Row(
            .accumulatorUnknown, calculate, Sample.plain.with { $0.accumulators = [("no_such_name", 1)] }.request,
            field: "year.accumulators", value: "no_such_name"),
        Row(
            .accumulatorOutOfRange, calculate,
            Sample.plain.with { $0.accumulators = [(Packs.pack("chongqing").accumulators[0].name, -1)] }.request,
            field: "year.accumulators", value: "-1", rule: "G-1"),
        Row(
            .policyNotInForce, calculate,
            Sample.plain.with {
                $0.claim.claim.serviceDate = CalendarDate(2021_12_31)
                $0.year = 2021
            }.request, field: "claim.service_date", value: "20211231", rule: "G-4"),
        Row(
            .purchaseNotValid, calculate,
            Sample.plain.with {
                $0.person.product = "yukuaibao_2023_upgraded"
                $0.person.facts.boughtOn = CalendarDate(2023_01_01)
            }.request, field: "person.supplementary.bought_on", value: "20230101", rule: "CQ-22"),
        Row(
            .notCovered, calculate, Sample.plain.with { $0.person.facts.insurance = .unspecified }.request,
            field: "person.insurance", value: "unspecified", rule: "CQ-45"),
        Row(.factMissing, calculate, Sample.plain.with { $0.person.facts.status = .unspecified }.request, field: "person.status"),
        Row(
            .notEntitled, calculate, Sample.example("003-3").with { $0.person.facts.membership = .tier1 }.request,
            field: "claim.disease", value: "coronary_disease", rule: "CQ-14"),
        Row(
            .externalNotAllowed, calculate,
            Sample.plain.with {
                $0.claim.claim.kind = .inpatient
                $0.claim.claim.externalBasic = 1
            }.request, field: "claim.external_basic", value: "1"),
        Row(
            .dateInFuture, settle, parts { $0.date = 2024_07_02 }, field: "claim.service_date", value: "2024-07-02",
            rule: "G-16"),
        Row(.idInvalid, settle, parts { $0.id = "with blank" }, field: "settlement_id", value: "with?blank"),
        Row(.idReusedWithOtherContent, settle, parts { $0.id = "kept" }, field: "settlement_id", value: "kept"),
        Row(
            .settlementUnknown, "SettlementService/Get", message { $0.text(1, "nobody") }, field: "settlement_id",
            value: "nobody"),
        Row(
            .laterSettlementStands, "SettlementService/Reverse",
            message {
                $0.text(1, "first")
                $0.text(2, "a test")
            }),
        Row(
            .settlementReversed, settle,
            parts {
                $0.id = "reversed"
                $0.person = 121
                $0.total = 100_00
                $0.inPolicy = 100_00
            }),
        Row(
            .reconcilePeriodInvalid, "SettlementService/ReconcileDetails",
            message {
                $0.text(1, "H2")
                $0.fixed32(2, 2024_07_02)
                $0.fixed32(3, 2024_07_01)
            }, field: "until", value: "20240701"),
        Row(.personUnknown, settle, parts { $0.person = 999 }, field: "person", value: "999"),
        Row(.institutionUnknown, settle, parts { $0.institution = "H9" }, field: "institution", value: "H9"),
        Row(.recordUnknown, settle, parts { parts in parts.more = { $0.text(10, "R-1") } }, field: "referral", value: "R-1"),
        Row(
            .relationNotRegistered, settle,
            parts { parts in parts.more = { $0.column(6, [LedgerServer.active]) } }),
        Row(
            .documentsMissing, settle,
            parts { parts in
                parts.more = { message in
                    message.number(7, 1)
                    message.item(8, "invoice")
                }
            }),
    ]

    /// Codes that no single request brings about, and why; `ErrorDoorTests` has how every door tells them.
    static let notHere: [Int32: String] = [
        1004: "a server that knows no callers refuses credentials on the native wire alone; other doors pass over them",
        1008: "the work has to wait longer than the deadline: ServerCallTests, GRPCCallTests",
        2001: "a fault of the server",
        2002: "an answer above 64 MiB",
        2003: "the server shuts down: DrainTests, GRPCDrainTests, HTTP1DoorTests",
        2004: "more work waits than is taken: OverloadTests",
        4106: "the disk fails while it commits: DiskTests",
        4107: "the disk is full: DiskTests",
        4204: "a region's rule about channels and an institution that it is about: SeamTests",
        4205: "a prescription for longer than a rule allows",
        4206: "a step for which a region has no rule: FilingServiceTests",
        4207: "a recognition that the facts refuse: FilingServiceTests",
        4208: "steps in another order: FilingServiceTests, ClearingServiceTests",
        4209: "a decision without its reason: FilingServiceTests",
        4212: "a record beside one that it contradicts: ClearingServiceTests",
        4213: "an institution without the designation: FilingServiceTests",
        4214: "a pharmacy, and what only hospitals do: PharmacyServiceTests",
        4215: "a prescription that was used: PharmacyServiceTests",
        4301: "an account's order: AccountServiceTests", 4302: "an account's order: AccountServiceTests",
        4303: "an account's order: AccountServiceTests", 4304: "an account's order: AccountServiceTests",
        4305: "an account's order: AccountServiceTests",
        4401: "a server that knows its callers: CallerTests", 4402: "a server under maintenance: CallerTests",
    ]

    @Test func `every code is brought about here, or it is said why not`() {
        let here = Set((Self.unreadable + Self.refused).map(\.code))
        let known = Set(ErrorRegistry.all.map(\.number))
        #expect(here.union(Self.notHere.keys) == known)
        #expect(here.isDisjoint(with: Self.notHere.keys))
    }

    @Test(arguments: CallerDoor.allCases)
    func `each row gets its code and names its field, in both languages`(door: CallerDoor) throws {
        let server = try LedgerServer()
        defer { server.stop() }
        try Self.prepare(server)
        let caller = try DoorCaller(door, port: server.port)
        for row in Self.unreadable + Self.refused {
            let before = server.server.statistics.errors[row.code] ?? 0
            let english = try call(caller, row, .english)
            let chinese = try call(caller, row, .chinese)
            let entry = try #require(ErrorRegistry[row.code])
            #expect(english.code == row.code && chinese.code == row.code, "\(row.path): \(english.text)")
            for word in (door == .json ? row.json?.words : nil) ?? row.words {
                #expect(english.text.contains(word), "\(english.text)")
            }
            #expect(chinese.text.hasPrefix(entry.sentence.chinese + "。"), "\(chinese.text)")
            #expect(chinese.text.hasSuffix(english.text), "\(chinese.text) of \(english.text)")
            expectParts(english, row, door)
            #expect(server.server.statistics.errors[row.code] == before + 2, "\(row.path) \(row.words)")
        }
        #expect(server.server.statistics.closedForBadFrames == 0)
        // Nothing of it was kept.
        #expect(try server.connect().listYear(person: 101, year: 2024).lines.isEmpty)
    }

    private func call(_ caller: DoorCaller, _ row: Row, _ language: AnswerLanguage) throws -> DoorOutcome {
        // gRPC has no short names of services.
        let path = row.path.contains(".") ? row.path : "jiesuan.v1." + row.path
        return try caller.call(
            path, row.message, language, compression: row.compression, json: row.json?.text)
    }

    private func expectParts(_ outcome: DoorOutcome, _ row: Row, _ door: CallerDoor) {
        switch door {
        case .native: break
        case .grpc:
            #expect(outcome.status == Int(ServiceErrors.naming.status(of: row.code).rawValue), "\(row.code)")
            if let field = row.field { #expect(outcome.parts["field"] == field, "\(outcome.text)") }
            if let rule = row.rule { #expect(outcome.parts["rule"] == rule, "\(outcome.text)") }
        case .http, .json:
            let status = RPCErrorCode(rawValue: row.code)?.httpStatus ?? HTTPStatus.status(of: row.code)
            #expect(outcome.status == status, "\(outcome.text)")
            if let field = row.field { #expect(outcome.parts["field"] == field, "\(outcome.parts)") }
            if let value = row.value { #expect(outcome.parts["value"] == value, "\(outcome.parts)") }
            if let rule = row.rule { #expect(outcome.parts["rule"] == rule, "\(outcome.parts)") }
        }
    }

    /// Settlements that some rows stumble over.
    private static func prepare(_ server: LedgerServer) throws {
        let client = try server.connect()
        _ = try client.settle(LedgerServer.outpatient("kept", 50_00, person: 120))
        _ = try client.settle(LedgerServer.outpatient("reversed", 100_00, person: 121))
        _ = try client.reverse("reversed", reason: "a test")
        _ = try client.settle(LedgerServer.outpatient("first", person: 122))
        _ = try client.settle(LedgerServer.outpatient("second", person: 122))
    }
}
