import ArgumentParser

// Exit codes are the product's own (see `Exit`), so parsing and failing are handled here.
do {
    var command = try Jiesuan.parseAsRoot()
    try command.run()
    Exit.end(.allDone)
} catch {
    Exit.leave(after: error)
}
