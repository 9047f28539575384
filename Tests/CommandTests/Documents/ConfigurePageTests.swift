import Foundation
import TestSupport
import Testing

@Suite struct `The page of a server's flags` {
    /// Flags of `serve`, as its help names them; not those of every command.
    private static func flags() throws -> Set<String> {
        let help = try Program.run("serve", "--help").output
        let options = help.split(separator: "USAGE:").last ?? ""
        return Set(options.matches(of: /(?m)^  (?:-h, )?(--[a-z-]+)/).map { String($0.1) }).subtracting(["--help", "--version"])
    }

    /// Flags in the first cells of a page's tables.
    private static func described(in page: String) -> Set<String> {
        Set(page.matches(of: /(?m)^\| `(--[a-z-]+)[^`|]*` \|/).map { String($0.1) })
    }

    @Test func `every flag of serve has its row in docs/operating/configure.md, and no other stands there`() throws {
        let page = try String(contentsOf: Project.root.appending(path: "docs/operating/configure.md"), encoding: .utf8)
        let flags = try Self.flags()
        #expect(flags.count >= 12)
        #expect(Self.described(in: page) == flags)
    }

    @Test func `a flag is found by its row, not where it is only mentioned`() {
        let page = "see `--port`\n| flag | what |\n|---|---|\n| `--ledger FILE` | the ledger, with `--quiet` |\n| `--quiet` | |\n"
        #expect(Self.described(in: page) == ["--ledger", "--quiet"])
    }
}
