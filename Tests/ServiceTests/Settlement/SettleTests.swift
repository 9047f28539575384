import Client
import ClientTesting
import Dispatch
import Ledger
import LedgerStore
import Policy
import Population
import RPC
import Records
import Registry
import Service
import Settlement
import Synchronization
import Testing

/// Settlements that are kept, over the wire.
@Suite struct `The settlement service` {
    @Test func `the worked example 003-1 is settled for keeps: the pool pays 1,890 yuan`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        let quote = try client.quote(LedgerServer.outpatient("ignored"))
        #expect(quote.sequence == 0 && quote.outcome.outcome.fundTotal == 1_890_00)
        #expect(code { () throws(ClientError) in _ = try client.get("ignored") } == 4103)
        let settled = try client.settle(LedgerServer.outpatient("500101000001-1"))
        #expect(settled.id == "500101000001-1" && settled.sequence > 0)
        #expect(settled.settledAt == server.clock.moment.milliseconds)
        #expect(settled.outcome.outcome.fundTotal == 1_890_00 && settled.outcome.total == 2_800_00)
        #expect(settled.outcome.policyDigest == Packs.pack("chongqing").digest)
        #expect(settled.outcome.yearAfter.contains { $0.amount == 2_800_00 || $0.amount == 1_890_00 })
    }

    @Test func `the same request gives the same bytes, from many connections at once and after a restart`() throws {
        let store = MemoryStore()
        let server = try LedgerServer(store: store)
        let first = try server.connect().settleBytes(LedgerServer.outpatient("a"))
        let answers = Mutex<[[UInt8]]>([])
        let port = server.port
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            guard let connection = try? Client.connect(host: "127.0.0.1", port: port) else {
                Issue.record("no connection")
                return
            }
            let client = SettlementClient(connection)
            for _ in 0..<20 {
                let same = try? client.settleBytes(LedgerServer.outpatient("a"))
                let contended = try? client.settleBytes(LedgerServer.outpatient("b", 500_00))
                answers.withLock { $0 += [same ?? [], contended ?? []] }
            }
        }
        let second = try server.connect().settleBytes(LedgerServer.outpatient("b", 500_00))
        #expect(answers.withLock { $0.count } == 320)
        #expect(answers.withLock { Set($0) } == [first, second])
        #expect(try server.connect().listYear(person: LedgerServer.retired, year: 2024).lines.map(\.id) == ["a", "b"])
        server.stop()
        let again = try LedgerServer(store: store)
        #expect(try again.connect().settleBytes(LedgerServer.outpatient("a")) == first)
        #expect(try again.connect().settleBytes(LedgerServer.outpatient("b", 500_00)) == second)
    }

    @Test func `the same id with other content is refused, and stays what it was`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        let first = try client.settleBytes(LedgerServer.outpatient("a"))
        guard
            case .failed(let code, let text)? = refusal({ () throws(ClientError) in
                _ = try client.settle(LedgerServer.outpatient("a", 2_800_01))
            })
        else {
            Issue.record("it is not refused")
            return
        }
        #expect(code == 4102 && text.contains("ID_REUSED_WITH_OTHER_CONTENT settlement_id=a"))
        #expect(try client.settleBytes(LedgerServer.outpatient("a")) == first)
    }

    @Test func `a record has the request as it was sent, the answer, the facts and what it changed`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        var request = LedgerServer.outpatient("a")
        request.claim.claim.accountUse = .none
        request.prescriptionWeeks = 4
        request.documents = ["invoice", "发票"]
        let settled = try client.settle(request)
        let record = try client.get("a")
        #expect(record.request == request)
        #expect(record.region == "chongqing" && record.institution == Institution(level: .two))
        #expect(record.answer.sequence == settled.sequence && record.answer.settledAt == settled.settledAt)
        #expect(record.answer.outcome.outcome == settled.outcome.outcome)
        #expect(record.answer.outcome.yearAfter.map(\.amount) == settled.outcome.yearAfter.map(\.amount))
        #expect(record.reversedBy == 0)
        #expect(!record.changes.isEmpty && record.changes.allSatisfy { $0.before == 0 && $0.after > 0 })
        for change in record.changes {
            #expect(settled.outcome.yearAfter.contains { $0.name == change.name && $0.amount == change.after })
        }
        // What the record says can be sent again as it is.
        #expect(try client.settle(record.request).sequence == settled.sequence)
    }

    @Test func `G-12: a reversal gives the year back, is answered the same again, and its id stays reversed`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        _ = try client.settle(LedgerServer.outpatient("a", 500_00))
        let before = try client.quote(LedgerServer.outpatient("x")).outcome.outcome
        _ = try client.settle(LedgerServer.outpatient("b"))
        #expect(code { () throws(ClientError) in _ = try client.reverse("a", reason: "wrong person") } == 4104)
        let reversal = try client.reverse("b", reason: "登记错误")
        #expect(reversal.id == "b" && reversal.sequence > 0)
        #expect(try client.quote(LedgerServer.outpatient("x")).outcome.outcome == before)
        let again = try client.reverse("b", reason: "another reason")
        #expect(again.sequence == reversal.sequence && again.reversedAt == reversal.reversedAt)
        #expect(again.yearAfter.map(\.amount) == reversal.yearAfter.map(\.amount))
        #expect(code { () throws(ClientError) in _ = try client.settle(LedgerServer.outpatient("b")) } == 4105)
        #expect(code { () throws(ClientError) in _ = try client.reverse("c", reason: "") } == 4103)
        let record = try client.get("b")
        #expect(record.reversedBy == reversal.sequence && record.reversalReason == "登记错误")
        let (lines, more) = try client.listYear(person: LedgerServer.retired, year: 2024)
        #expect(lines.map(\.id) == ["a", "b", "b"] && !more)
        #expect(lines.map(\.isReversal) == [false, false, true] && lines.map(\.isReversed) == [false, true, false])
    }

    @Test func `a year is listed in pages`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        for number in 1...7 { _ = try client.settle(LedgerServer.outpatient("s\(number)", Fen(number) * 100)) }
        let (last, more) = try client.listYear(person: LedgerServer.retired, year: 2024, limit: 3)
        #expect(last.map(\.id) == ["s5", "s6", "s7"] && more)
        let (rest, end) = try client.listYear(
            person: LedgerServer.retired, year: 2024, before: last[0].sequence, limit: 100)
        #expect(rest.map(\.id) == ["s1", "s2", "s3", "s4"] && !end)
        #expect(rest.map(\.total) == [100, 200, 300, 400] && rest.allSatisfy { $0.institution == "H2" })
        #expect(try client.listYear(person: 999, year: 2024).lines.isEmpty)
        #expect(code { () throws(ClientError) in _ = try client.listYear(person: 1, year: 2024, limit: 1001) } == 4002)
    }

    @Test func `SY-9: a stay is compared at institutions and levels, and what cannot be settled says why`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        var stay = LedgerServer.outpatient("", 10_000_00)
        stay.claim.claim.kind = .inpatient
        stay.institution = ""
        let columns = try client.compare(stay, institutions: ["H1", "nowhere", "H3"], levels: [.one, .three])
        #expect(columns.map(\.institution) == ["H1", "nowhere", "H3", "", ""])
        #expect(columns[1].outcome == nil)
        #expect(columns[1].refusal?.code == 4202 && columns[1].refusal?.value == "nowhere" && columns[1].refusal?.item == 1)
        for (place, level) in [(0, 3), (2, 4)] {
            let outcome = try #require(columns[place].outcome)
            #expect(outcome.outcome == columns[level].outcome?.outcome)
            #expect(columns[place].level == columns[level].level)
            let share = (2 * 10_000 * outcome.outcome.fundTotal + 10_000_00) / (2 * 10_000_00)
            #expect(columns[place].totalBasisPoints == Int(share) && columns[place].inPolicyBasisPoints == Int(share))
        }
        #expect((columns[0].outcome?.outcome.fundTotal ?? 0) > (columns[2].outcome?.outcome.fundTotal ?? 0))
        #expect(try client.listYear(person: LedgerServer.retired, year: 2024).lines.isEmpty)
    }

    @Test func `an institution's totals and rows are reconciled with ours`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        var rows: [RemoteRow] = []
        var sums = RemoteSums()
        for number in 1...3 {
            let settled = try client.settle(LedgerServer.outpatient("r\(number)", Fen(number) * 1_000_00))
            let outcome = settled.outcome.outcome
            rows.append(
                RemoteRow(
                    id: settled.id, total: settled.outcome.total, fundTotal: outcome.fundTotal,
                    accountTotal: outcome.accountTotal, cash: outcome.cash))
            sums.settlements += 1
            sums.total += settled.outcome.total
            sums.fundTotal += outcome.fundTotal
            sums.accountTotal += outcome.accountTotal
            sums.cash += outcome.cash
        }
        let day = server.clock.moment.date
        let period = RemotePeriod(institution: "H2", from: day, until: day)
        #expect(try client.reconcile(period, sums: sums).isBalanced)
        #expect(try client.reconcile(period, rows: rows).equal == 3)
        _ = try client.reverse("r3", reason: "")
        let totals = try client.reconcile(period, sums: sums)
        #expect(!totals.isBalanced && totals.reversalsDifference == -1 && totals.settlementsDifference == 0)
        #expect(totals.difference.total == 3_000_00 && totals.ours.total == 3_000_00)
        rows[0].cash += 1
        rows[1].id = "other"
        let details = try client.reconcile(period, rows: rows)
        #expect(!details.isBalanced && details.equal == 1)
        #expect(details.differing.map(\.theirs) == [rows[0]] && details.differing.map(\.ours.id) == ["r1"])
        #expect(details.onlyThere == [rows[1]])
        #expect(details.onlyHere.map(\.id) == ["r2", "r3"] && details.onlyHere.map(\.isReversal) == [false, true])
        let next = RemotePeriod(institution: "H2", from: day, until: CalendarDate(2024_08_01))
        #expect(code { () throws(ClientError) in _ = try client.reconcile(next, rows: []) } == 4108)
        let nowhere = RemotePeriod(institution: "H9", from: day, until: day)
        #expect(code { () throws(ClientError) in _ = try client.reconcile(nowhere, rows: []) } == 4202)
    }

    @Test func `3201, 3202: an institution is reconciled by insurance`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        let registry = RegistryClient(try Client.connect(host: "127.0.0.1", port: server.port))
        let resident = Enrolment(.resident, membership: .tier1, covered: DateRange(from: CalendarDate(2020_01_01)))
        _ = try registry.put(.person(7, PersonBasics(region: "chongqing", birthMonth: 1980_01)))
        _ = try registry.put(.enrol(7, EnrolmentRequest(resident)))
        _ = try client.settle(LedgerServer.outpatient("employee", 1_000_00))
        _ = try client.settle(LedgerServer.outpatient("gone", 1_000_00))
        _ = try client.reverse("gone", reason: "")
        _ = try client.settle(LedgerServer.outpatient("resident", 300_00, person: 7))
        let day = server.clock.moment.date
        func period(_ insurance: Insurance) -> RemotePeriod {
            RemotePeriod(institution: "H2", from: day, until: day, insurance: insurance)
        }
        func ours(_ insurance: Insurance) throws -> (RemoteSums, [String]) {
            let details = try client.reconcile(period(insurance), rows: [])
            return (try client.reconcile(period(insurance), sums: RemoteSums()).ours, details.onlyHere.map(\.id))
        }
        let (employees, employeeRows) = try ours(.employee)
        #expect(employees.settlements == 2 && employees.reversals == 1 && employees.total == 1_000_00)
        #expect(employeeRows == ["employee", "gone", "gone"])
        let (residents, residentRows) = try ours(.resident)
        #expect(residents.settlements == 1 && residents.total == 300_00 && residentRows == ["resident"])
        let (all, rows) = try ours(.unspecified)
        #expect(all.total == 1_300_00 && rows == ["employee", "gone", "gone", "resident"])
    }

    @Test func `a recorded settlement is explained by its rules`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        _ = try client.settle(LedgerServer.outpatient("a"))
        let explanation = try client.explain("a")
        #expect(explanation.text.contains("1,890.00") && explanation.text.contains("CQ-"))
        #expect(explanation.json.contains("\"chongqing\""))
        #expect(code { () throws(ClientError) in _ = try client.explain("b") } == 4103)
    }
}

