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

/// `RegistryService` over TCP, on a ledger in memory.
@Suite struct `RegistryService` {
    private struct Clock: LedgerClock {
        func now() -> Moment { Moment(startOf: CalendarDate(2024_07_15)) }
    }

    private final class Served {
        private let ledger: Ledger
        let server: Server
        let registry: RegistryClient

        init() throws {
            ledger = try Ledger(store: MemoryStore(), library: Packs.library, clock: Clock(), directory: nil)
            let access = LedgerAccess(ledger, ServedRegions(Packs.library.packs))
            var configuration = ServerConfiguration()
            configuration.eventLoopThreads = 1
            configuration.workers = 1
            configuration.drain = .milliseconds(0)
            server = try Server(
                configuration: configuration,
                methods: Services.methods(ServedRegions(Packs.library.packs), ledger: access), barrier: access.barrier,
                lane: access.lane, makeState: { _ in Services.makeState() },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            registry = RegistryClient(try Client.connect(host: "127.0.0.1", port: try server.start()))
        }

        deinit {
            server.drain()
            server.waitForSequencer()
            ledger.abandon()
        }

        /// The error text that a request gets; nil: it was taken.
        func refusal(_ request: RegistryRequest) -> String? {
            do throws(ClientError) {
                _ = try registry.put(request)
                return nil
            } catch { return "\(error)" }
        }
    }

    private let covered = DateRange(from: CalendarDate(2023_01_01), until: CalendarDate(2024_12_31))

    @Test func `institutions are put once, changed by date, looked up and listed`() throws {
        let served = try Served()
        let record = InstitutionRecord(
            code: "H50010100001", region: "chongqing", kind: .hospital, level: .two, isCountyArea: true,
            isNetworked: false, treatsSpecialDiseases: true, designated: covered)
        #expect(try served.registry.put(.institution(record)) == RegistryReceipt(number: 1, isUnchanged: false, entry: nil))
        #expect(try served.registry.put(.institution(record)).isUnchanged)
        var changed = record
        changed.level = .three
        changed.since = CalendarDate(2024_01_01)
        #expect(try served.registry.put(.institution(changed)).number == 1)
        #expect(try served.registry.institution(code: "H50010100001") == [record, changed])
        for number in 2...12 {
            _ = try served.registry.put(.institution(InstitutionRecord(code: "P\(number)", kind: .pharmacy, level: .unspecified)))
        }
        let first = try served.registry.institutions(limit: 10)
        #expect(first.records.count == 10 && first.hasMore && first.records[0] == changed)
        let rest = try served.registry.institutions(after: first.last, limit: 10)
        #expect(rest.records.map(\.code) == ["P11", "P12"] && !rest.hasMore)
        #expect(try served.registry.institutions(region: "chongqing").records == [changed])
        #expect(throws: ClientError.self) { try served.registry.institution(code: "H9") }
    }

    @Test func `G-17: areas are entered once, corrected, listed, and stand at persons and institutions`() throws {
        let served = try Served()
        let county = AreaRecord(code: "500236", name: "奉节县", region: "chongqing")
        #expect(try !served.registry.put(.area(county)).isUnchanged)
        #expect(try served.registry.put(.area(county)).isUnchanged)
        let receipt = try served.registry.put(
            (1...12).map { .area(AreaRecord(code: "5002361\($0)", name: "第\($0)街道", parent: "500236")) })
        #expect(receipt.recorded == 12 && receipt.errors.isEmpty)
        let corrected = AreaRecord(code: "500236", name: "奉节", region: "chongqing")
        #expect(try !served.registry.put(.area(corrected)).isUnchanged)
        let first = try served.registry.areas(limit: 10)
        #expect(first.records.count == 10 && first.hasMore && first.records[0] == corrected)
        let rest = try served.registry.areas(after: first.last, limit: 10)
        #expect(rest.records.map(\.code) == ["500236110", "500236111", "500236112"] && !rest.hasMore)
        #expect(served.refusal(.area(AreaRecord(code: "1", name: "甲", parent: "9")))?.contains("area.parent") == true)

        let hospital = InstitutionRecord(
            code: "H1", region: "chongqing", level: .two, name: "县人民医院", area: "50023611")
        _ = try served.registry.put(.institution(hospital))
        #expect(try served.registry.institution(code: "H1") == [hospital])
        let basics = PersonBasics(region: "chongqing", birthMonth: 1960_05, area: "50023611")
        _ = try served.registry.put(.person(7, basics))
        #expect(try served.registry.person(7).map(\.entry.fact) == [.basics(basics)])
    }

