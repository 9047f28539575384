import Accounts
import Client
import ClientTesting
import Ledger
import LedgerStore
import Logging
import Policy
import RPC
import Records
import Registry
import Service
import Settlement
import Testing

/// `AccountService` over TCP, on a ledger in memory.
@Suite struct `AccountService` {
    private struct Clock: LedgerClock {
        func now() -> Moment { Moment(startOf: CalendarDate(2024_04_15)) }
    }

    /// Persons 1 … 30 in Chongqing: 1 … 20 active with a base of 5,000 元 and their number in fen, 21 … 25 retired, 26 …
    /// 30 residents; 40 in Yantai. 2 is 1's spouse. H1 is a hospital, P1 a pharmacy. 3 is deregistered, 4 has died.
    final class Served {
        private let ledger: Ledger
        let server: Server
        let client: Client
        let accounts: AccountClient

        init() throws {
            ledger = try Ledger(store: MemoryStore(), library: Packs.library, clock: Clock(), directory: nil)
            try ledger.record(Served.register)
            let access = LedgerAccess(ledger, Packs.regions)
            var configuration = ServerConfiguration()
            configuration.eventLoopThreads = 1
            configuration.workers = 1
            configuration.drain = .milliseconds(0)
            server = try Server(
                configuration: configuration,
                methods: AccountMethods(ledger: ledger).methods(.sequencer) + [StatementMethod(access: access).method],
                barrier: access.barrier, lane: access.lane, makeState: { _ in Services.makeState() },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            client = try Client.connect(host: "127.0.0.1", port: try server.start())
            accounts = AccountClient(client)
        }

        deinit {
            server.drain()
            server.waitForSequencer()
            ledger.abandon()
        }

        private static var register: [RegistryEvent] {
            let always = DateRange(from: CalendarDate(2020_01_01))
            var events: [RegistryEvent] = [
                .institution(.registered(InstitutionRecord(code: "H1", region: "chongqing", level: .one))),
                .institution(
                    .registered(
                        InstitutionRecord(code: "P1", region: "chongqing", kind: .pharmacy, level: .unspecified))),
            ]
            func put(_ person: UInt64, _ fact: PersonFact) { events.append(.person(person, PersonEvent(fact))) }
            for person in Array(1...30) + [40] as [UInt64] {
                put(person, .basics(PersonBasics(region: person == 40 ? "yantai" : "chongqing", birthMonth: 1962_05)))
                put(
                    person,
                    .enrolment(
                        person <= 25
                            ? Enrolment(
                                .employee, membership: .employer, status: person <= 20 ? .active : .retired,
                                covered: always, contributionBase: person <= 20 ? 5_000_00 + Fen(person) : 0)
                            : Enrolment(.resident, membership: .tier1, covered: always)))
            }
            put(1, .family(FamilyMember(.spouse, 2)))
            put(3, .departure(Departure(.deregistration, on: CalendarDate(2024_03_01))))
            put(4, .departure(Departure(.death, on: CalendarDate(2024_03_10))))
            return events
        }
    }

