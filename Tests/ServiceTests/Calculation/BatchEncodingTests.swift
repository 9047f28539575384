import Testing

/// Columns of claims are read where the message lies; what encoders may write, but do not, goes another way.
@Suite struct `A batch means the same however it is encoded` {
    private static let claims: Int64 = 400

    /// The columns of claims as they stand in `batch`, one after the other.
    private static func columns(_ batch: Batch) -> [(field: Int, write: (inout WireMessage) -> Void)] {
        let claims = batch.claims
        var columns: [(field: Int, write: (inout WireMessage) -> Void)] = [
            (1, { $0.column(1, claims.personRow) }), (2, { $0.column(2, claims.serviceDate) }),
            (3, { $0.column(3, claims.kind) }), (4, { $0.column(4, claims.institution) }),
            (5, { $0.column(5, claims.disease) }), (6, { $0.column(6, claims.accountUse) }),
            (7, { $0.column(7, claims.referredFrom) }), (15, { $0.column(15, claims.externalBasic) }),
            (16, { $0.column(16, claims.externalLargeAmount) }),
        ]
        for (index, amounts) in claims.cost.enumerated() {
            columns.append((8 + index, { $0.column(8 + index, amounts) }))
        }
        return columns
    }

    @Test func `the order of fields, unknown ones and pieces make no difference`() throws {
        print("random claims: JIESUAN_SEED=\(RandomYear.seed)")
        let server = try LocalServer()
        let client = try server.connect()
        for year in RandomYear.all(claims: Self.claims, seed: RandomYear.seed &+ 7) {
            let batch = year.batch().with { $0.wantsLayers = true }
            guard case .batch(let expected) = try client.batch(batch) else {
                Issue.record("\(year.region): no answer")
                continue
            }
            let columns = Self.columns(batch)
            let encodings: [(String, (inout WireMessage) -> Void)] = [
                (
                    "columns backwards, after a field that nobody knows",
                    { request in
                        var claims = WireMessage()
                        claims.text(99, "unknown")
                        for column in columns.reversed() { column.write(&claims) }
                        request.text(77, "unknown")
                        request.message(6, claims)
                    }
                ),
                (
                    "the claims in two messages, which are merged",
                    { request in
                        var halves = [WireMessage(), WireMessage()]
                        for (index, column) in columns.enumerated() { column.write(&halves[index % 2]) }
                        for half in halves { request.message(6, half) }
                    }
                ),
                (
                    "a column in two pieces",
                    { request in
                        var claims = WireMessage()
                        for column in columns where column.field != 1 { column.write(&claims) }
                        let half = batch.claims.personRow.count / 2
                        claims.column(1, Array(batch.claims.personRow[..<half]))
                        claims.column(1, Array(batch.claims.personRow[half...]))
                        request.message(6, claims)
                    }
                ),
                (
                    "a column that is not packed",
                    { request in
                        var claims = WireMessage()
                        for column in columns where column.field != 2 { column.write(&claims) }
                        for date in batch.claims.serviceDate { claims.fixed32(2, date) }
                        request.message(6, claims)
                    }
                ),
                (
                    "a column at every offset",
                    { request in
                        for length in 1...7 {
                            var padding = WireMessage()
                            padding.text(70, String(repeating: "x", count: length))
                            request.message(71, padding)
                        }
                        request.message(6, batch.claimColumns)
                    }
                ),
            ]
            for (what, write) in encodings {
                let reply = try client.batch(bytes: batch.request(claims: write))
                guard case .batch(let answer) = reply else {
                    Issue.record("\(year.region), \(what): \(reply)")
                    continue
                }
                #expect(answer == expected, "\(year.region), \(what)")
            }
        }
    }

    @Test func `a column of broken numbers, or one too short, is refused as a whole`() throws {
        let server = try LocalServer()
        let client = try server.connect()
        let batch = RandomYear.all(claims: Self.claims, seed: 1)[0].batch()
        func reply(_ change: (inout WireMessage) -> Void) throws -> Reply {
            try client.batch(
                bytes: batch.request { request in
                    var claims = WireMessage()
                    for column in Self.columns(batch) where column.field != 12 { column.write(&claims) }
                    change(&claims)
                    request.message(6, claims)
                })
        }
        // Not whole numbers.
        let broken = try reply { $0.blob(12, [1, 2, 3]) }
        guard case .failed(let code, _) = broken else {
            Issue.record("\(broken)")
            return
        }
        #expect(code == 1003)
        let short = try reply { $0.column(12, [Int64(5)]) }
        guard case .failed(_, let text) = short else {
            Issue.record("\(short)")
            return
        }
        #expect(text.contains("claims.in_policy has 1 entries"), "\(text)")
    }
}
