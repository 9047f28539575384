import Accounts
import Ledger
import LedgerFormat
import Records
import Registry
import Settlement
import TestSupport
import Testing

/// Who is owed what (G-18, YE-3): institutions by month, persons by entry, and what was handed over.
@Suite struct `Clearing with institutions and persons` {
    static let june: Int32 = 2024_06
    static let july: Int32 = 2024_07

    /// A ledger in July 2024 with a pharmacy P1, and F2 outside the city, which is not networked; accounts have
    /// January to June.
    static func world(directory: String? = nil) throws -> World {
        let world = try World(directory: directory)
        try world.ledger.record([
            .institution(
                .registered(
                    InstitutionRecord(
                        code: "P1", region: "chongqing", kind: .pharmacy, level: .unspecified,
                        since: CalendarDate(2020_01_01)))),
            .institution(
                .registered(InstitutionRecord(code: "F2", level: .three, isOutOfCity: true, isNetworked: false))),
        ])
        try `Accounts in the ledger`.run(world, through: 6)
        return world
    }

    static func manual(_ world: World, _ total: Fen) -> SettleCommand {
        var command = world.outpatient(total, at: "F2")
        command.channel = .manual
        command.documents = ["identity", "receipt", "cost_list", "medical_record", "bank_account"]
        command.claim.accountUse = .none
        return command
    }

    static func lines(_ world: World, _ month: Int32, _ code: String, isUnpaid: Bool = false) throws -> [String: Fen] {
        var filter = ClearingFilter()
        filter.institution = world.institution(code)
        filter.isUnpaid = isUnpaid
        let found = try world.ledger.clearing(ofMonth: month, filter)
        return Dictionary(uniqueKeysWithValues: found.lines.map { ("\($0.fund) \($0.serviceYear)", $0.owed) })
    }

    static func use(_ world: World, _ id: String, _ amount: Fen, at code: String = "P1") throws {
        let command = UseCommand(
            owner: World.retired, amount: amount, purpose: code == "P1" ? .pharmacy : .institution,
            beneficiary: World.retired, institution: code)
        _ = try world.ledger.use(id, command)
    }

    static func refund(_ world: World, _ id: String, _ use: String, _ amount: Fen) throws(DomainRefusal) {
        let order = CreditOrder(person: World.retired, kind: .refund(use: use), amount: amount, reason: "退费")
        _ = try world.ledger.credit(id, order)
    }

    // MARK: Institutions