/// A store that fails.
@Suite struct `Settling on a store that fails` {
    @Test func `what was certainly not written says so, and can be sent again`() throws {
        let store = MemoryStore()
        let server = try LedgerServer(store: store)
        let client = try server.connect()
        _ = try client.settle(LedgerServer.outpatient("a", 100_00))
        store.fail(append: 1, .notWritten)
        #expect(code { () throws(ClientError) in _ = try client.settle(LedgerServer.outpatient("b")) } == 4107)
        try eventually(client, "b")
        #expect(try client.listYear(person: LedgerServer.retired, year: 2024).lines.map(\.id) == ["a", "b"])
    }

    @Test(arguments: [MemoryStore.Fault.unknownAndLost, .unknownAndWritten])
    func `what may have been written says so, and the same id settles it once`(fault: MemoryStore.Fault) throws {
        let store = MemoryStore()
        let server = try LedgerServer(store: store)
        let client = try server.connect()
        store.fail(append: 1, fault)
        // It was answered already, as settled, when the disk failed; its language is known still.
        client.client.language = .chinese
        let answer = refusal { () throws(ClientError) in _ = try client.settle(LedgerServer.outpatient("b")) }
        guard case .failed(4106, let text)? = answer else {
            Issue.record("\(String(describing: answer)) is not 4106")
            return
        }
        #expect(text.hasPrefix("写入时磁盘出错, 可能已经入账; 请以同一编号原样重发") && text.contains("NOT_CONFIRMED"))
        client.client.language = .english
        try eventually(client, "b")
        let settled = try client.settle(LedgerServer.outpatient("b"))
        #expect(settled.outcome.outcome.fundTotal == 1_890_00)
        #expect(try client.listYear(person: LedgerServer.retired, year: 2024).lines.map(\.id) == ["b"])
    }

    /// Sends until the store has been taken up again.
    private func eventually(_ client: SettlementClient, _ id: String) throws {
        for _ in 0..<1000 {
            let answer = code { () throws(ClientError) in _ = try client.settle(LedgerServer.outpatient(id)) }
            if answer == 0 { return }
            #expect(answer == 4107)
        }
        Issue.record("the store is never taken up again")
    }
}
