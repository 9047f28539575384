import ArgumentParser
import LedgerStore

FileModes.begin()
// Exit codes are the product's own (see `Exit`), so parsing and failing are handled here.
do {
    var command = try parsed()
    try command.run()
    Exit.end(.allDone)
} catch {
    Exit.leave(after: error)
}

/// Parses the arguments; an unknown command or option is reported first.
func parsed() throws -> any ParsableCommand {
    let arguments = try ArgumentFile.expanded(Array(CommandLine.arguments.dropFirst()))
    do { return try Jiesuan.parseAsRoot(arguments.first == "serve" ? Serve.completed(arguments) : arguments) } catch {
        try CommandNames.check(arguments, below: Jiesuan.self)
        throw error
    }
}
