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
