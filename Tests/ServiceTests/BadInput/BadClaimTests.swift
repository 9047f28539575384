import Client
import Policy
import Population
import RPC
import Service
import Settlement
import Testing
import Text

/// Claims that are wrong, one by one, against the real server process: the last rows of design.md's table.
@Suite struct `Bad claims` {
    /// What a bad claim gets: the number of its error, and the words that its text has.
    struct Row {
        let what: String
        let bytes: [UInt8]
        let code: DomainCode
        let words: [String]

        init(_ what: String, _ bytes: [UInt8], _ code: DomainCode, _ words: String...) {
            self.what = what
            self.bytes = bytes
            self.code = code
            self.words = words
        }

        init(_ sample: Sample, _ code: DomainCode, _ words: String..., change: (inout Sample) -> Void) {
            bytes = sample.with(change).request
            self.code = code
            self.words = words
            what = words.joined(separator: " ")
        }
    }

    static let plain = Sample.plain
    static let stay = Sample.plain.with { $0.claim.claim.kind = .inpatient }
    static let special = Sample.example("003-3")
    static let dialysis = Sample.example("002-3")
    static let chronic = Sample.plain.with {
        $0.region = "anhui"
        $0.claim.claim.kind = .special
        $0.claim.disease = "hypertension"
    }

    private func expect(_ rows: [Row], sourceLocation: SourceLocation = #_sourceLocation) throws {
        let server = try ServerProcess()
        let client = try server.connect()
        for row in rows {
            let reply = try client.calculate(bytes: row.bytes)
            guard case .failed(let code, let text) = reply else {
                Issue.record("\(row.what) is not refused: \(reply)", sourceLocation: sourceLocation)
                continue
            }
            #expect(code == Int32(row.code.rawValue), "\(row.what): \(code) \(text)", sourceLocation: sourceLocation)
            // The error names itself, then field, value and rule.
            for word in [row.code.name] + row.words {
                #expect(text.contains(word), "\(row.what): \(text)", sourceLocation: sourceLocation)
            }
            client.language = .chinese
            let chinese = try client.calculate(bytes: row.bytes)
            client.language = .english
            #expect(chinese == .failed(code: code, text: Packs.regions.chinese.text(code, text)))
            let sentence = try #require(row.code.entry).sentence.chinese
            #expect(Packs.regions.chinese.text(code, text).hasPrefix(sentence), sourceLocation: sourceLocation)
        }
        try server.expectHealthy(after: "bad claims")
    }

    @Test func `amounts that are negative, too large or do not add up are refused (G-1, G-5, G-9)`() throws {
        var rows: [Row] = []
        let amounts: [(String, WritableKeyPath<Claim, Fen>)] = [
            ("claim.cost.total", \.cost.total), ("claim.cost.out_of_catalog", \.cost.outOfCatalog),
            ("claim.cost.over_limit", \.cost.overLimit), ("claim.cost.first_self_pay", \.cost.firstSelfPay),
            ("claim.cost.in_policy", \.cost.inPolicy), ("claim.cost.in_policy_drug", \.cost.inPolicyDrug),
            ("claim.cost.special_drug", \.cost.specialDrug), ("claim.external_basic", \.externalBasic),
            ("claim.external_large_amount", \.externalLargeAmount),
        ]
        for (field, amount) in amounts {
            for value in [-1, Fen.min, Fen.max, AmountLimit.claimMax + 1] {
                rows.append(
                    Row(Self.plain, .amountOutOfRange, " \(field)=\(value) ", "[G-1]") {
                        $0.claim.claim[keyPath: amount] = value
                    })
            }
        }
        rows += [
            Row(Self.plain, .amountsDoNotAddUp, "claim.cost.total=280001", "[G-5]") { $0.claim.claim.cost.total += 1 },
            Row(Self.plain, .amountsDoNotAddUp, "claim.cost.total=280000", "[G-5]") {
                $0.claim.claim.cost.overLimit = 1
            },
            Row(Self.plain, .amountsDoNotAddUp, "claim.cost.special_drug=5", "[G-5]") {
                $0.claim.claim.cost.specialDrug = 5
            },
            Row(Self.plain, .amountsDoNotAddUp, "claim.cost.special_drug=0", "[G-5]") {
                $0.claim.claim.kind = .specialDrug
            },
            Row(Self.plain, .partExceedsWhole, "claim.cost.in_policy_drug=280001", "[G-5]") {
                $0.claim.claim.cost.inPolicyDrug = 280_001
            },
            Row(Self.dialysis, .partExceedsWhole, "claim.external_basic=548601", "[G-9]") {
                $0.claim.claim.externalBasic = 548_601
            },
            Row(Self.dialysis, .partExceedsWhole, "claim.external_large_amount=111501", "[G-9]") {
                $0.claim.claim.externalLargeAmount = 111_501
            },
        ]
        try expect(rows)
    }