    static func code(_ body: () throws(ClientError) -> Void) -> DomainCode? {
        do throws(ClientError) {
            try body()
            return nil
        } catch .failed(let code, _) {
            return DomainCode(ofFailure: code)
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    static let march = CreditMonth(yearMonth: 2024_03)!

    @Test func `CQ-30: a month in parts, and once more`() throws {
        let served = try Served()
        var details: [RemoteCreditDetail] = []
        let sums = try served.accounts.runCredits(region: "chongqing", month: Self.march, details: true, limit: 7) {
            details.append($0)
        }
        // 2 % of 5,000.01 … 5,000.20 元: from 25 fen of base on it is a fen more, which none of them reaches.
        #expect(sums.persons == 30 && sums.credited == 25 && sums.none == 5 && sums.refused == 0)
        #expect(sums.creditedFen == 20 * 100_00 + 5 * 105_00)
        #expect(details.map(\.person) == Array(1...30))
        #expect(details.prefix(20).allSatisfy { $0.basis == .active && $0.amount == 100_00 })
        #expect(details.suffix(5).allSatisfy { $0.none == .notEmployee && $0.basis == nil })
        let again = try served.accounts.runCredits(region: "chongqing", month: Self.march) { _ in
            Issue.record("nobody was refused")
        }
        #expect(again.credited == 0 && again.already == 25 && again.alreadyFen == sums.creditedFen)
        #expect(try served.accounts.balance(of: 21) == (.open, 105_00))
        #expect(try served.accounts.balance(of: 30) == (nil, 0))
        let april = try served.accounts.runCredits(region: "chongqing", month: CreditMonth(yearMonth: 2024_04)!)
        #expect(april.credited == 23, "who has left by then is not insured any more")
        let before = try #require(CreditMonth(yearMonth: 2023_12))
        for (region, month) in [("yantai", Self.march), ("beijing", Self.march), ("chongqing", before)] {
            let code = Self.code { () throws(ClientError) in
                _ = try served.accounts.runCredits(region: region, month: month)
            }
            #expect(code == .noRule)
        }
    }

    @Test func `CQ-31: uses, and the same one again`() throws {
        let served = try Served()
        let accounts = served.accounts
        _ = try accounts.runCredits(region: "chongqing", month: Self.march)
        func use(
            _ purpose: UsePurpose, _ owner: UInt64, for person: UInt64, at institution: String = "", id: String = "U",
            _ amount: Fen = 10_00
        ) -> DomainCode? {
            Self.code { () throws(ClientError) in
                _ = try accounts.use(
                    id,
                    UseCommand(
                        owner: owner, amount: amount, purpose: purpose, beneficiary: person, institution: institution))
            }
        }
        #expect(use(.pharmacy, 1, for: 2, at: "P1") == nil)
        #expect(use(.pharmacy, 1, for: 2, at: "P1") == nil, "the same again")
        #expect(try accounts.balance(of: 1).balance == 90_00)
        #expect(use(.pharmacy, 1, for: 2, at: "P1", 10_01) == .idReusedWithOtherContent)
        #expect(use(.residentPremium, 2, for: 1) == nil, "the relation holds for both")
        #expect(use(.institution, 1, for: 1, at: "H1", id: "V") == nil)
        #expect(use(.institution, 1, for: 1, at: "P1", id: "W") == .institutionNotDesignated)
        #expect(use(.institution, 1, for: 1, at: "H9", id: "W") == .institutionUnknown)
        #expect(use(.residentPremium, 1, for: 5, id: "W") == .relationNotRegistered)
        #expect(use(.yukuaibaoPremium, 1, for: 5, id: "W") == nil)
        #expect(use(.largeAmountPremium, 21, for: 21) == nil)
        #expect(use(.largeAmountPremium, 5, for: 5) == .purposeNotAllowed)
        for purpose in [UsePurpose.publicHealth, .fitness, .wellness, .cash] {
            #expect(use(purpose, 5, for: 5) == .purposeNotAllowed)
        }
        #expect(use(.yukuaibaoPremium, 6, for: 6, 100_01) == .balanceTooLow)
        #expect(use(.yukuaibaoPremium, 30, for: 30) == .accountUnknown)
        #expect(use(.yukuaibaoPremium, 99, for: 99) == .personUnknown)
        #expect(use(.yukuaibaoPremium, 40, for: 40) == .noRule)
        #expect(try accounts.balance(of: 1).balance == 70_00)
    }

    @Test func `CQ-32: transfer, inheritance, deregistration, and the statement of it`() throws {
        let served = try Served()
        let accounts = served.accounts
        _ = try accounts.runCredits(region: "chongqing", month: Self.march)
        let alive = Self.code { () throws(ClientError) in
            _ = try accounts.inherit("I", person: 5, heirs: [], inCash: 100_00, reason: "继承")
        }
        #expect(alive == .factMissing)
        let heirs = [InheritedShare(heir: 5, amount: 60_00), InheritedShare(heir: 6, amount: 30_00)]
        let inherited = try accounts.inherit("I", person: 4, heirs: heirs, inCash: 10_00, reason: "公证书")
        #expect(inherited.changes.map(\.amount) == [-100_00, 60_00, 30_00] && inherited.cash == 10_00)
        #expect(try accounts.inherit("I", person: 4, heirs: heirs, inCash: 10_00, reason: "公证书") == inherited)
        let stays = Self.code { () throws(ClientError) in _ = try accounts.deregister("D", person: 5, reason: "注销") }
        #expect(stays == .purposeNotAllowed)
        let paid = try accounts.deregister("D", person: 3, reason: "注销")
        #expect(paid.cash == 100_00 && paid.changes.map(\.balance) == [0])
        #expect(try accounts.balance(of: 3) == (.deregistered, 0))
        _ = try accounts.transfer("T", person: 7, out: true, region: "四川")
        _ = try accounts.transfer("B", person: 7, out: false, region: "四川", amount: 100_00)
        let unnamed = Self.code { () throws(ClientError) in
            _ = try accounts.credit("C", person: 7, kind: .refund, amount: 1, reason: "退费")
        }
        #expect(unnamed == .factMissing)
        let premium = UseCommand(owner: 7, amount: 10_00, purpose: .yukuaibaoPremium, beneficiary: 7)
        _ = try accounts.use("U", premium)
        _ = try accounts.credit("C", person: 7, kind: .refund, amount: 1, reason: "退费", use: "U")
        let statement = try accounts.statement(
            StatementQuery(owner: 7, days: DateRange(from: CalendarDate(2024_01_01), until: CalendarDate(2024_12_31))))
        #expect(statement.entries.map(\.kind) == ["MONTHLY_CREDIT", "TRANSFER_OUT", "TRANSFER_IN", "USE", "REFUND"])
        #expect(statement.entries.map(\.balance) == [100_00, 0, 100_00, 90_00, 90_01])
        #expect(statement.opening == 0 && statement.credits == 200_01 && statement.uses == 110_00)
        #expect(statement.closing == 90_01 && statement.entries[0].month == Self.march)
        let last = try accounts.statement(StatementQuery(owner: 7, limit: 1))
        #expect(last.entries == [statement.entries[4]] && last.before == statement.entries[4].sequence)
        let rest = try accounts.statement(StatementQuery(owner: 7, before: last.before))
        #expect(rest.entries == Array(statement.entries.prefix(4)) && rest.closing == last.opening && rest.before == 0)
    }

    @Test func `CQ-30: single credits by the rule and by decision`() throws {
        let served = try Served()
        let accounts = served.accounts
        #expect(try accounts.credit("A", person: 21, month: Self.march).changes.map(\.amount) == [105_00])
        func code(_ id: String, _ person: UInt64, _ yearMonth: Int32, _ amount: Fen = 0) -> DomainCode? {
            Self.code { () throws(ClientError) in
                _ = try accounts.credit(
                    id, person: PersonName(person), month: CreditMonth(yearMonth: yearMonth)!, amount: amount)
            }
        }
        #expect(code("A", 21, 2024_03) == nil && code("B", 21, 2024_03) == .periodAlreadyCredited)
        #expect(code("B", 21, 2024_04, 105_01) == .factInvalid && code("B", 21, 2024_04, 105_00) == nil)
        #expect(code("C", 21, 2023_12) == .noRule && code("C", 21, 2023_12, 160_00) == nil)
        #expect(code("D", 30, 2024_03) == .notEntitled && code("D", 99, 2024_03) == .personUnknown)
        let none = Self.code { () throws(ClientError) in
            _ = try accounts.credit("E", person: 1, kind: .correction, amount: 1, reason: "")
        }
        #expect(none == .reasonMissing)
        let id = Self.code { () throws(ClientError) in _ = try accounts.deregister("", person: 3, reason: "注销") }
        #expect(id == .idInvalid)
        #expect(try accounts.balance(of: 21).balance == 370_00)
    }

    @Test(arguments: ["Credit", "RunCredits", "Use", "Transfer", "Inherit", "Deregister", "Balance", "Statement"])
    func `bytes that are no message, and an empty message, are refused and change nothing`(_ method: String) throws {
        let served = try Served()
        let remote = RemoteMethod(service: AccountMethods.service, method: method)
        for bytes in [[0xff, 0xff, 0xff], []] as [[UInt8]] {
            do {
                _ = try served.client.call(remote, bytes: bytes)
                Issue.record("\(method) answered \(bytes)")
            } catch ClientError.failed(let code, let text) {
                #expect(bytes.isEmpty ? code > 4000 : code == 1003, "\(text)")
            }
        }
    }
}
