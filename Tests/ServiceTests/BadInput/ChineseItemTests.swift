import Client
import Population
import RPC
import Registry
import Service
import Settlement
import TestSupport
import Testing
import Text

/// Refused items stand inside an answer; their messages are told in the language that the call asks for.
@Suite struct `Refused items in Chinese` {
    /// What `refused` gives of an item in English, and then in Chinese.
    private func both<Item>(_ client: Client, _ refused: () throws -> Item?) throws -> (english: Item, chinese: Item) {
        client.language = .english
        let english = try #require(try refused())
        client.language = .chinese
        let chinese = try #require(try refused())
        client.language = .english
        return (english, chinese)
    }

    private func expect(_ english: String, _ chinese: String, begins beginning: String) {
        #expect(chinese.hasPrefix(beginning), "\(chinese)")
        #expect(chinese.hasSuffix(english) && !english.isEmpty, "\(chinese)")
    }

    @Test func `of a batch of calculations`() throws {
        let server = try LocalServer()
        let client = try server.connect()
        var batch = `Bad batches`.good
        batch.claims.kind[1] = 8
        let told = try both(client) { () throws -> ItemRefusal? in
            guard case .batch(let answer) = try client.batch(batch) else { return nil }
            return answer.errors.first
        }
        #expect(told.chinese.code == told.english.code && told.chinese.field == "claims.kind")
        #expect(told.chinese.value == told.english.value && told.chinese.rule == told.english.rule)
        expect(told.english.message, told.chinese.message, begins: "取值不在范围内")
        #expect(told.chinese.message.contains("字段: 医疗类别。"))
    }

    /// 65,536 messages of both languages would be more than a packet holds.
    @Test func `of very many, without the English text`() throws {
        let server = try LocalServer()
        let client = try server.connect()
        let count = 65_536
        var batch = Batch([Sample.plain])
        batch.diseases = ["plague"]
        batch.claims = .init()
        batch.claims.personRow = [UInt32](repeating: 0, count: count)
        batch.claims.disease = [UInt8](repeating: 1, count: count)
        batch.claims.institution = batch.claims.personRow
        batch.claims.kind = [UInt8](repeating: 2, count: count)
        batch.claims.serviceDate = [UInt32](repeating: 20_240_630, count: count)
        batch.claims.cost = [[Fen]](repeating: [], count: 7)
        client.language = .chinese
        guard case .batch(let answer) = try client.batch(batch) else {
            Issue.record("a batch of bad claims has no answer")
            return
        }
        #expect(answer.errors.count == count)
        let message = try #require(answer.errors.last).message
        #expect(message == "\(try #require(DomainCode.factInvalid.entry).sentence.chinese)。字段: 病种。")
    }

    @Test func `of a batch of settlements, of an import and of a comparison`() throws {
        let server = try LedgerServer()
        let settlements = try server.connect()
        let client = settlements.client
        let settled = try both(client) { () throws -> [RemoteRefusal]? in
            let batch = SettleBatch()
            batch.add(LedgerServer.outpatient("a", at: "nowhere"))
            batch.add(LedgerServer.outpatient("b", -1))
            let answer = try settlements.settle(batch)
            #expect(answer.errorCount == 2)
            return (0..<answer.errorCount).map(answer.error)
        }
        expect(settled.english[0].message, settled.chinese[0].message, begins: "医疗机构或开具处方的机构没有登记")
        expect(settled.english[1].message, settled.chinese[1].message, begins: "金额低于0或高于")
        let registry = RegistryClient(client)
        let imported = try both(client) {
            try registry.put([.endEnrolment(987_654, CalendarDate(2024_06_30))]).errors.first
        }
        expect(imported.english.message, imported.chinese.message, begins: "参保人没有登记")
        let compared = try both(client) { () throws -> RemoteRefusal? in
            var stay = LedgerServer.outpatient("")
            stay.claim.claim.kind = .inpatient
            stay.institution = ""
            return try settlements.compare(stay, institutions: ["nowhere"])[0].refusal
        }
        expect(compared.english.message, compared.chinese.message, begins: "医疗机构或开具处方的机构没有登记")
    }
}
