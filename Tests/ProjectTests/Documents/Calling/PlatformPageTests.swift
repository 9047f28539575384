import Foundation
import Testing

@Suite struct `The page of the national platform's fields` {
    private static let path = "docs/calling/platform.md"

    /// Names of the platform in the comments of Proto/: words with `_` that are no field of ours, and a few without.
    static func platformNames(_ protos: [String]) -> Set<String> {
        var fields: Set<Substring> = []
        var names: Set<String> = []
        for proto in protos {
            for match in proto.matches(of: /(?m)^\s*(?:repeated |optional )?[\w.]+ (\w+) = \d+/) { fields.insert(match.1) }
        }
        for line in protos.joined(separator: "\n").split(separator: "\n") {
            guard let start = line.firstRange(of: "//") else { continue }
            let comment = line[start.upperBound...]
            for match in comment.matches(of: /\b[a-z]+(?:_[a-z]+)+\b/) where !fields.contains(match.0) {
                if !match.0.hasSuffix("_service") { names.insert(String(match.0)) }
            }
            for name in ["insutype", "balc", "msgid"] where comment.contains(name) { names.insert(name) }
        }
        return names
    }

    /// Numbers of the platform's transactions in the comments of methods: "(2207 / 2304)".
    static func transactions(_ protos: [String]) -> Set<String> {
        var numbers: Set<String> = []
        for line in protos.joined(separator: "\n").split(separator: "\n") where line.contains("//") {
            for match in line.matches(of: /[(,] ?(\d{4}(?: \/ \d{4})*)\)/) {
                numbers.formUnion(match.1.split(separator: " / ").map(String.init))
            }
        }
        return numbers
    }

    @Test func `every field and transaction of the platform that Proto names stands there`() throws {
        // The fields of platform.proto are the platform's by their names.
        let protos = try Repository.files(below: "Proto/jiesuan", endings: [".proto"])
            .filter { $0.lastPathComponent != "platform.proto" }
            .map { try String(contentsOf: $0, encoding: .utf8) }
        let page = try Repository.text(Self.path)
        let words = Set(page.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
        let names = Self.platformNames(protos)
        let transactions = Self.transactions(protos)
        #expect(names.count >= 25 && names.isSuperset(of: ["medfee_sumamt", "hifp_pay", "balc"]))
        #expect(transactions.isSuperset(of: ["2207", "2304", "5206", "3201"]))
        for name in names.union(transactions).subtracting(words).sorted() { Issue.record("\(Self.path) lacks \(name)") }
    }

    // MARK: The interface, field by field

    /// Fields of setlinfo in the answer of 2207 and 2304, and of a row of setldetail.
    static let setlinfo = """
        mdtrt_id setl_id psn_no psn_name psn_cert_type certno gend naty brdy age insutype psn_type cvlserv_flag setl_time
        mdtrt_cert_type med_type medfee_sumamt fulamt_ownpay_amt overlmt_selfpay preselfpay_amt inscp_scp_amt act_pay_dedc
        hifp_pay pool_prop_selfpay cvlserv_pay hifes_pay hifmi_pay hifob_pay maf_pay hifdm_pay oth_pay fund_pay_sumamt
        hosp_part_amt psn_part_amt acct_pay psn_cash_pay balc acct_mulaid_pay medins_setl_id clr_optins clr_way clr_type
        """
    static let setldetail =
        "fund_pay_type inscp_scp_amt crt_payb_lmt_amt fund_payamt fund_pay_type_name setl_proc_info"
    static let transactionsAsked = """
        1101 2001 2206 2207 2208 2303 2304 2305 2601 3201 3202 3203 5203 5206 2503 5301
        """

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    @Test func `every field of setlinfo and setldetail, and every transaction, has a row`() throws {
        let tables = PlatformTable.read(try Repository.text(Self.path))
        let answered = tables.filter { $0.header.contains("in `Setlinfo`") || $0.header.contains("in `Setldetail`") }
        try #require(answered.count == 2)
        let named = answered.map { Set($0.spans(column: 0)) }
        #expect(Self.words(Self.setlinfo).subtracting(named[0]).sorted() == [])
        #expect(Self.words(Self.setldetail).subtracting(named[1]).sorted() == [])
        let calls = try #require(tables.first { $0.header.first == "交易" })
        let numbers = Set(calls.rows.flatMap { $0[0].split(separator: ", ").map(String.init) })
        #expect(Self.words(Self.transactionsAsked).subtracting(numbers).sorted() == [])
        // What is not here says why.
        for row in answered.flatMap(\.rows) { #expect(row.dropFirst(2).contains { !$0.isEmpty }, "\(row[0])") }
    }

    @Test func `every field of the messages in the platform's words has a row, under its own name`() throws {
        let tables = PlatformTable.read(try Repository.text(Self.path))
        for message in ["Setlinfo", "Setldetail"] {
            let fields = try #require(try Self.fields(of: message))
            let table = try #require(tables.first { $0.header.contains("in `\(message)`") })
            let missing = fields.subtracting(table.rows.flatMap { PlatformTable.spans($0.joined(separator: " ")) })
            // `fund` and `limited` have no name of the platform; they stand in the columns of ours.
            #expect(missing.sorted() == [], "\(message)")
        }
    }

    @Test func `every field, call and value of ours that the page names is in Proto`() throws {
        let protos = try Repository.files(below: "Proto/jiesuan", endings: [".proto"])
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined(separator: "\n")
        let known = OurNames(protos)
        let tables = PlatformTable.read(try Repository.text(Self.path)).filter { $0.header.first != "file" }
        let named = Set(tables.flatMap(\.ours))
        #expect(named.count > 80)
        #expect(named.filter { !known.has($0) }.sorted() == [])
        // A slip would be found.
        #expect(!known.has("claim.cost.totl") && !known.has("SettlementService/Setle") && !known.has("LEVEL_9"))
    }

    private static func fields(of message: String) throws -> Set<String>? {
        let proto = try Repository.text("Proto/jiesuan/v1/platform.proto")
        guard let start = proto.firstRange(of: "message \(message) {") else { return nil }
        let body = proto[start.upperBound...].prefix { $0 != "}" }
        return Set(body.matches(of: /(?m)^\s*(?:repeated )?[\w.]+ (\w+) = \d+/).map { String($0.1) })
    }

    @Test func `a name that only Proto has would be found, and our own fields are none of the platform's`() {
        let proto = """
            // See other_service.proto.
            message Claim {
              int64 in_policy = 1;  // 符合政策范围, inscp_scp_amt; at most in_policy
              int64 balance = 2;    // 余额, balc (20240101)
              // 结算 (2207 / 2304), 查询 (5203).
            }
            """
        #expect(Self.platformNames([proto]) == ["inscp_scp_amt", "balc"])
        #expect(Self.transactions([proto]) == ["2207", "2304", "5203"])
    }
}