    @Test func `YE-3, G-18: an institution is owed what funds and accounts pay, in the month of the entry`() throws {
        let world = try Self.world()
        _ = try world.settle("a", world.outpatient(2_800_00))
        let account = world.entry.accountTotal
        #expect(account == 630_00)
        _ = try world.settle("b", world.outpatient(500_00, of: World.active))
        let second = world.entry.outcome.pointee.fundTotal
        #expect(
            try Self.lines(world, Self.july, "H2") == [
                "pool 2024": 1_890_00 + second, "account 2024": account + world.entry.accountTotal,
            ])
        world.clock.move(to: CalendarDate(2024_08_02))
        try world.commit()
        let before = try Self.lines(world, Self.july, "H2")
        try world.reverse("a")
        // A month that is over stays as it is.
        #expect(try Self.lines(world, Self.july, "H2") == before)
        #expect(try Self.lines(world, 2024_08, "H2") == ["pool 2024": -1_890_00, "account 2024": -630_00])
    }

    @Test func `YE-3: a month has every service year in it`() throws {
        let world = try Self.world()
        try world.commit()
        world.clock.move(to: CalendarDate(2025_01_03))
        _ = try world.settle("late", world.outpatient(2_800_00, at: "H1", on: 2024_12_30))
        _ = try world.settle("new", world.outpatient(2_800_00, at: "H1", on: 2025_01_02))
        let lines = try Self.lines(world, 2025_01, "H1")
        #expect(lines["pool 2024"] != nil && lines["pool 2025"] != nil)
    }

    @Test func `G-9, YE-3: what was paid outside is in a column of its own and owed to nobody`() throws {
        let world = try Self.world()
        var command = world.outpatient(20_000_00, of: World.poor, at: "S3", on: 2020_06_30)
        command.claim.kind = .inpatient
        command.claim.externalBasic = 15_000_00
        _ = try world.settle("a", command)
        let funds = world.entry.outcome.pointee.fundTotal
        var filter = ClearingFilter()
        filter.institution = world.institution("S3")
        let found = try world.ledger.clearing(ofMonth: Self.july, filter)
        #expect(found.lines.reduce(0) { $0 + $1.owed } == funds - 15_000_00)
        #expect(found.lines.reduce(0) { $0 + $1.paidOutside } == 15_000_00)
        let day = CalendarDate(2024_07_01)
        let totals = try world.ledger.totals(
            institution: world.institution("S3"), from: day, until: day, type: nil)
        #expect(totals.fundTotal == funds && totals.paidOutside == 15_000_00)
    }

    @Test func `G-12, G-18: a reversal takes back what an adjustment had given person and accounts`() throws {
        let world = try Self.world()
        _ = try world.settle("a", world.outpatient(2_800_00))
        try world.commit()
        let entry = world.entry
        var adjustment = AdjustmentEntry()
        adjustment.run = 7
        adjustment.settlement = entry.position
        adjustment.id = "a"
        adjustment.person = World.retired
        adjustment.institution = entry.institution
        adjustment.year = 2024
        adjustment.pack = entry.pack
        adjustment.funds = [FundChange(.pool, "pool", 100_00)]
        adjustment.cash = -70_00
        var account = SettlementEntry.Account()
        account.owner = World.retired
        account.paid = 30_00
        adjustment.accounts = [account]
        adjustment.reason = "FACT"
        #expect(try world.ledger.post(adjustment, readThrough: .max) == .posted)
        world.clock.move(to: CalendarDate(2024_08_02))
        try world.commit()
        try world.reverse("a")
        let owed = try world.ledger.owed(month: 0, ClearingFilter(), after: 0, limit: 10).entries
        #expect(owed.map(\.kind) == [.adjustment, .adjustmentReversed])
        #expect(owed[0].shares == [FundShare("pool", toPerson: 70_00, toAccounts: 30_00)])
        #expect(owed[1].shares == [FundShare("pool", toPerson: -70_00, toAccounts: -30_00)])
        // The institution gives back what it got, and nothing of the adjustment.
        #expect(try Self.lines(world, 2024_08, "H2") == ["pool 2024": -1_890_00, "account 2024": -630_00])
    }

    // MARK: Persons

    @Test func `G-18, CQ-42: a manual claim of 200 yuan is owed to the person, in no clearing, 3201 and 3202`() throws {
        let world = try Self.world()
        _ = try world.settle("m", Self.manual(world, 200_00))
        #expect(world.entry.outcome.pointee.fundTotal == 60_00)
        let place = world.institution("F2")
        #expect(try Self.lines(world, Self.july, "F2").isEmpty)
        let day = CalendarDate(2024_07_01)
        #expect(
            try world.ledger.totals(institution: place, from: day, until: day, type: nil) == ClearingSums())
        #expect(try world.ledger.lines(place, day, day, nil).isEmpty)
        let owed = try world.ledger.owed(month: Self.july, ClearingFilter(), after: 0, limit: 100).entries
        #expect(owed.map(\.kind) == [.manual] && owed[0].person == World.retired)
        #expect(owed[0].shares == [FundShare("pool", toPerson: 60_00)])
        world.clock.move(to: CalendarDate(2024_08_02))
        try world.commit()
        try world.reverse("m")
        let all = try world.ledger.owed(month: 0, ClearingFilter(), after: 0, limit: 100).entries
        #expect(all.map(\.kind) == [.manual, .manualReversed])
        #expect(all[1].shares == [FundShare("pool", toPerson: -60_00)])
        let august = try world.ledger.owed(month: 2024_08, ClearingFilter(), after: 0, limit: 100).entries
        #expect(august.map(\.settlementID) == ["m"] && august[0].kind == .manualReversed)
        // In parts.
        let first = try world.ledger.owed(month: 0, ClearingFilter(), after: 0, limit: 1)
        #expect(first.entries == [all[0]] && first.next == all[0].position.number)
        let rest = try world.ledger.owed(month: 0, ClearingFilter(), after: first.next, limit: 1)
        #expect(rest.entries == [all[1]] && rest.next == 0)
    }

    @Test func `G-13, G-18: an adjustment's parts go to person and accounts, and each fund's come to its change`() {
        var random = SeededRandom(seed: 31)
        for _ in 0..<10_000 {
            let funds = (0..<Int.random(in: 1...6, using: &random)).map { index in
                (fund: "f\(index)", amount: Fen.random(in: -100...100, using: &random))
            }
            let net = funds.reduce(0) { $0 + $1.amount }
            let accounts = net > 0 ? Fen.random(in: 0...net, using: &random) : 0
            let cash = net > 0 ? Fen.random(in: 0...(net - accounts), using: &random) : 0
            let shares = AdjustmentShares.divide(funds, cash: cash, accounts: accounts)
            #expect(shares.map(\.change) == funds.map(\.amount), "seed 31: \(funds)")
            #expect(shares.reduce(0) { $0 + $1.toPerson } == cash)
            #expect(shares.reduce(0) { $0 + $1.toAccounts } == accounts)
            #expect(shares.reduce(0) { $0 + $1.recoverable } == accounts + cash - net)
        }
    }

    // MARK: Accounts

    @Test func `CQ-31, G-18: account use stands in clearing, 3201 and 3202; type 41 at a pharmacy, else 11`() throws {
        let world = try Self.world()
        try Self.use(world, "u-1", 35_50)
        try Self.use(world, "u-2", 20_00, at: "H1")
        let day = CalendarDate(2024_07_01)
        func totals(_ code: String, _ type: ClearingType?) throws -> ClearingSums {
            try world.ledger.totals(institution: world.institution(code), from: day, until: day, type: type)
        }
        #expect(try totals("P1", nil).accountTotal == 35_50 && totals("P1", nil).uses == 1)
        #expect(try totals("P1", .pharmacy) == totals("P1", nil))
        #expect(try totals("P1", .outpatient) == ClearingSums())
        #expect(try totals("H1", .outpatient).total == 20_00)
        let rows = try world.ledger.lines(world.institution("P1"), day, day, .pharmacy)
        #expect(
            rows == [
                ReconcileLine(
                    id: "u-1", isReversal: false, person: World.retired, total: 35_50, fundTotal: 0, accountTotal: 35_50,
                    cash: 0)
            ])
        #expect(try Self.lines(world, Self.july, "P1") == ["account 2024": 35_50])
    }

    @Test func `3201: totals by insurance and clearing type come to the whole, as before and from a snapshot`() throws {
        let folder = ScratchFolder()
        let world = try Self.world(directory: folder.path)
        // Before the settlement that uses the rest of the account.
        try Self.use(world, "u", 20_00, at: "H2")
        _ = try world.settle("a", world.outpatient(2_800_00))
        _ = try world.settle("b", world.outpatient(300_00, of: World.resident))
        try world.commit()
        try world.reverse("b")
        var stay = world.outpatient(20_000_00, of: World.resident)
        stay.claim.kind = .inpatient
        _ = try world.settle("c", stay)
        try world.commit()
        let day = CalendarDate(2024_07_01)
        func totals(_ type: ClearingType?, _ insurance: Insurance?) throws -> ClearingSums {
            try world.ledger.totals(
                institution: world.institution("H2"), from: day, until: day, type: type, insurance: insurance)
        }
        func all() throws -> [ClearingSums] {
            try Insurance.allCases.flatMap { insurance in
                try ClearingType.allCases.map { try totals($0, insurance) }
            }
        }
        let parts = try all()
        var whole = ClearingSums()
        for part in parts { whole += part }
        #expect(try whole == totals(nil, nil) && whole.settlements == 3 && whole.reversals == 1 && whole.uses == 1)
        #expect(try totals(nil, .employee).total == 2_820_00 && totals(.outpatient, .employee).uses == 1)
        #expect(try totals(.outpatient, .resident).total == 0 && totals(.inpatient, .resident).total == 20_000_00)
        #expect(try totals(.inpatient, .employee) == ClearingSums() && totals(nil, .unspecified) == ClearingSums())
        let rows = try world.ledger.lines(world.institution("H2"), day, day, nil, .resident)
        #expect(rows.map(\.id) == ["b", "b", "c"])
        try world.reopen(withSnapshot: true)
        #expect(try all() == parts)
        try world.reopen()
        #expect(try all() == parts)
    }

    @Test func `CQ-31: a refund names its use, is at most what is left, and falls into its own month`() throws {
        let world = try Self.world()
        try Self.use(world, "u-1", 35_50)
        let code = { (body: () throws(DomainRefusal) -> Void) -> DomainCode? in
            do throws(DomainRefusal) {
                try body()
                return nil
            } catch { return error.code }
        }
        #expect(code { () throws(DomainRefusal) in try Self.refund(world, "r-0", "", 1_00) } == .factMissing)
        #expect(code { () throws(DomainRefusal) in try Self.refund(world, "r-0", "none", 1_00) } == .recordUnknown)
        world.clock.move(to: CalendarDate(2025_01_02))
        try world.commit()
        try Self.refund(world, "r-1", "u-1", 20_00)
        // The same request again changes nothing.
        try Self.refund(world, "r-1", "u-1", 20_00)
        #expect(code { () throws(DomainRefusal) in try Self.refund(world, "r-2", "u-1", 15_51) } == .amountOutOfRange)
        try Self.refund(world, "r-2", "u-1", 15_50)
        #expect(code { () throws(DomainRefusal) in try Self.refund(world, "r-3", "u-1", 1) } == .amountOutOfRange)
        #expect(code { () throws(DomainRefusal) in try Self.refund(world, "r-3", "r-1", 1) } == .factInvalid)
        // I-43: what is recorded in January 2025 is of that year.
        #expect(try Self.lines(world, Self.july, "P1") == ["account 2024": 35_50])
        #expect(try Self.lines(world, 2025_01, "P1") == ["account 2025": -35_50])
        let day = CalendarDate(2025_01_02)
        let rows = try world.ledger.lines(world.institution("P1"), day, day, nil)
        #expect(rows.map(\.id) == ["r-1", "r-2"] && rows.allSatisfy(\.isReversal))
        #expect(rows.map(\.accountTotal) == [20_00, 15_50])
        #expect(world.ledger.accounts.balance(of: World.retired) == 630_00)
    }

    @Test func `YE-3: a month that ends while nothing is recorded is over for the next entry`() throws {
        let world = try Self.world()
        try world.commit()
        // A question begins the time of what comes next; nothing comes.
        _ = try world.ledger.clearing(ofMonth: Self.july, ClearingFilter())
        #expect(!world.ledger.isOver(month: Self.july))
        try world.commit()
        world.clock.move(to: CalendarDate(2024_08_02))
        #expect(world.ledger.isOver(month: Self.july))
        _ = try world.settle("a", world.outpatient(2_800_00))
        #expect(try Self.lines(world, Self.july, "H2").isEmpty)
        #expect(try Self.lines(world, 2024_08, "H2")["pool 2024"] == 1_890_00)
    }

    @Test func `G-17, G-18: the clearing can be taken by area`() throws {
        let world = try Self.world()
        let county = AreaRecord(code: "500101", name: "万州区", region: "chongqing")
        let other = AreaRecord(code: "500102", name: "涪陵区", region: "chongqing")
        try world.ledger.record([
            .area(.registered(county)), .area(.registered(other)),
            .institution(
                .registered(InstitutionRecord(code: "H2", region: "chongqing", level: .two, area: "500101"))),
        ])
        _ = try world.settle("a", world.outpatient(2_800_00))
        _ = try world.settle("b", world.outpatient(2_800_00, of: World.active, at: "H1"))
        var filter = ClearingFilter()
        filter.area = "500101"
        let lines = try world.ledger.clearing(ofMonth: Self.july, filter).lines
        #expect(Set(lines.map(\.institution)) == [world.institution("H2")])
        filter.area = "500102"
        #expect(try world.ledger.clearing(ofMonth: Self.july, filter).lines.isEmpty)
        _ = try world.settle("m", Self.manual(world, 200_00))
        #expect(try world.ledger.owed(month: 0, filter, after: 0, limit: 10).entries.isEmpty)
    }

    // MARK: What was handed over

    private func order(_ id: String, _ month: Int32, _ list: PaymentBatch.List = .institutions) -> PaymentOrder {
        PaymentOrder(id, day: CalendarDate(2024_08_10), list, month: month)
    }

    @Test func `G-18: what was handed over is in no later list; the same batch again is done once`() throws {
        let world = try Self.world()
        _ = try world.settle("a", world.outpatient(2_800_00))
        _ = try world.settle("m", Self.manual(world, 200_00))
        try world.commit()
        let early = #expect(throws: DomainRefusal.self) {
            try world.ledger.pay(
                PaymentOrder("early", day: CalendarDate(2024_07_01), .institutions, month: Self.july))
        }
        #expect(early?.code == .wrongStep)
        world.clock.move(to: CalendarDate(2024_08_10))
        var wrong = order("B1", Self.july)
        wrong.expected = 1
        #expect(throws: DomainRefusal.self) { try world.ledger.pay(wrong) }
        let sum = try Self.lines(world, Self.july, "H2").values.reduce(0, +)
        var right = order("B1", Self.july)
        right.expected = sum
        let done = try world.ledger.pay(right)
        #expect(done.batch.total == sum && done.batch.count == 2 && !done.wasPaidBefore)
        #expect(try world.ledger.pay(right).wasPaidBefore)
        #expect(try Self.lines(world, Self.july, "H2", isUnpaid: true).isEmpty)
        let persons = try world.ledger.pay(order("P1", Self.july, .persons))
        #expect(persons.batch.total > 0 && persons.batch.count == 1)
        let again = #expect(throws: DomainRefusal.self) { try world.ledger.pay(order("B2", Self.july)) }
        #expect(again?.code == .recordConflict && again?.message.contains("B1") == true)
        let other = #expect(throws: DomainRefusal.self) { try world.ledger.pay(order("B1", Self.june)) }
        #expect(other?.code == .idReusedWithOtherContent)
        // What is taken back after it was paid comes as a negative amount of its own month.
        try world.reverse("m")
        var unpaid = ClearingFilter()
        unpaid.isUnpaid = true
        let left = try world.ledger.owed(month: 0, unpaid, after: 0, limit: 10)
        #expect(left.entries.map(\.kind) == [.manualReversed])
        let taken = try world.ledger.pay(order("P2", 2024_08, .persons))
        #expect(taken.batch.total == -persons.batch.total)
        #expect(try world.ledger.batches(after: 0, limit: 10).batches.map(\.id) == ["B1", "P1", "P2"])
    }

    @Test func `G-18, P3: clearing and paid marks are the same after the ledger is opened anew, and verify`() throws {
        do {
            let directory = ScratchFolder()
            let world = try Self.world(directory: directory.path)
            try Self.use(world, "u-1", 35_50)
            _ = try world.settle("a", world.outpatient(2_800_00))
            _ = try world.settle("m", Self.manual(world, 200_00))
            try world.commit()
            world.clock.move(to: CalendarDate(2024_08_10))
            _ = try world.ledger.pay(order("B1", Self.july))
            _ = try world.ledger.pay(order("P1", Self.july, .persons))
            try Self.refund(world, "r-1", "u-1", 5_50)
            try world.commit()
            func state() throws -> String {
                let months = try [Self.july, 2024_08].map { month in
                    try world.ledger.clearing(ofMonth: month, ClearingFilter()).lines
                }
                let owed = try world.ledger.owed(month: 0, ClearingFilter(), after: 0, limit: 10).entries
                return "\(months) \(owed) \(try world.ledger.batches(after: 0, limit: 10).batches)"
            }
            let before = try state()
            // From the journal, and from a snapshot.
            try world.reopen()
            #expect(try state() == before)
            world.ledger.close()
            try world.reopen()
            #expect(try state() == before)
            let verifier = try Verifier(store: world.store, library: World.library)
            let found = try verifier.verify { _ in }
            #expect(found.isClean, "\(found.differences)")
            #expect(verifier.compare(with: world.ledger).isClean)
            #expect(throws: DomainRefusal.self) { try world.ledger.pay(order("B3", Self.july)) }
        }
    }
}
