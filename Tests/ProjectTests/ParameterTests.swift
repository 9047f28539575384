import Foundation
import Policy
import Testing

@Suite struct `Parameters of packs are read and described` {
    /// Swift files outside the registry, with their text.
    private static func readers() throws -> String {
        try Repository.files(below: "Sources", endings: [".swift"])
            .filter { !$0.path().contains("Policy/Parameters/") && !$0.path().contains("WireMessages") }
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    }

    @Test func `every parameter of the registry is read by its name`() throws {
        let sources = try Self.readers()
        for definition in ParameterRegistry.all {
            #expect(sources.contains("\"\(definition.name)\""), "nobody reads '\(definition.name)'")
        }
    }

    /// A name that the registry does not have would end the program at run time.
    @Test func `every parameter that is read is in the registry`() throws {
        let reading = /\.(?:parameter|money|ratio|number|date|names)\(\s*"([a-z_.<>]+\.[a-z_.<>]+)"/
        let matches = try Self.readers().matches(of: reading)
        #expect(matches.count > 30)
        for match in matches {
            #expect(ParameterRegistry[String(match.1)] != nil, "'\(match.1)' is read, but not in ParameterRegistry")
        }
    }

    @Test func `docs/policy/parameters.md has the table of the registry`() throws {
        try MadeTable.expect("docs/policy/parameters.md", "parameters", is: ParameterPage.markdown)
    }
}
