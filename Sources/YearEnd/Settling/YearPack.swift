import Ledger
import Lists
import Policy
import Settlement
import Text

/// A fund of a region as reports name it.
package struct YearFund: Codable, Equatable, Sendable {
    /// The pack's id: "large_amount".
    package var id: String
    package var zh: String
    package var en: String
    /// pool, large_amount, critical_illness, assistance, reassistance, supplementary.
    package var category: String
    /// The platform's code (fund_pay_type); empty: none.
    package var code: String
}

/// A region of a run, with the funds of all its packs.
package struct YearRegion: Sendable {
    package let pack: PolicyPack
    /// Every fund of the region's packs, in the order of the waterfall.
    package let funds: [YearFund]
    let categories: [FundCategory]
    /// Disposable income shares above which YT-9 watches a person, in basis points; nil: the pack does not watch.
    let monitoring: WatchTerms?
    /// Document that says that the person agreed to cost outside the catalogue (YT-11); nil: the pack asks for none.
    let consentDocument: String?
    /// Index in `funds` of the second round's fund (SY-4); nil: there is none.
    let secondRoundFund: Int?

    /// Index in `funds` of the fund for recognitions of poverty through illness (YT-7); nil: there is none.
    let recognitionFund: Int?

    func fund(_ id: String) -> Int? { funds.firstIndex { $0.id == id } }
}

/// A pack with the properties of its layers that the year's end needs, by layer index.
final class YearPack: Sendable {
    let pack: PolicyPack
    /// Index of its region.
    let region: Int
    /// The slot of the region's present pack for each of its own.
    let presentSlots: [Int]
    let isPresent: Bool
    private let layers: [LayerRole]
    private let recognitionLayer: UInt32?
    private let recognitionKinds: UInt16

    private struct LayerRole: BitwiseCopyable {
        var first = PayerRole()
        var second = PayerRole()
        var isInSecondRound = false
        /// Paid outside (G-9).
        var isOutside = false
    }

    private struct PayerRole: BitwiseCopyable {
        /// Index among the region's funds.
        var fund = 0
        /// Takes off the in-policy burden (basic, large amount, critical illness).
        var relieves = false
        /// Assistance or re-assistance.
        var assists = false

        init() {}

        init(_ category: FundCategory, fund: Int, base: LayerBase) {
            self.fund = fund
            switch category {
            case .pool, .largeAmount, .criticalIllness: relieves = base == .inPolicyLeft
            case .assistance, .reassistance: assists = true
            case .supplementary: break
            }
        }

        @inline(__always)
        func count(_ paid: Fen, in figures: inout Figures) {
            if relieves { figures.burden -= paid }
            if assists, paid > 0 { figures.isAssisted = true }
        }
    }

    init(_ pack: PolicyPack, region: Int, regions: [YearRegion]) throws(RunProblem) {
        self.pack = pack
        self.region = region
        let present = regions[region].pack
        isPresent = present.digest == pack.digest
        var slots: [Int] = []
        for accumulator in pack.accumulators {
            guard let slot = present.slot(named: accumulator.name) else {
                throw RunProblem(
                    "the policy pack of '\(pack.region)' has no accumulator '\(accumulator.name)', which settled "
                        + "years have: keep it in the pack")
            }
            slots.append(slot)
        }
        presentSlots = slots
        var roles: [LayerRole] = []
        for (layer, words) in zip(pack.calculator.layers, pack.layers) {
            var role = LayerRole()
            let first = regions[region].fund(words.first.id) ?? 0
            role.first = PayerRole(layer.first.category, fund: first, base: layer.base)
            let second = words.second.flatMap { regions[region].fund($0.id) } ?? first
            role.second = PayerRole(layer.second.category, fund: second, base: layer.base)
            role.isInSecondRound = words.isInSecondRound
            role.isOutside = layer.method == .externalBasic || layer.method == .externalLargeAmount
            roles.append(role)
        }
        layers = roles
        recognitionLayer = pack.recognitionLayer
        var kinds: UInt16 = 0
        for name in pack.names("recognition.kinds") ?? [] {
            for kind in ClaimKind.allCases where "\(kind)".snakeCased == name { kinds |= 1 << kind.rawValue }
        }
        recognitionKinds = pack.recognitionLayer == nil ? 0 : kinds
    }

    func countsForRecognition(_ kind: ClaimKind) -> Bool { recognitionKinds & 1 << kind.rawValue != 0 }

    /// What a recognition counts of a settlement with these figures (YT-7), in fen.
    func counted(_ kind: ClaimKind, _ figures: Figures) -> Fen {
        countsForRecognition(kind) && !figures.isAssisted ? figures.burden : 0
    }

