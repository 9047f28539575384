import ArgumentParser

/// What a server writes of who did what.
struct AuditOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Folder of the audit log: who did what to which record, each line bound to those before it. Made where \
            there is none; while it cannot be written, nothing is done that would have to be in it.
            """, valueName: "DIR"))
    var audit: String?

    @Flag(help: "Have calls that only read the books in the audit log too.")
    var auditReads = false

    func validate() throws {
        guard audit != nil || !auditReads else {
            throw ValidationError("--audit-reads says what is in the audit log: name its folder by --audit DIR.")
        }
    }
}
