import ArgumentParser

/// The command line's root.
struct Jiesuan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jiesuan",
        abstract: "Settles Chinese medical-insurance claims: who pays how much, and why (医保结算).",
        discussion: """
            EXAMPLES:
              jiesuan demo                                  everything once, in half a minute
              jiesuan serve --port 8123                     a server for front-ends (baidu_std over TCP)
              jiesuan examples --csv > examples.csv         the nine worked examples of the source documents
              jiesuan calculate examples.csv                settle a file of claims
              jiesuan explain --csv examples.csv --line 2   one bill with its reasons
              jiesuan policy list                           the regions and their rules
              jiesuan serve --port 8123 --ledger ledger.db  a server that settles for keeps
              jiesuan get ID --server :8123                 a settlement that is recorded
              jiesuan clearing --month 2024-06 --server :8123  what is owed to institutions for a month
              jiesuan call --list                           every call of a server, with JSON
              jiesuan status --server :8123                 what a server does now
              jiesuan load --server :8123                   how fast a server is, every answer checked
              jiesuan report .build/bench                   a benchmark's results as a page
              jiesuan settle ID --server :8123 @claim       with arguments from a file, an option a line; @-: from
                                                            standard input, so that no user of the machine reads them
              jiesuan --version                             which program this is: commit, formats, packs

            \(Exit.help)
            """,
        // `Exit.leave` prints the full text of --version.
        version: ProductVersion.number,
        subcommands: [
            Serve.self, StatusCommand.self, TopCommand.self, LogCommand.self, MetricsCommand.self, ConfigCommand.self,
            AccessCommand.self, MaintenanceCommand.self,
            Calculate.self, Explain.self, Policies.self, Examples.self,
            Generate.self, Demo.self,
            SettleCommandLine.self, Quote.self, Reverse.self, Get.self, CompareCommand.self, Reconcile.self,
            ClearingCommand.self, PersonCommand.self, FilingCommand.self, AccountCommand.self,
            RegistryCommand.self, LedgerCommand.self, AuditCommand.self, YearEndCommand.self, YearEndRunsCommand.self,
            MonitorCommand.self, ListsCommand.self, CallCommand.self, LoadCommand.self,
            ReportCommand.self,
        ])
}
