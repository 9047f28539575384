import Foundation
import RPC
import Service
import TestSupport
import Testing

/// With which status HTTP answers our errors, in code and in docs/calling/http.md.
@Suite struct `HTTP statuses` {
    /// The rows of the page's table of statuses: the codes of each.
    static let page: [Int: Set<Int32>] = {
        let path = Project.root.appending(path: "docs/calling/http.md")
        let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
        var rows: [Int: Set<Int32>] = [:]
        for line in text.split(separator: "\n") {
            guard let row = line.wholeMatch(of: /\| ([0-9]{3}) \| (.*) \|/), let status = Int(row.1) else { continue }
            rows[status] = Set(row.2.matches(of: /\b[0-9]{4}\b/).compactMap { Int32($0.0) })
        }
        return rows
    }()

    @Test func `the page has every code under the status that the server answers, but for those that 422 is the rest of`() {
        #expect(Self.page.count == 9)
        for (code, name) in `gRPC statuses`.codes {
            let status = RPCErrorCode(rawValue: code)?.httpStatus ?? HTTPStatus.status(of: code)
            let told = Self.page.filter { $0.value.contains(code) }.map(\.key)
            #expect(told == (status == 422 ? [] : [status]), "\(code) \(name)")
        }
        let known = Set(`gRPC statuses`.codes.map(\.code) + [4000, 4999])
        for (status, codes) in Self.page { #expect(codes.isSubset(of: known), "\(status)") }
    }
}
