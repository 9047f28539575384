import Policy
import Settlement
import Testing

/// Every limit of a pack: at it, and one beyond.
@Suite struct `Limits of a pack` {
    static func rows(_ count: Int, _ row: (Int) -> String) -> String {
        (0..<count).map(row).joined(separator: "\n")
    }

    static func source(_ rule: String = "TT-1") -> String {
        "rule: \(rule), source: { document: \"1\", article: a, words: w }"
    }

    /// A pack of so many of each part.
    static func pack(diseases: Int = 0, products: Int = 0, accumulators: Int = 0, layers: String) -> String {
        func names(_ count: Int, _ name: String) -> String {
            (0..<count).map { "\(name)\($0): { zh: 名, en: Name }" }.joined(separator: ", ")
        }
        let days = "from: 2020-01-01, until: 2020-12-31, \(source())"
        let product = "zh: 品, en: P, premium: { value: 1 元, \(source()) }, purchase: { \(days) }, cover: { \(days) }"
        return """
            region: limits
            zh: 限
            en: Limits
            from: 2020-01-01
            documents: { "1": { zh: 文, en: Document } }
            diseases: { \(names(diseases, "d")) }
            products: { \((0..<products).map { "p\($0): { \(product) }" }.joined(separator: ", ")) }
            accumulators: { \(names(accumulators, "a")) }
            funds: { f: { zh: 金, en: F, category: pool } }
            layers:
            \(layers)

            """
    }

    static func layer(
        _ id: String, stage: String = "basic", base: String = "in_policy", when: String, more: String = ""
    ) -> String {
        """
          - { id: \(id), zh: 层, en: L, stage: \(stage), base: \(base), when: { \(when) }, paid_by: f,
              ratio: { value: 50 %, \(source()) }\(more) }
        """
    }

    static func problems(_ yaml: String) -> [String] { Mutation.problems(of: yaml).map(\.message) }

    @Test func `32 accumulators, not 33`() {
        func yaml(_ count: Int) -> String {
            // Each accumulator is some layer's cap.
            Self.pack(
                accumulators: count,
                layers: Self.layer("only", when: "kind: inpatient") + "\n"
                    + Self.rows(count) {
                        Self.layer(
                            "l\($0)", when: "kind: special, identity: none",
                            more: ", from: \(2021 + $0)-01-01, until: \(2021 + $0)-12-31, "
                                + "cap: { accumulator: a\($0), value: 1 元, \(Self.source()) }")
                    })
        }
        #expect(Self.problems(yaml(PackLimit.accumulatorsMax)) == [])
        #expect(Self.problems(yaml(PackLimit.accumulatorsMax + 1)).contains("more than 32 accumulators"))
    }

