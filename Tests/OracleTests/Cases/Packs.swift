import Foundation
import Policy
import Testing

/// The packs that ship with the product, read once.
enum Packs {
    static func pack(_ region: RegionUnderTest) throws -> PolicyPack {
        if region.operatorTable != nil { return try shenyangWithOperator.get() }
        return try shipped(region.region)
    }

    private static let library = Result { () throws(PolicyProblems) in try PolicyLibrary.load() }

    private static func shipped(_ region: String) throws -> PolicyPack {
        try #require(library.get()[region], "no pack of \(region)")
    }

    /// Rule SY-7: the shipped pack, its external inpatient layer replaced by an operator's table.
    private static let shenyangWithOperator = Result {
        var text = try shipped("shenyang").yaml
        for (old, new) in operatorEdits {
            try #require(text.components(separatedBy: old).count == 2, "the pack has no single place for: \(old)")
            text = text.replacingOccurrences(of: old, with: new)
        }
        return try PolicyPack.read(bytes: [UInt8](text.utf8), file: "shenyang-with-operator.yaml")
    }

    private static let operatorEdits: [(String, String)] = [
        (
            "documents:\n",
            """
            documents:
              operator: { zh: 经办机构的待遇表, en: The operator's table }

            """
        ),
        (
            "when: { kind: [inpatient, outpatient, two_disease, negotiated, emergency, special] }\n    external:",
            "when: { kind: [outpatient, two_disease, negotiated, emergency, special] }\n    external:"
        ),
        ("layers:\n  - id: basic.external", operatorLayer + "  - id: basic.external"),
    ]

    /// The numbers are made up for tests; `OperatorTable.shenyang` repeats them.
    private static let operatorLayer = """
        layers:
          - id: basic.inpatient
            zh: 住院
            en: Inpatient
            stage: basic
            when: { kind: inpatient }
            base: in_policy
            deductible:
              per: visit
              rule: SY-7
              source: { document: operator, article: 表1, words: 起付标准 }
              by: level
              table: { L1: 200 元, L2: 400 元, L3: 800 元 }
            ratio:
              rule: SY-7
              source: { document: operator, article: 表1, words: 报销比例 }
              by: level
              table: { L1: 90 %, L2: 80 %, L3: 70 % }
            paid_by: basic

        """
}
