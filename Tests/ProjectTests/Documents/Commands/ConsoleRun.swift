import Foundation
import TestSupport

/// Runs the commands of a page in one shell, in an empty folder with the built program on the path.
struct ConsoleRun {
    /// What each step printed, and how it ended, as far as the shell came.
    var ended: [(printed: [String], code: Int32)] = []

    /// The port of the documents; a run has a free one in its place.
    static let port = "8123"
    /// Seconds that a page may take, so that one that waits for ever ends.
    private static let secondsMax = 300

    init(_ story: ConsoleStory) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "jiesuan-page-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = folder.appending(path: "place")
        let out = folder.appending(path: "out")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for name in ["Examples", "Proto"] where Repository.isFolder(name) {
            try FileManager.default.createSymbolicLink(
                at: place.appending(path: name), withDestinationURL: Repository.root.appending(path: name))
        }
        let port = try ConsoleRun.freePort()
        let mark = "--- \(UUID().uuidString)"
        let script = ConsoleRun.script(story.steps, mark: mark, port: port)
        try script.write(to: folder.appending(path: "script"), atomically: true, encoding: .utf8)
        try Data().write(to: out)

        let path =
            Product.program.deletingLastPathComponent().path + ":"
            + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
        let shell = try ChildProcess(
            URL(filePath: "/usr/bin/env"),
            [
                "PATH=\(path)", "LC_ALL=C.UTF-8", "COLUMNS=80", "PYTHONDONTWRITEBYTECODE=1",
                // Line by line, so that what a program says on its two outputs stands in the order in which it was said.
                "timeout", "\(ConsoleRun.secondsMax)", "stdbuf", "-oL", "bash", folder.appending(path: "script").path(),
                out.path(),
            ], errors: .nothing, folder: place)
        try shell.waitForEnd()

        let text = String(decoding: try Data(contentsOf: out), as: UTF8.self)
            .replacing("\(port)", with: ConsoleRun.port)
            .replacing(place.path(), with: "/…")
        var printed: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            // What a command printed without a line break at its end stands before the mark.
            if let range = line.range(of: mark), let code = Int32(line[range.upperBound...].drop { $0 == " " }) {
                if range.lowerBound != line.startIndex { printed.append(String(line[..<range.lowerBound])) }
                ended.append((printed, code))
                printed = []
            } else {
                printed.append(String(line))
            }
        }
    }

    /// Each command by `eval`, so that one that is no shell's ends itself alone; `$?` is the next one's to ask.
    private static func script(_ steps: [ConsoleStory.Step], mark: String, port: UInt16) -> String {
        var script = """
            exec >>"$1" 2>&1
            set --
            end() {
                kill $(jobs -p) 2>/dev/null
                for turn in $(seq 200); do
                    [ -z "$(jobs -pr)" ] && return
                    sleep 0.05
                done
                kill -KILL $(jobs -p)
            }
            trap end EXIT
            (exit 0)

            """
        for step in steps {
            let command = step.command.replacing(ConsoleRun.port, with: "\(port)").replacing("'", with: "'\\''")
            script += "eval '\(command)'\ncode=$?\n"
            // The port takes connections before the server says that it listens: while its ledger opens.
            if step.startsServer, let log = step.command.firstMatch(of: />\s*([^\s&]+)/)?.1 {
                script += """
                    for turn in $(seq 600); do
                        grep -qs '^listening on' \(log) && break
                        kill -0 $! 2>/dev/null || break
                        sleep 0.05
                    done

                    """
            }
            script += "echo '\(mark)' $code\n(exit $code)\n"
        }
        return script
    }

    /// A port that nobody listens on now.
    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1
            }
        }
        guard code == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        return UInt16(bigEndian: address.sin_port)
    }
}
