import Foundation
import ProtoJSON
import RPC
import Service
import TestSupport
import Testing

/// What Proto/ says that there is, there is.
@Suite struct `Every rpc of Proto` {
    @Test func `is served, and nothing else is`() throws {
        let server = try LedgerServer()
        // Of the server itself the health of gRPC is nobody's here.
        let served = server.methods.filter { $0.service.hasPrefix("jiesuan.") }
        let names = served.map { "\($0.service)/\($0.name)" }
        #expect(Set(names).count == names.count, "a method is served twice")
        #expect(missing(Set(names), beside: try Self.methods()) == [])
    }

    @Test func `can be called with JSON`() throws {
        let known = MethodCatalog.methods.map { "\($0.service)/\($0.name)" }
        #expect(missing(Set(known), beside: try Self.methods()) == [])
    }

    @Test func `is in the client`() throws {
        let called = try Self.called()
        let forgotten = try Self.methods().map(\.path).filter { !called.contains($0) }
        #expect(forgotten == [], "no file of its service in Sources/Client names it")
    }

    @Test func `says above it, or behind it, what it does`() throws {
        let silent = try Self.methods().filter { !$0.isExplained }.map(\.path)
        #expect(silent == [])
    }

    /// One that is planted is found by each of them.
    @Test func `canary: a method that nobody has is missed`() throws {
        let text = """
            service SettlementService {
              // Explained.
              rpc Settle(SettleRequest) returns (SettleResponse);
              rpc Forget(SettleRequest) returns (SettleResponse);
            }
            """
        let methods = ProtoMethod.read(text)
        #expect(methods.map(\.isExplained) == [true, false])
        let known = Set(MethodCatalog.methods.map { "\($0.service)/\($0.name)" })
        #expect(missing(known, beside: methods).contains("jiesuan.v1.SettlementService/Forget"))
        let called = try Self.called()
        #expect(methods.map { called.contains($0.path) } == [true, false])
    }

    private static func methods() throws -> [ProtoMethod] {
        let folder = Project.root.appendingPathComponent("Proto/jiesuan/v1")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".proto") }
        let methods = try names.sorted().flatMap { name in
            ProtoMethod.read(try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8))
        }
        #expect(methods.count >= 82)
        return methods
    }

    /// The methods that the files of Sources/Client name. A client's files are told by what stands before a "+", as in
    /// FilingClient+Lists.swift; one of them names its service.
    private static func called() throws -> Set<String> {
        let folder = Project.root.appendingPathComponent("Sources/Client")
        var texts: [String: String] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where path.hasSuffix(".swift") {
            let file = folder.appendingPathComponent(path)
            let client = file.deletingPathExtension().lastPathComponent.split(separator: "+")[0]
            texts[String(client), default: ""] += try String(contentsOf: file, encoding: .utf8)
        }
        var called: Set<String> = []
        for text in texts.values {
            // ServiceName.yearEnd is jiesuan.v1.YearEndService.
            let services = text.matches(of: /ServiceName\.([a-z])([A-Za-z]*)/).map {
                "jiesuan.v1.\($0.1.uppercased())\($0.2)Service"
            }
            let words = text.matches(of: /"([A-Z][A-Za-z]+)"/).map(\.1)
            for service in services { called.formUnion(words.map { "\(service)/\($0)" }) }
        }
        return called
    }

    /// Methods that one of the two has and the other has not.
    private func missing(_ names: Set<String>, beside methods: [ProtoMethod]) -> [String] {
        names.symmetricDifference(methods.map(\.path)).sorted()
    }
}

/// A line "rpc …" of a .proto file.
private struct ProtoMethod {
    /// "jiesuan.v1.SettlementService/Settle".
    let path: String
    let isExplained: Bool

    static func read(_ text: String) -> [ProtoMethod] {
        var methods: [ProtoMethod] = []
        var service = ""
        var lineBefore = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.trimmingCharacters(in: .whitespaces)
            if let match = words.firstMatch(of: /^service (\w+) \{/) { service = String(match.1) }
            if let match = words.firstMatch(of: /^rpc (\w+)/) {
                let isExplained = lineBefore.hasPrefix("//") || words.contains("//")
                methods.append(ProtoMethod(path: "jiesuan.v1.\(service)/\(match.1)", isExplained: isExplained))
            }
            lineBefore = words
        }
        return methods
    }
}
