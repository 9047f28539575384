import ArgumentParser

// Exit codes are the product's own (see `Exit`), so parsing and failing are handled here.
do {
    var command = try parsed()
    try command.run()
    Exit.end(.allDone)
} catch {
    Exit.leave(after: error)
}

/// What the arguments ask for; where they name a command or an option that does not exist, that is what is told.
func parsed() throws -> any ParsableCommand {
    do { return try Jiesuan.parseAsRoot() } catch {
        try CommandNames.check(Array(CommandLine.arguments.dropFirst()), below: Jiesuan.self)
        throw error
    }
}
