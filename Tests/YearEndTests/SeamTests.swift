import Foundation
import Ledger
import Policy
import Registry
import Settlement
import Testing
import YearEnd

/// What was recorded before the register knew better: the year's end finds it, and refuses nothing for how it came in.
@Suite struct `Regions and pharmacies at the year's end` {
    private func world() throws -> YearWorld {
        let world = try YearWorld()
        try world.employee(102, .active)
        try world.ledger.record([.institution(.registered(Self.chineseMedicine(region: "chongqing")))])
        return world
    }

    private static func chineseMedicine(region: String) -> InstitutionRecord {
        InstitutionRecord(code: "M3", region: region, level: .three, isChineseMedicine: true)
    }

    @Test func `G-15, YE-1: an institution that is another region's after all: 374 yuan to be recovered`() throws {
        let world = try world()
        try world.settle("A", 102, .inpatient, on: 2024_03_10, at: "M3", yuan: 1_880)
        #expect(world.entry.outcome.pointee.fundTotal == 1_224_00)
        #expect(try world.run(YearOptions(year: 2024)).adjustments.isEmpty)
        try world.ledger.record([.institution(.registered(Self.chineseMedicine(region: "yantai")))])
        let run = try world.run(YearOptions(year: 2024))
        #expect(run.adjustments["A"]?["reason"] == "FACT")
        #expect(run.adjustments["A"]?["fund"] == "-374.00" && run.adjustments["A"]?["recoverable"] == "374.00")
        // Booked once, it is so.
        _ = try world.post(run)
        #expect(try world.run(YearOptions(year: 2024)).adjustments.isEmpty)
        #expect(try Verifier(store: world.store, library: YearWorld.library).verify { _ in }.differences == [])
    }

    @Test func `CQ-42, YE-1: how a claim was handed in is not asked again: the amounts by hand are the same`() throws {
        let world = try world()
        try world.settle("A", 102, .outpatient, on: 2024_03_10, at: "M3", yuan: 1_000)
        let disease = SpecialRegistration(disease: "haemophilia", inForce: DateRange())
        try world.ledger.record([
            .institution(.registered(Self.chineseMedicine(region: "yantai"))),
            .person(102, PersonEvent(.special(disease))),
        ])
        #expect(try world.run(YearOptions(year: 2024)).adjustments.isEmpty)
    }

    @Test func `CQ-16, YE-1: a hospital that is a pharmacy after all has no stays`() throws {
        let world = try world()
        try world.settle("A", 102, .inpatient, on: 2024_03_10, at: "M3", yuan: 1_880)
        try world.ledger.record([
            .institution(
                .registered(InstitutionRecord(code: "M3", region: "chongqing", kind: .pharmacy, level: .unspecified)))
        ])
        let run = try world.run(YearOptions(year: 2024))
        #expect(run.adjustments["A"]?["reason"] == "INSTITUTION_KIND_NOT_ALLOWED")
        #expect(run.adjustments["A"]?["recoverable"] == "1224.00")
    }
}