    @Test func `dates that do not exist or do not fit are refused (G-4)`() throws {
        var rows: [Row] = []
        for date: UInt32 in [0, 20_240_230, 20_230_229, 20_241_301, 20_240_100, 99_999_999, 18_991_231, .max] {
            rows.append(
                Row(Self.plain, .dateInvalid, "claim.service_date=\(date) ", "[G-4]") {
                    $0.claim.claim.serviceDate = CalendarDate(Int32(bitPattern: date))
                })
        }
        let wrong = CalendarDate(2024_02_30)
        rows += [
            Row(Self.plain, .dateInvalid, "person.covered_from=20240230") { $0.person.facts.covered.from = wrong },
            Row(Self.plain, .dateInvalid, "person.covered_until=20240230") { $0.person.facts.covered.until = wrong },
            Row(Self.plain, .dateInvalid, "person.identities.given=20240230") {
                $0.person.identities = [DatedIdentity(.destitute, given: wrong)]
            },
            Row(Self.plain, .dateInvalid, "person.identities.ended=20240230") {
                $0.person.identities = [DatedIdentity(.destitute, given: CalendarDate(2024_01_01), ended: wrong)]
            },
            Row(Self.special, .dateInvalid, "person.filings.until=20240230") {
                $0.person.filings = [FilingRecord(disease: "hypertension", inForce: DateRange(until: wrong))]
            },
            Row(Self.plain, .dateInvalid, "person.supplementary.bought_on=20240230") {
                $0.person.product = "yukuaibao_2023_basic"
                $0.person.facts.boughtOn = wrong
            },
            Row(Self.plain, .yearMismatch, "year.year=2023", "[G-4]") { $0.year = 2023 },
            Row(Self.plain, .policyNotInForce, "claim.service_date=20211231", "[G-4]", "2022-01-01") {
                $0.claim.claim.serviceDate = CalendarDate(2021_12_31)
                $0.year = 2021
            },
            Row(Self.dialysis, .policyNotInForce, "claim.service_date=20210101", "[G-4]", "2020-12-31") {
                $0.claim.claim.serviceDate = CalendarDate(2021_01_01)
                $0.year = 2021
            },
        ]
        try expect(rows)
    }

    @Test func `what the rules do not allow is refused with the rule (CQ-14, CQ-22, CQ-45, AH-5, G-9)`() throws {
        try expect([
            Row(Self.plain, .regionUnknown, "region=atlantis", "anhui, chongqing, shenyang, yantai") {
                $0.region = "atlantis"
            },
            Row(Self.plain, .notCovered, "person.insurance=unspecified", "[CQ-45]") {
                $0.person.facts.insurance = .unspecified
            },
            Row(Self.plain, .notCovered, "person.covered_from=20240701..", "[CQ-45]") {
                $0.person.facts.covered = DateRange(from: CalendarDate(2024_07_01))
            },
            Row(Self.special, .notEntitled, "claim.disease=coronary_disease", "[CQ-14]") {
                $0.person.facts.membership = .tier1
            },
            Row(Self.chronic, .notEntitled, "person.filings=hypertension", "[AH-5]") { _ in },
            Row(Self.chronic, .notEntitled, "person.filings=hypertension", "[AH-5]") {
                $0.person.filings = [FilingRecord(disease: "diabetes", inForce: DateRange())]
            },
            Row(Self.chronic, .notEntitled, "person.filings=hypertension", "[AH-5]") {
                let ended = DateRange(until: CalendarDate(2024_06_29))
                $0.person.filings = [FilingRecord(disease: "hypertension", inForce: ended)]
            },
            Row(Self.plain, .purchaseNotValid, "person.supplementary.bought_on=20230101", "[CQ-22]") {
                $0.person.product = "yukuaibao_2023_upgraded"
                $0.person.facts.boughtOn = CalendarDate(2023_01_01)
            },
            Row(Self.plain, .purchaseNotValid, "person.insurance=unspecified", "[CQ-22]") {
                $0.person.product = "yukuaibao_2023_basic"
                $0.person.facts.boughtOn = CalendarDate(2022_12_01)
                $0.person.facts.insurance = .unspecified
            },
            Row(Self.stay, .externalNotAllowed, "claim.external_basic=1 ") { $0.claim.claim.externalBasic = 1 },
            Row(Self.dialysis, .externalNotAllowed, "claim.external_large_amount=1 ") {
                $0.claim.claim.externalLargeAmount = 1
            },
        ])
    }

    @Test func `facts that a rule needs are named when they are missing`() throws {
        try expect([
            Row(Self.stay, .factMissing, "claim.institution.level") { $0.claim.claim.institution.level = .unspecified },
            Row(Self.plain, .factMissing, "claim.institution.level") {
                $0.claim.claim.institution.level = .unspecified
            },
            Row(Self.plain, .factMissing, "person.status") { $0.person.facts.status = .unspecified },
            Row(Self.plain, .factMissing, "person.membership") { $0.person.facts.membership = .unspecified },
            Row(Self.special, .factMissing, "claim.disease") { $0.claim.disease = "" },
            Row(Self.chronic, .factMissing, "claim.disease") { $0.claim.disease = "" },
        ])
    }

