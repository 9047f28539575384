import BuildStamp
import LedgerStore
import Policy

/// Which program this is.
enum ProductVersion {
    /// Semantic: the first number grows where a caller or a ledger of before would not do any more.
    static let number = "1.0.0"

    /// One line, for the server's log: "jiesuan 1.0.0, commit 0123456789ab, Swift 6.3.1".
    static var line: String { "jiesuan \(number), commit \(shortCommit), Swift \(compiler)" }

    /// Everything that tells one installation from another, a name and its value a line.
    ///
    /// - Throws: the built-in packs cannot be read.
    static func text() throws(PolicyProblems) -> String {
        var lines = ["jiesuan \(number)", "commit \(commit)", "swift \(compiler)"]
        lines.append("ledger format \(StoreSchema.current.version)")
        for pack in try PolicyLibrary.load().packs { lines.append("policy \(pack.region) \(pack.digest)") }
        return lines.joined(separator: "\n")
    }

    private static var commit: String { BuildRecord.ofThisProgram?.commit ?? "unknown (not built by make)" }

    private static var shortCommit: String {
        guard let commit = BuildRecord.ofThisProgram?.commit else { return "unknown" }
        return String(commit.prefix(12)) + (commit.hasSuffix("+changes") ? "+changes" : "")
    }

    private static var compiler: String { BuildRecord.ofThisProgram?.compiler ?? compilerAtLeast }

    /// What the compiler says of itself, without the last number.
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
