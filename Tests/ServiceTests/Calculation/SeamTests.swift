import Client
import ClientTesting
import Population
import Records
import Registry
import Settlement
import Testing

/// Where region, date and payment meet, over the wire: the figures that came out wrong once.
@Suite struct `The seams of region and date, over the wire` {
    private func registry(_ server: LedgerServer) throws -> RegistryClient {
        RegistryClient(try Client.connect(host: "127.0.0.1", port: server.port))
    }

    /// A stay of 1,880 yuan, all in policy.
    private func stay(_ id: String, at institution: String, of person: UInt64) -> SettlementRequest {
        var request = LedgerServer.outpatient(id, 1_880_00, person: person, at: institution)
        request.claim.claim.kind = .inpatient
        return request
    }

    @Test(arguments: [("yantai", 850_00), ("chongqing", 1_224_00), ("", 850_00)] as [(String, Fen)])
    func `G-15, CQ-4: 1,880 yuan at an L3 Chinese-medicine hospital, by the region it is registered under`(
        region: String, pool: Fen
    ) throws {
        let server = try LedgerServer()
        let record = InstitutionRecord(code: "M3", region: region, level: .three, isChineseMedicine: true)
        _ = try registry(server).put(.institution(record))
        let client = try server.connect()
        let request = stay("a", at: "M3", of: LedgerServer.active)
        #expect(try client.quote(request).outcome.outcome.fundTotal == pool)
        #expect(try client.settle(request).outcome.outcome.fundTotal == pool)
        #expect(try client.get("a").institution.isOutOfCity == (region != "chongqing"))
        // The same in columns.
        let batch = SettleBatch()
        batch.add(stay("b", at: "M3", of: LedgerServer.active + 1))
        #expect(try client.settle(batch).outcome(0).fundTotal == pool)
    }

    @Test func `G-15, CQ-42: a claim that must be settled by hand is refused online at another region's hospital`() throws {
        let server = try LedgerServer()
        let registry = try registry(server)
        let disease = SpecialRegistration(disease: "haemophilia", inForce: DateRange())
        _ = try registry.put(.special(LedgerServer.active, disease, corrects: 0))
        let client = try server.connect()
        let request = LedgerServer.outpatient("a", person: LedgerServer.active, at: "Y2")
        #expect(code { () throws(ClientError) in _ = try client.settle(request) } == 4204)
        #expect(
            try client.settle(LedgerServer.outpatient("b", person: LedgerServer.active)).outcome.outcome.fundTotal > 0)
    }

    @Test func `G-15, YT-10: no deposit is waived at another region's hospital`() throws {
        let server = try LedgerServer()
        let registry = try registry(server)
        for (number, place) in [("R1", "H3"), ("R2", "Y2")] {
            let referral = ReferralRequest(
                number: number, to: place, fromLevel: .one, date: CalendarDate(2024_06_01), isFirstDiagnosis: true)
            _ = try registry.put(.referral(LedgerServer.destitute, referral, corrects: 0))
        }
        let client = try server.connect()
        for (number, place, isFree) in [("R1", "H3", false), ("R2", "Y2", true)] {
            var request = stay(number, at: place, of: LedgerServer.destitute)
            request.referral = number
            #expect(try client.settle(request).needsNoDeposit == isFree)
        }
    }

    @Test func `G-16: a service date after today is refused by Quote, Settle and in a batch, and stays unsettled`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        var request = LedgerServer.outpatient("a")
        request.claim.claim.serviceDate = CalendarDate(2999_12_31)
        for call in [client.quote, client.settle] {
            guard case .failed(let code, let text)? = refusal({ () throws(ClientError) in _ = try call(request) }) else {
                Issue.record("it is not refused")
                continue
            }
            #expect(code == 4016)
            #expect(text.contains("DATE_IN_FUTURE claim.service_date=2999-12-31 [G-16]") && text.contains("2024-07-01"))
        }
        let batch = SettleBatch()
        batch.add(request)
        batch.add(LedgerServer.outpatient("b"))
        let answer = try client.settle(batch)
        #expect(answer.errorCount == 1 && answer.error(0).item == 0 && answer.error(0).code == 4016)
        #expect(answer.error(0).field == "service_date" && answer.error(0).value == "2999-12-31")
        #expect(answer.sequence(1) > 0)
        #expect(try client.listYear(person: LedgerServer.retired, year: 2999).lines.isEmpty)
        // Calculate has no clock.
        #expect(code { () throws(ClientError) in _ = try client.get("a") } == 4103)
    }

    @Test func `G-16: today is the ledger's day of each call, also after days of asking without settling`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        var request = LedgerServer.outpatient("a")
        request.claim.claim.serviceDate = CalendarDate(2024_07_02)
        #expect(code { () throws(ClientError) in _ = try client.settle(request) } == 4016)
        server.clock.moment = Moment(startOf: CalendarDate(2024_07_02))
        // 24:00 of the day before is 0:00 of this one, in China Standard Time.
        #expect(try client.settle(request).settledAt == server.clock.moment.milliseconds)
        request.id = "b"
        request.claim.claim.serviceDate = CalendarDate(2024_07_03)
        server.clock.moment.milliseconds += 86_400_000 - 1
        #expect(code { () throws(ClientError) in _ = try client.settle(request) } == 4016)
        server.clock.moment.milliseconds += 1
        #expect(try client.settle(request).settledAt == server.clock.moment.milliseconds)
    }

    @Test func `G-16: the register refuses a birth, a payment and a death after today, by call and by import`() throws {
        let server = try LedgerServer()
        let registry = try registry(server)
        let later = CalendarDate(2199_01_01)
        let requests: [RegistryRequest] = [
            .person(900, PersonBasics(region: "chongqing", birthMonth: 2199_01)),
            .endPerson(LedgerServer.active, Departure(.death, on: later), corrects: 0),
            .enrol(LedgerServer.active, EnrolmentRequest(Enrolment(.resident, covered: DateRange(), paidOn: later))),
        ]
        for request in requests {
            #expect(code { () throws(ClientError) in _ = try registry.put(request) } == 4016)
        }
        let receipt = try registry.put(requests)
        #expect(receipt.recorded == 0 && receipt.errors.map(\.code) == [4016, 4016, 4016])
        #expect(receipt.errors.map(\.field) == ["person.birth_month", "departure.date", "enrolment.paid_on"])
    }
}
