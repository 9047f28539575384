import Policy
import Settlement
import Testing

/// What `policy check` finds in a pack that reads well: gaps, overlaps, inversions, what is unreachable.
@Suite struct `Checking a pack` {
    static let gaps = [
        Mutation(
            56, "L2: 300 元", "", at: 55, says: "gap: the table has no row for level L2, which the layer 'inpatient'"),
        Mutation(72, ", tier2: 75 %", "", says: "gap: the table has no row for membership tier2"),
        Mutation(114, "others: 1万元", "", at: 113, says: "gap: the table has no row for identity none"),
        Mutation(
            90, "{ disease: { except: severe } }", "{ disease: diabetes, level: L1 }", at: 82, says: "gap: no case"),
        Mutation(82, "{ disease: severe }", "{ disease: severe, level: [L1, L2] }", says: "level L3"),
    ]

    static let overlaps = [
        Mutation(56, "L2", "\"L1, L2\"", says: "overlap: 'L1, L2' has a value in another row already"),
        Mutation(90, "{ disease: { except: severe } }", "{ kind: special }", says: "overlap: two cases of the ratio"),
        Mutation(
            79, "kind: special", "kind: [special, inpatient]", at: 75, says: "overlap: 'inpatient' and 'special' both"),
        Mutation(103, "critical_illness", "basic", at: 100, says: "both pay for the same claim in the stage basic"),
        Mutation(95, "special.paid", "illness.absorbed", at: 108, says: "already counts"),
        Mutation(95, "special.paid", "pool.paid", says: "'pool.paid' already counts what a fund has paid"),
        Mutation(86, "special.measured", "special.paid", at: 95, says: "already counts"),
        Mutation(119, "illness.base", "illness.absorbed", says: "already counts what a deductible has absorbed"),
    ]

    static let inversions = [
        Mutation(72, "tier1: 70 %", "tier1: 81 %", says: "inverted ratio: in 'inpatient' L2 pays more than L1"),
        Mutation(73, "tier2: 55 %", "tier2: 75.01 %", says: "inverted ratio: in 'inpatient' L3 pays more than L2"),
        Mutation(
            57, "800 元", "299.99 元",
            says: "inverted deductible: in 'inpatient' that of L3, 299.99 元, is below that of L2, 300.00 元"),
        Mutation(56, "300 元", "0 元", says: "that of L2, 0.00 元, is below that of L1, 100.00 元"),
        // The message stands where the lower deductible of the higher level does, not where the higher one does.
        Mutation(55, "100 元", "301 元", at: 56, says: "that of L2, 300.00 元, is below that of L1, 301.00 元"),
    ]

    static let unreachable = [
        Mutation(122, "deductible", "1000 元", says: "begins neither at 0 元 nor at the deductible"),
        Mutation(123, "10万元", "1万元", at: 122, says: "takes all of the first bracket"),
        Mutation(123, "10万元", "deductible", says: "only the first bracket may begin at the deductible"),
        Mutation(89, "3万元", "0 元", says: "has no width"),
        Mutation(88, "0 元", "1 元", says: "brackets by payment begin at 0 元"),
        Mutation(89, "3万元", "6万元", says: "unreachable: bracket 2 begins at the cap"),
        Mutation(88, "{ from: 0 元", "{ from: 4万元", at: 89, says: "brackets ascend"),
        Mutation(88, "90 %", "0 %", says: "unreachable: at 0 % nothing fills bracket 1 of 'special'"),
        Mutation(79, "kind: special", "kind: special, membership: employer", at: 75, says: "never applies"),
        Mutation(94, "cap:", "cap:\n      from: 2031-01-01", at: 95, says: "gap: no case of the cap"),
        Mutation(63, "}", "}\n    from: 2030-01-01", at: 59, says: "unreachable: the layer 'inpatient' never applies"),
        Mutation(63, "}", "}\n    until: 2019-12-31", at: 59, says: "never applies"),
        Mutation(
            63, "kind: inpatient", "kind: inpatient, level: [L1, L2]", at: 57, says: "no combination that 'inpatient'"),
        Mutation(57, "L3: 800 元", "L3: 800 元\n      others: 900 元", at: 58, says: "unreachable: no combination"),
        Mutation(32, "illness.", "spare: { zh: 无, en: Unused }\n  illness.", says: "declared but nothing uses it"),
        Mutation(47, "large", "spare: { zh: 备, en: Spare, category: pool }\n  large", says: "pays for no layer"),
        Mutation(
            50, "deductibles:", "unused: { rule: TT-1 }\n  deductibles:",
            says: "the table 'unused' is declared but no layer"),
    ]

    @Test(arguments: gaps) func `a gap is found`(_ mutation: Mutation) throws { try mutation.check() }

    @Test(arguments: overlaps) func `an overlap is found`(_ mutation: Mutation) throws { try mutation.check() }

    @Test(arguments: inversions) func `a higher level that pays more is found (CQ-2, CQ-11)`(_ mutation: Mutation)
        throws
    {
        try mutation.check()
    }

    @Test(arguments: unreachable) func `what no claim can reach is found`(_ mutation: Mutation) throws {
        try mutation.check()
    }

    @Test func `equal ratios, and equal deductibles, at two levels are no inversion`() throws {
        for mutation in [
            Mutation(72, "tier1: 70 %", "tier1: 80 %", says: ""), Mutation(56, "300 元", "100 元", says: ""),
        ] {
            #expect(Mutation.problems(of: try mutation.apply()) == [])
        }
    }

    @Test func `the last bracket by payment may pay nothing`() throws {
        let mutation = Mutation(89, "100 %", "0 %", says: "")
        #expect(Mutation.problems(of: try mutation.apply()) == [])
    }
}