    @Test func `7 products, not 8`() {
        let layers = Self.layer("only", when: "kind: inpatient")
        #expect(Self.problems(Self.pack(products: PackLimit.productsMax, layers: layers)) == [])
        #expect(
            Self.problems(Self.pack(products: PackLimit.productsMax + 1, layers: layers)) == ["more than 7 products"])
    }

    @Test func `254 diseases in 15 classes, not one more of either`() {
        func yaml(_ diseases: Int, told apart: Int) -> String {
            Self.pack(
                diseases: diseases,
                layers: Self.rows(apart) { Self.layer("l\($0)", when: "kind: special, disease: d\($0)") })
        }
        #expect(Self.problems(yaml(254, told: 14)) == [])
        #expect(Self.problems(yaml(255, told: 14)) == ["more than 254 diseases"])
        // With those that no rule names the classes are one more.
        #expect(Self.problems(yaml(16, told: 15)).contains { $0.contains("more than 15 classes") })
        #expect(Self.problems(yaml(15, told: 15)) == [])
    }

    @Test func `8 layers for one claim, not 9`() {
        let stages = ["basic", "pooling", "critical_illness", "assistance", "reassistance", "supplementary"]
        let bases = ["in_policy", "out_of_catalog"]
        func yaml(_ count: Int) -> String {
            Self.pack(
                layers: Self.rows(count) {
                    Self.layer("l\($0)", stage: stages[$0 / 2], base: bases[$0 % 2], when: "kind: inpatient")
                })
        }
        #expect(Self.problems(yaml(8)) == [])
        #expect(Self.problems(yaml(9)) == ["more than 8 layers for one claim: 'l8'"])
    }

    @Test func `64 layers, not 65`() {
        func yaml(_ count: Int) -> String {
            Self.pack(
                layers: Self.rows(count) { number in
                    let year = 2021 + number
                    return Self.layer(
                        "l\(number)", when: "kind: inpatient", more: ", from: \(year)-01-01, until: \(year)-12-30")
                })
        }
        #expect(Self.problems(yaml(65)).contains("more than 64 layers"))
        // 64 layers with gaps between them make 128 versions.
        #expect(Self.problems(yaml(64)) == ["the dates make 129 versions; at most 64 are kept"])
        #expect(Self.problems(yaml(31)) == [])
    }

    @Test func `4 brackets by payment, 8 by expense, no more`() {
        func yaml(_ count: Int, _ measure: String) -> String {
            let brackets = (0..<count).map { "{ from: \($0) 元, value: \(50 + $0) % }" }.joined(separator: ", ")
            return Self.pack(
                accumulators: 1,
                layers: """
                      - { id: l, zh: 层, en: L, stage: basic, base: in_policy, paid_by: f, ratio: {
                          measured_on: \(measure), accumulator: a0, brackets: [\(brackets)], \(Self.source()) } }
                    """)
        }
        #expect(Self.problems(yaml(4, "payments")) == [])
        #expect(Self.problems(yaml(5, "payments")).contains("more than 4 brackets"))
        #expect(Self.problems(yaml(8, "expenses")) == [])
        #expect(Self.problems(yaml(9, "expenses")).contains("more than 8 brackets"))
    }

    @Test func `a layer, and a pack, that look at too many facts are refused`() {
        let facts = "insurance: employee, membership: tier1, status: active, identity: none, kind: inpatient, level: L1"
        let flags = "chinese_medicine: yes, county_area: yes, referred_from: L1"
        // 3 × 4 × 3 × 8 × 8 × 4 × 2 × 2 × 4 = 147,456 for the layer.
        #expect(
            Self.problems(Self.pack(layers: Self.layer("l", when: "\(facts), \(flags)")))
                .contains { $0.contains("'l' looks at 147456 combinations") })
        // Each layer less, the pack of 8 versions more than a million.
        let layers =
            Self.layer("a", when: facts) + "\n"
            + Self.rows(8) {
                Self.layer(
                    "b\($0)", when: "\(flags), kind: special",
                    more: ", from: \(2021 + $0)-01-01, until: \(2021 + $0)-12-31")
            }
        #expect(Self.problems(Self.pack(layers: layers)).contains { $0.contains("at most 1000000 are kept") })
    }

    @Test func `the limits fit the calculator's fields`() {
        #expect(PackLimit.accumulatorsMax <= Int(Layer.noSlot))
        #expect(PackLimit.diseasesMax <= Int(UInt8.max))
        #expect(PackLimit.productsMax < Facet.product.valuesMax)
        #expect(PackLimit.diseaseClassesMax < Facet.diseaseClass.valuesMax)
        #expect(PackLimit.paymentBracketsMax <= CalculatorLimit.paymentBracketsMax)
        #expect(PackLimit.expenseBracketsMax <= CalculatorLimit.bracketsMax)
        #expect(PackLimit.layersPerPlanMax <= CalculatorLimit.layersMax)
        #expect(PackLimit.planKeysMax * PackLimit.versionsMax <= Int(UInt32.max))
        #expect(PackLimit.layerKeysMax <= PackLimit.planKeysMax)
    }

    @Test func `a pack with any line left out or cut is read or refused at a line of its own`() {
        let lines = Mutation.minimal.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for index in lines.indices {
            let cut = String(lines[index].prefix(lines[index].count / 2))
            for replacement in [[], [cut]] {
                var damaged = lines
                damaged.replaceSubrange(index...index, with: replacement)
                for problem in Mutation.problems(of: damaged.joined(separator: "\n")) {
                    #expect((0...damaged.count + 1).contains(problem.line) && !problem.message.isEmpty)
                }
            }
        }
    }
}