    @Test func `every request to the register does over the wire what it does in the register`() throws {
        let served = try Served()
        let alone = Registry(library: Packs.library)
        let now = Clock().now()
        for request in requests {
            let receipt = try served.registry.put(request)
            #expect(!receipt.isUnchanged)
            // Asked once more it is unchanged, and answered with the record that stands.
            let again = try served.registry.put(request)
            #expect(again.isUnchanged)
            if case .withdraw = request { #expect(again.entry == nil) } else { #expect(again.entry == receipt.entry) }
            for event in try alone.events(for: request, today: now.date) { alone.apply(event, recorded: now) }
        }
        for person in alone.people.numbers {
            let there = try served.registry.person(person, history: true)
            let here = alone.people.history(of: person)
            #expect(there.count == here.count)
            for (remote, entry) in zip(there, here) {
                #expect(remote.entry.number == entry.number && remote.entry.supersededBy == entry.supersededBy)
                if case .referral = entry.fact {
                    #expect(remote.from == "P1" && remote.to.isEmpty)
                } else {
                    #expect(remote.entry.fact == entry.fact)
                }
            }
        }
        let persons = try served.registry.persons()
        #expect(persons.numbers == alone.people.numbers && !persons.hasMore)
    }

    private var requests: [RegistryRequest] {
        let given = DatedIdentity(.lowIncome, given: CalendarDate(2023_02_10))
        return [
            .institution(InstitutionRecord(code: "P1", kind: .primary, level: .one)),
            .person(1, PersonBasics(region: "chongqing", birthMonth: 1960_05)),
            .person(2, PersonBasics(region: "yantai", birthMonth: 1961_06)),
            .enrol(
                1, EnrolmentRequest(Enrolment(.employee, membership: .employer, status: .active, covered: covered))),
            .enrol(2, EnrolmentRequest(Enrolment(.resident, covered: covered, paidOn: CalendarDate(2022_12_01)))),
            .buy(
                1, SupplementaryPurchase(product: "yukuaibao_2023_basic", boughtOn: CalendarDate(2022_11_03)), corrects: 0),
            .identity(2, IdentityRecord(given, department: .civilAffairs), corrects: 0),
            .family(1, FamilyMember(.spouse, 2), corrects: 0),
            .special(1, SpecialRegistration(disease: "haemophilia", inForce: covered), corrects: 0),
            .referral(
                2,
                ReferralRequest(
                    number: "Z1", from: "P1", toLevel: .three, date: CalendarDate(2024_01_05), isFirstDiagnosis: true),
                corrects: 0),
            .change(1, EnrolmentChange(on: CalendarDate(2024_02_01), status: .retired, contributionBase: 0)),
            .endIdentity(2, .lowIncome, CalendarDate(2024_01_31)),
            .endEnrolment(1, CalendarDate(2024_06_30)),
            .endPerson(1, Departure(.death, on: CalendarDate(2024_06_15)), corrects: 0),
            .feedback(
                2,
                DepartmentFeedback(
                    department: .civilAffairs, month: CalendarDate(2024_02_01).monthIndex,
                    received: CalendarDate(2024_03_10), isTakenIn: true, identity: .lowIncome,
                    from: CalendarDate(2024_04_01))),
            .feedback(
                2,
                DepartmentFeedback(
                    department: .ruralRevitalisation, month: CalendarDate(2024_02_01).monthIndex,
                    received: CalendarDate(2024_03_11), isTakenIn: false, reason: "收入超过标准")),
            .chronicReport(
                1,
                ChronicReportRequest(
                    institution: "P1", disease: "diabetes", reported: CalendarDate(2024_03_01),
                    letter: CalendarDate(2024_03_05))),
            .withdraw(2, 4),
        ]
    }

    @Test func `an import keeps its order, and an item's error touches no other`() throws {
        let served = try Served()
        let receipt = try served.registry.put([
            .enrol(1, EnrolmentRequest(Enrolment(.resident, membership: .tier1, covered: covered))),
            .person(1, PersonBasics(region: "chongqing", birthMonth: 1960_05)),
            .enrol(1, EnrolmentRequest(Enrolment(.resident, membership: .tier1, covered: covered))),
            .person(1, PersonBasics(region: "chongqing", birthMonth: 1960_05)),
            .person(2, PersonBasics(region: "nowhere", birthMonth: 1960_05)),
        ])
        #expect(receipt.recorded == 2 && receipt.unchanged == 1)
        #expect(receipt.errors.map(\.item) == [0, 4])
        #expect(receipt.errors.map(\.code) == [4201, 4002])
        #expect(receipt.errors[1].field == "person.region" && receipt.errors[1].value == "nowhere")
        #expect(try served.registry.put([]).recorded == 0)
        let tooMany = Array(
            repeating: RegistryRequest.withdraw(1, 1), count: RegistryLimit.importItemsMax + 1)
        #expect(throws: ClientError.self) { try served.registry.put(tooMany) }
    }

    @Test func `refusals name the field, the value and the rule`() throws {
        let served = try Served()
        let none = served.refusal(.person(1, PersonBasics(region: "chongqing", birthMonth: 1960_13)))
        #expect(none?.contains("DATE_INVALID person.birth_month=196013") == true)
        _ = try served.registry.put(.person(1, PersonBasics(region: "chongqing", birthMonth: 1960_05)))
        let gap = Enrolment(.employee, membership: .employer, covered: DateRange(), paidOn: CalendarDate(2024_01_01))
        #expect(served.refusal(.enrol(1, EnrolmentRequest(gap)))?.contains("NO_RULE") == true)
        #expect(served.refusal(.enrol(1, EnrolmentRequest(gap)))?.contains("CQ-41") == true)
        #expect(served.refusal(.withdraw(7, 1))?.contains("PERSON_UNKNOWN") == true)
    }

    @Test func `what was known on a day is answered as it was known`() throws {
        let served = try Served()
        _ = try served.registry.put(.person(1, PersonBasics(region: "chongqing", birthMonth: 1960_05)))
        #expect(try served.registry.person(1, knownOn: CalendarDate(2024_07_15)).count == 1)
        #expect(try served.registry.person(1, knownOn: CalendarDate(2024_07_14)).isEmpty)
        #expect(throws: ClientError.self) { try served.registry.person(1, knownOn: CalendarDate(2024_02_30)) }
        #expect(throws: ClientError.self) { try served.registry.person(2) }
    }

    @Test func `CQ-15, CQ-17: a year without settlements has all of its limits left`() throws {
        let served = try Served()
        _ = try served.registry.put(.person(1, PersonBasics(region: "chongqing", birthMonth: 1960_05)))
        let enrolment = Enrolment(.employee, membership: .employer, status: .retired, covered: covered)
        _ = try served.registry.put(.enrol(1, EnrolmentRequest(enrolment)))
        let year = try served.registry.year(1, 2024)
        #expect(year.region == "chongqing" && year.date == CalendarDate(2024_07_15))
        let absorbed = try #require(year.accumulators.first { $0.name == "employee.pooling.absorbed" })
        #expect(absorbed.amount == 0)
        let deductible = try #require(absorbed.limits.first { $0.claimKind == ClaimKind.outpatient.rawValue })
        #expect(deductible.limit == 100_00 && deductible.left == 100_00 && deductible.rule == "CQ-15")
        let paid = try #require(year.accumulators.first { $0.name == "employee.pooling.paid" })
        #expect(paid.limits.first { $0.claimKind == ClaimKind.outpatient.rawValue }?.limit == 4_000_00)
        #expect(throws: ClientError.self) { try served.registry.year(1, 2024, on: CalendarDate(2023_12_31)) }
        #expect(throws: ClientError.self) { try served.registry.year(2, 2024) }
    }
}
