import Foundation
import Policy
import Settlement
import Testing

/// The packs under test and short words for writing claims down.
enum Packs {
    static let library = Result { () throws(PolicyProblems) in try PolicyLibrary.load() }

    static func builtIn(_ region: String) throws -> PolicyPack {
        try #require(try library.get()[region])
    }

    /// A pack of Tests/PolicyTests/Packs.
    static func test(_ name: String) throws -> PolicyPack {
        let directory = Bundle.module.bundleURL.appendingPathComponent("Packs")
        return try PolicyPack.read(file: directory.appendingPathComponent("\(name).yaml").path)
    }
}

func yuan(_ amount: Int64) -> Fen { amount * 100 }

/// A claim with everything in policy, unless `outOfCatalog` and the like say otherwise.
func claim(
    _ kind: ClaimKind, on date: Int32, inPolicy: Fen = 0, total: Fen? = nil, level: Level = .unspecified,
    disease: UInt8 = 0, external: Fen = 0
) -> Claim {
    let whole = total ?? inPolicy
    return Claim(
        kind: kind, serviceDate: CalendarDate(date),
        cost: CostSplit(total: whole, outOfCatalog: whole - inPolicy, inPolicy: inPolicy),
        institution: Institution(level: level), disease: disease, externalBasic: external)
}

extension PolicyPack {
    func number(ofDisease code: String) throws -> UInt8 { try #require(disease(code: code)) }

    /// What an accumulator holds in `year`.
    func value(_ name: String, in year: [Fen]) throws -> Fen { year[try #require(slot(named: name))] }

    /// A fresh year with some accumulators set.
    func year(_ values: [String: Fen]) throws -> [Fen] {
        var year = freshYear
        for (name, value) in values { year[try #require(slot(named: name))] = value }
        return year
    }
}

extension Settled {
    /// Everything adds up to the total (rule G-7).
    var isConserving: Bool {
        outcome.fundTotal + outcome.accountPaid + outcome.familyAccountPaid + outcome.cash == outcome.total
            && outcome.cash >= 0
    }
}
