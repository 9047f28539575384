import Policy
import Settlement
import Testing

/// What the generator and the comparison need to know of a region.
struct RegionUnderTest: Sendable, CustomTestStringConvertible {
    let name: String
    /// The pack's region.
    let region: String
    /// Rule SY-7: with the inpatient table of an operator.
    var operatorTable: OperatorTable?
    /// Years from which person-years are drawn; those out of force are refused.
    let years: [Int32]
    let kinds: [ClaimKind]
    /// Amounts at which something changes, in yuan.
    let thresholds: [Fen]
    let identities: [Identity]
    /// The oracle's memory behind each accumulator of the pack.
    let accumulators: [String: Accumulator]
    /// Caps, in yuan, that a comparison must have filled to be worth anything.
    let caps: [(layer: String, yuan: Fen)]
    /// What it must have seen refused, besides what every region refuses.
    let refusals: Set<DomainCode>

    struct Accumulator: Sendable {
        let layer: String
        let part: Part

        static func absorbed(_ layer: String) -> Accumulator { Accumulator(layer: layer, part: .absorbed) }
        static func base(_ layer: String) -> Accumulator { Accumulator(layer: layer, part: .base) }
        static func paid(_ layer: String) -> Accumulator { Accumulator(layer: layer, part: .paid) }
    }

    enum Part: Sendable { case absorbed, base, paid }

    var testDescription: String { name }

    static let all = [chongqing, yantai, shenyang, shenyangWithOperator, anhui]

    static let chongqing = RegionUnderTest(
        name: "chongqing", region: "chongqing", years: [2021, 2022, 2023, 2023, 2023, 2024, 2024, 2024, 2025],
        kinds: [
            .inpatient, .inpatient, .outpatient, .outpatient, .special, .special, .special, .emergency, .twoDisease,
            .negotiated, .specialDrug,
        ],
        thresholds: [
            100, 200, 300, 440, 800, 880, 1_200, 3_000, 4_000, 5_000, 15_000, 37_000, 47_000, 80_000, 120_000,
            500_000, 547_000, 1_500_000,
        ],
        identities: [.destitute, .registeredPoor, .none],
        accumulators: [
            "resident.special.absorbed": .absorbed("resident.special"),
            "resident.paid": .paid("resident.basic"),
            "employee.special.absorbed": .absorbed("employee.special"),
            "employee.special.group_a.paid": .paid("employee.special.group_a"),
            "employee.pooling.absorbed": .absorbed("employee.pooling"),
            "employee.pooling.paid": .paid("employee.pooling"),
            "employee.pool.paid": .paid("employee.pool"),
            "employee.large_amount.paid": .paid("employee.large_amount"),
            "yukuaibao.in_catalog.absorbed": .absorbed("yukuaibao.c1"),
            "yukuaibao.in_catalog.paid": .paid("yukuaibao.c1"),
            "yukuaibao.out_of_catalog.absorbed": .absorbed("yukuaibao.c2"),
            "yukuaibao.out_of_catalog.paid": .paid("yukuaibao.c2"),
            "yukuaibao.drug.paid": .paid("yukuaibao.c3"),
        ],
        caps: [
            ("resident.basic", 120_000), ("employee.large_amount", 500_000), ("employee.pooling", 4_000),
            ("yukuaibao.c1", 1_500_000), ("yukuaibao.c2", 1_500_000), ("yukuaibao.c3", 500_000),
        ],
        refusals: [.purchaseNotValid, .factMissing, .notEntitled])

    static let yantai = RegionUnderTest(
        name: "yantai", region: "yantai", years: [2022, 2023, 2023, 2023, 2024, 2024, 2025, 2030],
        kinds: [
            .inpatient, .inpatient, .inpatient, .special, .special, .specialDrug, .specialDrug, .outpatient,
            .emergency, .twoDisease, .negotiated,
        ],
        thresholds: [
            3_000, 5_000, 6_000, 7_000, 10_000, 12_000, 14_000, 20_000, 30_000, 100_000, 200_000, 300_000, 400_000,
        ],
        identities: [
            .destitute, .lowIncome, .returnedToPoverty, .nearLowIncome, .monitored, .illnessPoverty,
            .registeredPoor, .none,
        ],
        accumulators: [
            "employee.critical_illness.absorbed": .absorbed("employee.critical_illness"),
            "resident.critical_illness.absorbed": .absorbed("resident.critical_illness"),
            "resident.critical_illness.base": .base("resident.critical_illness"),
            "special_drug.absorbed": .absorbed("critical_illness.special_drug"),
            "special_drug.paid": .paid("critical_illness.special_drug"),
            "assistance.absorbed": .absorbed("assistance"),
            "assistance.paid": .paid("assistance"),
            "reassistance.absorbed": .absorbed("reassistance"),
            "reassistance.paid": .paid("reassistance"),
        ],
        caps: [("assistance", 30_000), ("reassistance", 20_000), ("critical_illness.special_drug", 400_000)],
        refusals: [])

    static let shenyang = RegionUnderTest(
        name: "shenyang", region: "shenyang", years: [2019, 2020, 2020, 2020, 2020, 2020, 2020, 2020, 2020, 2021],
        kinds: [
            .inpatient, .inpatient, .special, .special, .outpatient, .outpatient, .emergency, .twoDisease,
            .negotiated, .specialDrug,
        ],
        thresholds: [80, 100, 500, 7_500],
        identities: [.registeredPoor, .registeredPoor, .destitute, .none],
        accumulators: [
            "critical_illness.absorbed": .absorbed("critical_illness"),
            "assistance.outpatient.paid": .paid("assistance.outpatient"),
        ],
        caps: [("assistance.outpatient", 80)], refusals: [])

    static let shenyangWithOperator: RegionUnderTest = {
        RegionUnderTest(
            name: "shenyang with an operator's table", region: "shenyang", operatorTable: .shenyang,
            years: shenyang.years, kinds: shenyang.kinds + [.inpatient, .inpatient],
            thresholds: shenyang.thresholds + [200, 400, 600, 800], identities: shenyang.identities,
            accumulators: shenyang.accumulators, caps: shenyang.caps, refusals: [.factMissing])
    }()

    static let anhui = RegionUnderTest(
        name: "anhui", region: "anhui", years: [2019, 2020, 2020, 2021, 2021, 2022],
        kinds: [
            .inpatient, .special, .special, .special, .special, .outpatient, .emergency, .twoDisease, .negotiated,
            .specialDrug,
        ],
        thresholds: [100, 1_000],
        identities: [.registeredPoor, .registeredPoor, .destitute, .none],
        accumulators: [:], caps: [], refusals: [.factMissing, .notEntitled])
}

extension OracleYear {
    subscript(accumulator: RegionUnderTest.Accumulator) -> Fen {
        get {
            let layer = self[accumulator.layer]
            return switch accumulator.part {
            case .absorbed: layer.absorbed
            case .base: layer.base
            case .paid: layer.paid
            }
        }
        set {
            switch accumulator.part {
            case .absorbed: self[accumulator.layer].absorbed = newValue
            case .base: self[accumulator.layer].base = newValue
            case .paid: self[accumulator.layer].paid = newValue
            }
        }
    }
}
