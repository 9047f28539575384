import Foundation

/// Arguments from a file or from standard input, so that what they say of a person stands on no command line: every
/// user of the machine reads those (`ps`, /proc).
///
/// `@FILE` and `@-` stand for what the file, or standard input, says: an argument a line; of a line that begins with a
/// dash the first blank parts the option from its value. Empty lines, and those that begin with #, say nothing.
enum ArgumentFile {
    /// A claim has some twenty lines.
    static let bytesMax = 1 << 20

    /// The arguments with what the files say in place of their names.
    ///
    /// - Throws: `Failure` where a file cannot be read, is too long or no text.
    static func expanded(_ arguments: [String]) throws -> [String] {
        // The request of `call` is a file in this way itself.
        if arguments.first == "call" { return arguments }
        var found: [String] = []
        var hasReadInput = false
        for (index, argument) in arguments.enumerated() {
            guard argument.hasPrefix("@"), argument.count > 1, !isValue(index, of: arguments) else {
                found.append(argument)
                continue
            }
            let path = String(argument.dropFirst())
            if path == "-" {
                if hasReadInput { throw Failure(.usage, "@- stands twice: standard input is read once") }
                hasReadInput = true
            }
            found += try lines(of: path)
        }
        return found
    }

    /// Whether an argument is the value of the option before it, or stands behind `--`.
    private static func isValue(_ index: Int, of arguments: [String]) -> Bool {
        if arguments[..<index].contains("--") { return true }
        guard index > 0 else { return false }
        // Free text; other values that begin with @ are written with =, as --option=@value.
        return arguments[index - 1] == "--reason"
    }

    private static func lines(of path: String) throws -> [String] {
        let name = path == "-" ? "standard input" : path
        guard let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else {
            throw Failure(.file, "@\(path): the file cannot be read: \(String(cString: strerror(errno)))")
        }
        let bytes = try file.read(upToCount: bytesMax + 1) ?? Data()
        guard bytes.count <= bytesMax else {
            throw Failure(.file, "\(name): has more than \(bytesMax) bytes; arguments have an option a line")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.file, "\(name): is no text in UTF-8; write an option a line, as --person 101")
        }
        return text.split(whereSeparator: \.isNewline).flatMap(words)
    }

    /// A line as arguments: none, one, or an option and its value.
    private static func words(_ line: Substring) -> [String] {
        let line = line.trimmingCharacters(in: .whitespaces)
        if line.isEmpty || line.hasPrefix("#") { return [] }
        guard line.hasPrefix("-"), let blank = line.firstIndex(where: \.isWhitespace) else { return [line] }
        let value = line[blank...].trimmingCharacters(in: .whitespaces)
        return [String(line[..<blank]), value]
    }
}
