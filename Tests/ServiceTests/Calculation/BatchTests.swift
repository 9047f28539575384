import Client
import Policy
import Population
import Settlement
import Testing

@Suite struct `A batch is its claims one by one` {
    static let claimsPerRegion: Int64 = 6_000

    /// Calculate's year after is fed back to it, as a caller would do who has no batch.
    @Test func `outcomes, years, accounts and errors are the same (G-7, G-8, G-9, G-12)`() throws {
        print("random claims: JIESUAN_SEED=\(RandomYear.seed)")
        let server = try LocalServer()
        let client = try server.connect()
        for year in RandomYear.all(claims: Self.claimsPerRegion, seed: RandomYear.seed) {
            let reply = try client.batch(year.batch().with { $0.wantsLayers = true })
            guard case .batch(let together) = reply else {
                Issue.record("\(year.region): \(reply)")
                continue
            }
            let errors = Dictionary(uniqueKeysWithValues: together.errors.map { ($0.item, $0) })
            var states = year.openings
            var settled = 0
            for (item, (person, record)) in year.claims.enumerated() {
                states[person].claim = record
                switch try client.calculate(states[person]) {
                case .answer(let answer):
                    #expect(errors[item] == nil, "\(year.region) \(item)")
                    #expect(together.rows[item] == answer.amounts, "\(year.region) \(item)")
                    #expect(together.layers[item] == answer.layers, "\(year.region) \(item)")
                    #expect(answer.amounts.sum == record.claim.cost.total, "\(year.region) \(item)")
                    #expect(answer.amounts.paidOutside == record.claim.paidOutside, "\(year.region) \(item)")
                    states[person].accumulators = together.names.map { ($0, answer.accumulators[$0] ?? -1) }
                    for (index, balance) in answer.balances.enumerated() {
                        states[person].person.accounts[index].balance = balance
                    }
                    settled += 1
                case .failed(let code, let text):
                    let error = errors[item]
                    #expect(error?.code == code, "\(year.region) \(item): \(text)")
                    #expect(text.contains(error?.message ?? "?"), "\(year.region) \(item): \(text)")
                    #expect(together.rows[item] == .zeros, "\(year.region) \(item)")
                default: Issue.record("\(year.region) \(item): an answer that cannot be read")
                }
            }
            for (row, state) in states.enumerated() {
                let amounts = state.accumulators.map(\.amount)
                let after = amounts.isEmpty ? together.names.map { _ in 0 } : amounts
                #expect(together.year(row) == after, "\(year.region): the year of row \(row)")
            }
            #expect(together.balances == states.flatMap { $0.person.accounts.map(\.balance) }, "\(year.region)")
            #expect(settled > 0 && !together.errors.isEmpty && settled + together.errors.count == year.claims.count)
        }
    }

    @Test func `the columns of layers add up to what the funds paid (G-7)`() throws {
        let server = try LocalServer()
        let client = try server.connect()
        for year in RandomYear.all(claims: 3_000, seed: RandomYear.seed &+ 99) {
            guard case .batch(let answer) = try client.batch(year.batch().with { $0.wantsLayers = true }),
                case .batch(let plain) = try client.batch(year.batch())
            else {
                Issue.record("\(year.region): no answer")
                continue
            }
            let refused = Set(answer.errors.map(\.item))
            for (item, amounts) in answer.rows.enumerated() {
                let layers = answer.layers[item]
                #expect(layers.reduce(0) { $0 + $1.paid } == amounts.fundTotal, "\(year.region) \(item)")
                #expect(layers.allSatisfy { $0.paid <= $0.base && $0.deductible <= $0.base }, "\(year.region) \(item)")
                #expect(refused.contains(item) == (layers.isEmpty && amounts.sum == 0), "\(year.region) \(item)")
            }
            // Nobody has to want them.
            var without = answer
            without.layers = []
            #expect(plain == without, "\(year.region)")
        }
    }

    /// Persons have nothing to do with each other: only the order of one person's own claims counts.
    @Test func `in what order batches of different persons come does not matter`() throws {
        let server = try LocalServer()
        let client = try server.connect()
        let year = RandomYear(.chongqing, claims: 2_000, seed: RandomYear.seed &+ 7)
        guard case .batch(let together) = try client.batch(year.batch()) else { return }
        let openings = year.openings
        var claims = [[(item: Int, record: ClaimRecord)]](repeating: [], count: year.persons.count)
        for (item, (person, record)) in year.claims.enumerated() { claims[person].append((item, record)) }
        // Seven batches of every seventh person, the last person first.
        var rows = [Amounts](repeating: .zeros, count: year.claims.count)
        for part in (0..<7).reversed() {
            var batch = Batch(region: year.region)
            var items: [Int] = []
            let persons = year.persons.indices.filter { $0 % 7 == part }.reversed()
            for person in persons {
                let row = batch.add(openings[person])
                for (item, record) in claims[person] {
                    batch.add(record, row: row)
                    items.append(item)
                }
            }
            guard case .batch(let answer) = try client.batch(batch) else {
                Issue.record("part \(part) has no answer")
                continue
            }
            for (place, item) in items.enumerated() { rows[item] = answer.rows[place] }
            for (row, person) in persons.enumerated() {
                #expect(answer.year(row) == together.year(person), "the year of person \(person)")
            }
        }
        #expect(rows == together.rows)
    }

    /// Results depend on the claim, the pack and the year before, not on who worked (promise P3).
    @Test func `how many threads work does not change a byte`() throws {
        let batches = RandomYear.all(claims: 1_000, seed: RandomYear.seed &+ 3).map { $0.batch().request }
        let unary = WorkedExamples.all.map { Sample($0).request }
        var first: [[UInt8]]?
        for (loops, workers) in [(1, 1), (2, 4), (4, 1), (1, 8)] {
            let server = try LocalServer(eventLoops: loops, workers: workers)
            let clients = try (0..<loops).map { _ in try server.connect() }
            var answers: [[UInt8]] = []
            for (index, request) in (batches + batches).enumerated() {
                answers.append(try clients[index % loops].call(Remote.batch, bytes: request))
            }
            for (index, request) in unary.enumerated() {
                answers.append(try clients[index % loops].call(Remote.calculate, bytes: request))
            }
            #expect(answers[..<batches.count] == answers[batches.count..<2 * batches.count])
            if let first { #expect(answers == first, "\(loops) event loops, \(workers) workers") }
            first = answers
        }
    }
}
