import ArgumentParser
import Audit
import Foundation
import Settlement
import Text

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "The audit log of a server: who did what to which record.",
        discussion: """
            EXAMPLES:
              jiesuan serve --ledger ledger.db --audit ./audit      write one
              jiesuan audit verify ./audit                          is every line as it was written?
              jiesuan audit show ./audit --caller H50010100001 --since 2024-06-30

            \(Exit.help)
            """,
        subcommands: [AuditVerify.self, AuditShow.self])
}

struct AuditVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Follow the log from its first line: is each as it was written, and none missing?",
        discussion: """
            Each line has a SHA-256 over the line before it and itself; a line that was changed, removed, added or put
            elsewhere does not fit, and is named. Lines that are missing at the end are noticed by the file audit.head.
            Whoever may write the folder could make the whole log anew: keep the last hash elsewhere now and then, and
            ask for it by --hash. A server may write the log meanwhile.

            EXAMPLES:
              jiesuan audit verify ./audit
              jiesuan audit verify ./audit --hash 3f0c…      the log still has the line that ended it then

            \(Exit.help)
            """)

    @Argument(help: ArgumentHelp("The folder of the log.", valueName: "DIR")) var folder: String
    @Option(help: ArgumentHelp("A hash that this command printed before: some line has to have it.", valueName: "HASH"))
    var hash: String?

    func run() throws {
        var expected: AuditChain?
        if let hash {
            guard let chain = AuditChain(head: hash.utf8) else {
                throw Failure(.usage, "--hash: a hash has \(AuditChain.hashBytes) digits of 0-9 and a-f")
            }
            expected = chain
        }
        let result: AuditVerifier.Result
        do { result = try AuditVerifier.verify(folder, expected: expected) } catch {
            throw Failure(.file, error.description)
        }
        for finding in result.findings { Terminal.announce("\(folder)/\(finding)") }
        if result.findingCount > result.findings.count {
            Terminal.announce("and \(result.findingCount - result.findings.count) more")
        }
        let size = counted(result.lines, "line") + " in " + counted(result.files, "file")
        guard result.findingCount == 0 else {
            throw Failure(.someRefused, "\(folder): the audit log is not as it was written (\(size))")
        }
        print("\(size), each as it was written")
        print("last: number \(result.head.sequence), hash \(result.head.chain.text)")
    }
}

struct AuditShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show lines of the log: a caller's, a record's, from a day on.",
        discussion: """
            EXAMPLES:
              jiesuan audit show ./audit --record 500101000001202406301200000001      who touched this settlement?
              jiesuan audit show ./audit --caller H50010100001 --since 2024-06-30
              jiesuan audit show ./audit --decision denied --json                     the lines as they are

            \(Exit.help)
            """)

    enum Decision: String, ExpressibleByArgument, CaseIterable { case done, refused, denied }

    @Argument(help: ArgumentHelp("The folder of the log.", valueName: "DIR")) var folder: String
    @Option(help: ArgumentHelp("Only what this caller did.", valueName: "NAME")) var caller: String?
    @Option(name: .customLong("by-operator"), help: ArgumentHelp("Only what this operator did.", valueName: "CODE"))
    var operatorCode: String?
    @Option(
        help: ArgumentHelp(
            "Only what was done to this: a settlement's id, an institution's code, a person's number.",
            valueName: "ID"))
    var record: String?
    @Option(help: "Only from this day on: 2024-06-30.") var since: Day?
    @Option(help: "Only what ended so: done, refused, denied.") var decision: Decision?
    @Flag(help: "The lines as they are, JSON.") var json = false

    func run() throws {
        let firstDay = since?.date.description ?? ""
        var unreadable = 0
        do {
            try AuditVerifier.forEachLine(folder) { line in
                guard let shown = AuditShownLine(line) else {
                    unreadable += 1
                    return true
                }
                guard shown.day >= firstDay, matches(shown) else { return true }
                print(json ? String(decoding: line, as: UTF8.self) : shown.text)
                return true
            }
        } catch { throw Failure(.file, error.description) }
        guard unreadable == 0 else {
            throw Failure(
                .someRefused,
                "\(counted(unreadable, "line")) cannot be read: 'jiesuan audit verify \(folder)' says which")
        }
    }

    private func matches(_ line: AuditShownLine) -> Bool {
        (caller == nil || line.caller == caller) && (operatorCode == nil || line.operatorCode == operatorCode)
            && (record == nil || line.isAbout(record ?? "")) && (decision == nil || line.decision == decision?.rawValue)
    }
}
