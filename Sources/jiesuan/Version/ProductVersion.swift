import BuildStamp
import LedgerStore
import Policy

/// The version of this program.
enum ProductVersion {
    /// Semantic versioning: the major number grows with a change that breaks callers or existing ledgers.
    static let number = "1.0.0"

    /// One line, for the server's log: "jiesuan 1.0.0, commit 0123456789ab, Swift 6.3.1".
    static var line: String { "jiesuan \(number), commit \(shortCommit), Swift \(compiler)" }

    /// Everything that distinguishes installations, one name and value a line.
    ///
    /// - Throws: the built-in packs cannot be read.
    static func text() throws(PolicyProblems) -> String {
        var lines = ["jiesuan \(number)", "commit \(commit)", "swift \(compiler)"]
        lines.append("ledger format \(StoreSchema.current.version)")
        for pack in try PolicyLibrary.load().packs { lines.append("policy \(pack.region) \(pack.digest)") }
        return lines.joined(separator: "\n")
    }

    static var commit: String { BuildRecord.ofThisProgram?.commit ?? "unknown (not built by make)" }

    private static var shortCommit: String {
        guard let commit = BuildRecord.ofThisProgram?.commit else { return "unknown" }
        return String(commit.prefix(12)) + (commit.hasSuffix("+changes") ? "+changes" : "")
    }

    static var compiler: String { BuildRecord.ofThisProgram?.compiler ?? compilerAtLeast }

    /// The compiler's version, without the last number.
    private static var compilerAtLeast: String {
        #if compiler(>=6.4)
        "6.4 or later"
        #elseif compiler(>=6.3)
        "6.3"
        #else
        "6.2"
        #endif
    }
}
