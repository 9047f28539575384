import Client
import ProtoJSON
import RPC
import Service
import TestSupport
import Testing

/// Every rpc, asked by every role for its own and for what is another's.
@Suite struct `Who may call what` {
    @Test func `every rpc has a row in the table and in the matrix of the tests, and no other has`() {
        let all = Set(MethodCatalog.methods.map(\.path))
        #expect(Set(AccessTable.rows.map(\.path)).symmetricDifference(all) == [])
        #expect(AccessTable.rows.count == all.count, "a method has two rows")
        #expect(Set(AccessMatrix.rows.map(\.path)).symmetricDifference(all) == [])
    }

    /// Over a real server; what is refused is refused as NOT_PERMITTED, what is not comes to its method.
    @Test func `the whole matrix: nothing is open, nothing that is one's own is shut`() throws {
        let known = try AccessServer()
        defer { known.stop() }
        let http = try HTTPSocket(port: known.server.port)
        var wrong: [String] = []
        var asked = 0
        for row in AccessMatrix.rows {
            for (caller, allowed) in zip(known.callers, row.allowed) {
                for (isOwn, values) in [(true, caller.own), (false, caller.foreign)] {
                    asked += 1
                    let mayAsk = allowed == "a" || allowed == "o" && isOwn
                    let json = filled(row.request, values, id: "M\(asked)")
                    let native = try known.native(row.path, json, caller.token)
                    let name = "\(row.path) by \(caller.entry.name), \(isOwn ? "own" : "another's")"
                    if (native.number == 4401) == mayAsk || native.number == 1004 || native.number < 0 {
                        wrong.append("\(name): \(native.number) \(native.text)")
                    }
                    let field = "Authorization: Bearer \(caller.token)\r\n"
                    let answer = try #require(http.call("/\(row.path)", json, fields: field))
                    let code = Int32(answer.fields["x-error-code"] ?? "") ?? 0
                    if (code == 4401) == mayAsk || (code == 4401) != (answer.status == 403) {
                        wrong.append("\(name) over HTTP: \(answer.status) \(answer.text)")
                    }
                }
            }
        }
        #expect(wrong == [])
        #expect(asked == AccessMatrix.rows.count * 14)
    }

    @Test func `somebody unknown is told nothing but that the server is well`() throws {
        let known = try AccessServer()
        defer { known.stop() }
        let http = try HTTPSocket(port: known.server.port)
        for row in AccessMatrix.rows {
            let json = filled(row.request, known.callers[0].own, id: "U")
            for token in [nil, AccessToken.make()] {
                let native = try known.native(row.path, json, token)
                // After a few wrong tokens the address waits.
                #expect(native.number == 1004 || token != nil && native.number == 2004, "\(row.path): \(native)")
            }
            let answer = try #require(http.call("/\(row.path)", json))
            #expect(answer.status == 401 && answer.fields["www-authenticate"] == "Bearer realm=\"jiesuan\"", "\(row.path)")
        }
        let unknown = try #require(http.call("/SettlementService/Nothing", "{}"))
        #expect(unknown.status == 401, "the names of methods are told: \(unknown.text)")
        http.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(http.receive()?.status == 200)
    }

    /// The walk above looks at codes: planted holes show that it finds them.
    @Test func `canary: a row that is open where it should not be is found`() throws {
        let known = try AccessServer()
        defer { known.stop() }
        // The auditor reads every year, which the planted row forbids; a hospital settles, which it forbids too.
        let planted = [
            (AccessMatrix.Row("SettlementService/ListYear", "-------", #"{"person":"$P","year":2024}"#), 5),
            (AccessMatrix.Row("SettlementService/Get", "-------", #"{"settlementId":"$S"}"#), 0),
        ]
        for (row, place) in planted {
            let caller = known.callers[place]
            let native = try known.native(row.path, filled(row.request, caller.own, id: "C"), caller.token)
            #expect(native.number != 4401)
        }
    }
}
