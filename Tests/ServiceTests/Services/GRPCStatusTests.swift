import CShims
import Foundation
import RPC
import Records
import Service
import Settlement
import TestSupport
import Testing
import Text
import WireMessages

/// What gRPC calls our errors, in code and in docs/calling/grpc.md.
@Suite struct `gRPC statuses` {
    /// Every code that an answer can have, with its name.
    static let codes: [(code: Int32, name: String)] = {
        let domain = withUnsafePointer(to: jiesuan__v1__domain_error__descriptor) { descriptor in
            (0..<Int(descriptor.pointee.n_values)).map { index in
                let value = descriptor.pointee.values[index]
                return (code: Int32(value.value), name: String(cString: value.name))
            }
        }
        return RPCErrorCode.allCases.map { ($0.rawValue, $0.name) } + domain.filter { $0.code != 0 }
    }()

    /// The rows of the page's table of statuses: the codes of each.
    static let page: [String: Set<Int32>] = {
        let path = Project.root.appending(path: "docs/calling/grpc.md")
        let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
        var rows: [String: Set<Int32>] = [:]
        for line in text.split(separator: "\n") {
            guard let row = line.wholeMatch(of: /\| `([A-Z_]+)` \| ([0-9].*) \|/) else { continue }
            // What is said of a code follows it.
            let numbers = row.2.matches(of: /\b[0-9]{4}\b/).compactMap { Int32($0.0) }
            rows[String(row.1), default: []].formUnion(numbers)
        }
        return rows
    }()

    @Test func `the page has every code, under the status that the server answers`() {
        #expect(Self.codes.count > 45)
        for (code, name) in Self.codes {
            let status = ServiceErrors.naming.status(of: code)
            let told = Self.page.filter { $0.value.contains(code) }.map(\.key)
            #expect(told == [status.name], "\(code) \(name)")
        }
        let known = Set(Self.codes.map(\.code) + [4000, 4999])
        for (status, codes) in Self.page { #expect(codes.isSubset(of: known), "\(status)") }
    }

    @Test func `a code is called what the .proto calls it`() {
        for (code, name) in Self.codes { #expect(ServiceErrors.naming.name(of: code) == name) }
        for code in DomainCode.allCases where code != .none {
            #expect(ServiceErrors.name(Int32(code.rawValue)) == code.name)
        }
        #expect(ServiceErrors.naming.name(of: 4999) == "CODE_4999")
    }

    @Test func `only what may succeed later as it is has a status that clients send again by themselves`() {
        let again = Self.codes.filter { ServiceErrors.naming.status(of: $0.code) == .unavailable }.map(\.code)
        #expect(again == [RPCErrorCode.loggingOff.rawValue, Int32(DomainCode.storeUnavailable.rawValue), Int32(DomainCode.readOnly.rawValue)])
        #expect(ServiceErrors.naming.status(of: Int32(DomainCode.notConfirmed.rawValue)) == .unknown)
    }
}