    /// The figures of an outcome that the year's end needs.
    func figures(_ claim: Claim, _ outcome: UnsafePointer<Outcome>) -> Figures {
        var figures = Figures()
        figures.identity = outcome.pointee.identity
        figures.burden = claim.cost.inPolicy
        for position in 0..<outcome.pointee.layerCount {
            let result = outcome.pointee.layers[position]
            guard Int(result.layer) < layers.count else { continue }
            let role = layers[Int(result.layer)]
            figures.funds[role.first.fund] += result.paidFirst
            figures.funds[role.second.fund] += result.paidSecond
            if role.isOutside {
                figures.outside[role.first.fund] += result.paidFirst
                figures.outside[role.second.fund] += result.paidSecond
            }
            if result.layer == recognitionLayer {
                figures.recognised += result.paid
                continue
            }
            role.first.count(result.paidFirst, in: &figures)
            role.second.count(result.paidSecond, in: &figures)
            if role.isInSecondRound { figures.supplementLeft += result.base - result.deductible - result.paid }
        }
        return figures
    }

    /// The fund that pays a recognition's part (YT-7).
    var recognitionFund: Int? { recognitionLayer.map { layers[Int($0)].first.fund } }
}

/// The figures of a settlement that the year's end needs, as recorded or by the final facts; amounts in fen.
struct Figures: Equatable, BitwiseCopyable {
    var funds = FundAmounts()
    /// Paid outside, within `funds` (G-9).
    var outside = FundAmounts()
    /// In policy, after basic insurance, large amount and critical illness (YT-7, YT-9).
    var burden: Fen = 0
    /// It received assistance or re-assistance under an identity (YT-5, YT-6).
    var isAssisted = false
    /// What a recognition paid with it (YT-7), within `funds`.
    var recognised: Fen = 0
    /// What the layer of the second round left of its base after the deductible (SY-4).
    var supplementLeft: Fen = 0
    var identity = Identity.none
}

/// The regions, funds and packs of a run.
package final class YearPacks: Sendable {
    let library: PolicyLibrary
    /// In the order of the library's packs.
    package let regions: [YearRegion]
    private let byNumber: [UInt32: YearPack]
    private let regionOfNumber: [UInt32: String]
    /// By region.
    let present: [YearPack]

    /// - Parameter archive: packs of the ledger; nil: claims come from files.
    package init(_ library: PolicyLibrary, archive: PackArchive?) throws {
        self.library = library
        var kept: [(UInt32, PolicyPack)] = []
        for number in archive?.numbers ?? [] { kept.append((number, try archive!.pack(number))) }
        var regions: [YearRegion] = []
        for pack in library.packs {
            let versions = [pack] + kept.map(\.1).filter { $0.region == pack.region && $0.digest != pack.digest }
            regions.append(try Self.region(pack, versions))
        }
        self.regions = regions
        present = try library.packs.indices.map { try YearPack(library.packs[$0], region: $0, regions: regions) }
        var byNumber: [UInt32: YearPack] = [:]
        for (number, pack) in kept {
            guard let region = library.packs.firstIndex(where: { $0.region == pack.region }) else { continue }
            byNumber[number] = try YearPack(pack, region: region, regions: regions)
        }
        self.byNumber = byNumber
        regionOfNumber = Dictionary(uniqueKeysWithValues: kept.map { ($0, $1.region) })
    }

    /// The pack that the ledger keeps under a number; nil: its region is not served any more.
    subscript(number: UInt32) -> YearPack? { byNumber[number] }

    /// Whose pack is missing, of a number that has none.
    func problem(ofUnserved number: UInt32) -> RunProblem {
        RunProblem(
            "the ledger has settlements of the region '\(regionOfNumber[number] ?? "")' in this year, and there is no "
                + "policy pack of it: name it by --policies")
    }

    private static func region(_ present: PolicyPack, _ versions: [PolicyPack]) throws(RunProblem) -> YearRegion {
        var found: [Fund] = []
        for pack in versions {
            for words in pack.layers {
                for fund in [words.first] + (words.second.map { [$0] } ?? [])
                where !found.contains(where: { $0.id == fund.id }) { found.append(fund) }
            }
        }
        // The waterfall goes through the categories in their order (G-6).
        let ordered = found.enumerated().sorted {
            ($0.element.category.rawValue, $0.offset) < ($1.element.category.rawValue, $1.offset)
        }.map(\.element)
        let categories = ordered.map(\.category)
        let funds = ordered.map { fund in
            YearFund(
                id: fund.id, zh: fund.label.zh, en: fund.label.en, category: "\(fund.category)".snakeCased,
                code: fund.code ?? "")
        }
        guard funds.count <= FundAmounts.countMax else {
            throw RunProblem(
                "the packs of '\(present.region)' have \(funds.count) funds; a region has at most "
                    + "\(FundAmounts.countMax)")
        }
        return YearRegion(
            pack: present, funds: funds, categories: categories, monitoring: WatchTerms(present),
            consentDocument: present.names("assessment.consent")?.first,
            secondRoundFund: present.secondRound.flatMap { round in
                funds.firstIndex { $0.id == present.funds[round.fund].id }
            }, recognitionFund: present.recognitionFund.flatMap { fund in funds.firstIndex { $0.id == fund.id } })
    }
}