    @Test func `accumulators and accounts that cannot be are refused (G-1)`() throws {
        let name = Packs.pack("chongqing").accumulators[0].name
        try expect([
            Row(Self.plain, .accumulatorUnknown, "year.accumulators=no_such_name", name) {
                $0.accumulators = [("no_such_name", 1)]
            },
            Row(Self.plain, .accumulatorOutOfRange, "year.accumulators=-1", "[G-1]", name) {
                $0.accumulators = [(name, -1)]
            },
            Row(Self.plain, .accumulatorOutOfRange, "year.accumulators=1000000000000001", "[G-1]", name) {
                $0.accumulators = [(name, AmountLimit.accumulatorMax + 1)]
            },
            Row(Self.plain, .accumulatorOutOfRange, "accounts.balance=-1", "[G-1]", "account 1") {
                $0.person.accounts = [AccountState(balance: -1)]
            },
        ])
    }

    /// The tests' own types cannot hold these values: they are merged in behind the good ones.
    @Test func `values outside their lists are refused`() throws {
        func spoiled(_ fields: (path: [Int], value: Int64)...) -> [UInt8] {
            var bytes = Self.plain.request
            for (path, value) in fields {
                var message = WireMessage()
                message.number(path[path.count - 1], value)
                for field in path.dropLast().reversed() {
                    let inner = message
                    message = WireMessage()
                    message.message(field, inner)
                }
                bytes += message.bytes
            }
            return bytes
        }
        try expect([
            Row("kind 0", spoiled(([2, 1], 8)), .factInvalid, "claim.kind=8"),
            Row("kind -1", spoiled(([2, 1], -1)), .factInvalid, "claim.kind"),
            Row("level 4", spoiled(([2, 4, 1], 4)), .factInvalid, "claim.institution.level=4"),
            Row("account use 3", spoiled(([2, 8], 3)), .factInvalid, "claim.account_use=3"),
            Row("referred from 256", spoiled(([2, 9], 256)), .factInvalid, "claim.referred_from=256"),
            Row("insurance 3", spoiled(([3, 2], 3)), .factInvalid, "person.insurance=3"),
            Row("membership 4", spoiled(([3, 3], 4)), .factInvalid, "person.membership=4"),
            Row("status 3", spoiled(([3, 4], 3)), .factInvalid, "person.status=3"),
            Row("identity 8", spoiled(([3, 7, 1], 8)), .factInvalid, "person.identities.identity=8"),
            Row("relation 4", spoiled(([5, 1], 4)), .factInvalid, "accounts", "4"),
            Row(Self.plain, .factInvalid, "claim.disease=plague", "hypertension") { $0.claim.disease = "plague" },
            Row(Self.plain, .factInvalid, "person.filings=plague", "hypertension") {
                $0.person.filings = [FilingRecord(disease: "plague", inForce: DateRange())]
            },
            Row(Self.plain, .factInvalid, "person.supplementary.product=lottery", "yukuaibao_2023_basic") {
                $0.person.product = "lottery"
            },
            Row(Self.plain, .factInvalid, "claim.kind=unspecified") { $0.claim.claim.kind = .unspecified },
        ])
    }

    @Test func `a message that lacks a part or says it twice is EREQUEST`() throws {
        let server = try ServerProcess()
        let client = try server.connect()
        func only(_ fields: [Int]) -> [UInt8] {
            var message = WireMessage()
            message.text(1, "chongqing")
            for field in fields { message.message(field, WireMessage()) }
            return message.bytes
        }
        let name = Packs.pack("chongqing").accumulators[0].name
        let rows: [(bytes: [UInt8], words: String)] = [
            (only([]), "claim is missing"), (only([2, 4]), "person is missing"), (only([2, 3]), "year is missing"),
            (only([2, 3, 4]), "claim.cost is missing"),
            (Self.plain.with { $0.accumulators = [(name, 1), (name, 1)] }.request, "twice"),
            (
                Self.plain.with { $0.person.accounts = [AccountState](repeating: AccountState(balance: 1), count: 9) }
                    .request, "more than 8"
            ),
        ]
        for row in rows {
            let reply = try client.calculate(bytes: row.bytes)
            guard case .failed(let code, let text) = reply else {
                Issue.record("not refused (\(row.words)): \(reply)")
                continue
            }
            #expect(code == RPCErrorCode.badRequest.rawValue, "\(text)")
            #expect(text.contains(row.words), "\(text)")
        }
        try server.expectHealthy(after: "messages without their parts")
    }
}
