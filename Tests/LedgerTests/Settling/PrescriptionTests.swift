import Accounts
import Foundation
import Ledger
import LedgerStore
import Records
import Registry
import Settlement
import Testing

/// A prescription is used while the settlement that named it stands.
@Suite struct `A pharmacy's prescription` {
    /// A world with two pharmacies; both are designated for outpatient pooling.
    private func world(store: any LedgerStore = MemoryStore(), directory: String? = nil) throws -> World {
        let world = try World(store: store, directory: directory)
        for code in ["P1", "P2"] {
            var record = InstitutionRecord(code: code, region: "chongqing", kind: .pharmacy, level: .unspecified)
            record.isPoolingPharmacy = true
            try world.ledger.record([.institution(.registered(record))])
        }
        return world
    }

    private func claim(
        _ world: World, _ number: String, by prescriber: String = "H2", at pharmacy: String = "P1",
        of person: UInt64 = World.active, _ total: Fen = 1_000_00
    ) -> SettleCommand {
        var command = world.outpatient(total, of: person, at: pharmacy)
        command.prescribing = world.institution(prescriber)
        command.prescription = number
        command.prescriptionDate = CalendarDate(2024_06_28)
        return command
    }

    private func refusal(_ body: () throws -> Void) -> DomainRefusal? {
        do { try body() } catch { return error as? DomainRefusal }
        return nil
    }

    @Test func `CQ-16: the level of who prescribed pays: 60 % for L2, 50 % for L3 of what is above 200 yuan`() throws {
        let world = try world()
        _ = try world.settle("a", claim(world, "RX-1"))
        #expect(world.entry.outcome.pointee.fundTotal == 480_00)
        _ = try world.settle("b", claim(world, "RX-2", by: "H3", of: World.retired))
        // Retired: the deductible is 100, and ten points more.
        #expect(world.entry.outcome.pointee.fundTotal == 540_00)
    }

    @Test func `CQ-16, I-37: a second use is refused and names the settlement; after its reversal it is free again`() throws {
        let world = try world()
        _ = try world.settle("first", claim(world, "RX-1"))
        let second = { self.refusal { _ = try world.settle("second", self.claim(world, "RX-1", at: "P2", of: World.retired)) } }
        let refused = try #require(second())
        #expect(refused.code == .prescriptionUsed && refused.field == "prescription_number" && refused.value == "RX-1")
        #expect(refused.message.contains("settlement first"))
        #expect(try world.standing(of: "second") == nil)
        // Another number, and the same number of another institution, are other prescriptions.
        #expect(try world.settle("third", claim(world, "RX-2")).isNone)
        #expect(try world.settle("fourth", claim(world, "RX-1", by: "H3")).isNone)
        for id in ["fourth", "third", "first"] { try world.reverse(id) }
        #expect(second() == nil)
        #expect(refusal { _ = try world.settle("fifth", claim(world, "RX-1")) }?.message.contains("settlement second") == true)
    }

    @Test func `CQ-16: a quote does not use a prescription, and is refused where it is used`() throws {
        let world = try world()
        for _ in 0..<2 { #expect(try world.quote(claim(world, "RX-1")).isNone) }
        _ = try world.settle("a", claim(world, "RX-1"))
        #expect(refusal { _ = try world.quote(claim(world, "RX-1")) }?.code == .prescriptionUsed)
    }

    @Test func `P2, CQ-16: the same id and content again is what was recorded, with other content it is not`() throws {
        let world = try world()
        _ = try world.settle("a", claim(world, "RX-1"))
        #expect(try world.settle("a", claim(world, "RX-1")).isNone && world.entry.isDuplicate)
        #expect(world.entry.extras.prescription == "RX-1")
        #expect(refusal { _ = try world.settle("a", claim(world, "RX-2")) }?.code == .idReusedWithOtherContent)
        var other = claim(world, "RX-1")
        other.prescriptionDate = CalendarDate(2024_06_29)
        #expect(refusal { _ = try world.settle("a", other) }?.code == .idReusedWithOtherContent)
    }

    @Test(arguments: [true, false])
    func `P4, CQ-16: what is used is known after a restart, with the indexes in files and without`(hasFiles: Bool) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = try world(directory: hasFiles ? folder : nil)
        for number in 0..<200 { _ = try world.settle("s\(number)", claim(world, "RX-\(number)", 10_00)) }
        try world.reverse("s199")
        try world.commit()
        world.ledger.close()
        try world.reopen()
        for number in 0..<199 {
            let refused = refusal { _ = try world.settle("again\(number)", claim(world, "RX-\(number)", 10_00)) }
            #expect(refused?.code == .prescriptionUsed && refused?.message.contains("settlement s\(number) ") == true)
        }
        #expect(try world.settle("again", claim(world, "RX-199", 10_00)).isNone)
        try world.commit()
        let verifier = try Verifier(store: world.store, library: World.library)
        #expect(try verifier.verify { _ in }.differences == [])
        #expect(verifier.compare(with: world.ledger).isClean)
    }

    @Test func `P3, CQ-16: what did not become durable used nothing`() throws {
        let store = MemoryStore()
        let world = try world(store: store)
        try world.commit()
        store.fail(append: 1, .notWritten)
        _ = try world.settle("a", claim(world, "RX-1"))
        #expect(try !world.commit())
        #expect(try world.settle("b", claim(world, "RX-1")).isNone)
        #expect(try world.commit())
        #expect(refusal { _ = try world.settle("c", claim(world, "RX-1")) }?.message.contains("settlement b ") == true)
    }
}

/// What the person has paid takes nothing from accounts.
@Suite struct `A manual settlement and accounts` {
    private func world() throws -> World {
        let world = try World()
        try world.ledger.record([
            AccountEvent(
                owner: World.retired, .credit(.openingBalance, reason: "start"), amount: 500_00, balance: 500_00,
                previous: 0)
        ])
        return world
    }

    private func manual(_ world: World, _ use: AccountUse = .standard) -> SettleCommand {
        var command = world.outpatient(1_000_00)
        command.channel = .manual
        command.documents = ["identity", "receipt", "cost_list", "medical_record", "bank_account"]
        command.claim.accountUse = use
        return command
    }

    @Test func `G-18, CQ-31: by hand the account pays nothing, online it pays what the layers left in policy`() throws {
        let world = try world()
        _ = try world.settle("online", world.outpatient(1_000_00))
        #expect(world.entry.accountTotal == 370_00 && world.entry.outcome.pointee.cash == 0)
        try world.reverse("online")
        #expect(try world.quote(manual(world)).isNone)
        #expect(world.entry.accountTotal == 0)
        _ = try world.settle("manual", manual(world))
        #expect(world.entry.accountTotal == 0 && world.entry.outcome.pointee.cash == 370_00)
        #expect(world.ledger.accounts.account(of: World.retired)?.balance == 500_00)
        // The same request, the default or in words, is the same settlement.
        for use in [AccountUse.standard, .none] {
            #expect(try world.settle("manual", manual(world, use)).isNone && world.entry.isDuplicate)
        }
        #expect(throws: DomainRefusal.self) { _ = try world.settle("all", manual(world, .all)) }
        try world.commit()
        #expect(try Verifier(store: world.store, library: World.library).verify { _ in }.differences == [])
    }
}
