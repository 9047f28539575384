import TestSupport

extension Product {
    /// What the program prints; its code has to be 0.
    static func output(_ arguments: String...) throws -> String {
        let ended = try ChildProcess.run(program, arguments, folder: Repository.root)
        guard ended.code == 0 else { throw UnexpectedEnd(code: ended.code, complaint: ended.complaint) }
        return ended.output
    }

    private struct UnexpectedEnd: Error {
        var code: Int32
        var complaint: String
    }
}
