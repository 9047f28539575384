import Foundation
import TestSupport
import Testing

/// `.ci/install` among programs that play apt and dpkg.
@Suite struct `Installing Debian packages` {
    @Test func `where nothing is missing apt is not asked`() throws {
        let machine = try Machine(installed: ["zlib1g-dev"], apt: "exit 9")
        let ended = try machine.install("zlib1g-dev")
        #expect(ended.code == 0 && ended.output.isEmpty, "\(ended.output)")
        #expect(try machine.calls().isEmpty)
    }

    @Test func `only what is missing is installed, and no index is fetched for it`() throws {
        let machine = try Machine(installed: ["zlib1g-dev"], apt: "exit 0")
        let ended = try machine.install("zlib1g-dev", "libmd-dev")
        #expect(ended.code == 0, "\(ended.output)")
        #expect(try machine.calls() == ["install -y -qq libmd-dev"])
    }

    @Test func `a lock that another installation holds is waited for, with a message that is said once`() throws {
        let machine = try Machine(
            apt: """
                [ "$(wc -l <"$CALLS")" -ge 4 ] && exit 0
                echo 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 123 (apt-get)'
                exit 100
                """)
        let ended = try machine.install("libmd-dev")
        #expect(ended.code == 0, "\(ended.output)")
        #expect(try machine.calls().count == 4)
        #expect(ended.output.matches(of: /holds apt's lock; waiting/).count == 1, "\(ended.output)")
        #expect(ended.output.contains("held by process 123"))
    }

    @Test func `a lock that is never free ends with 1 and says what to do`() throws {
        let machine = try Machine(apt: "echo 'E: Unable to lock directory /var/lib/apt/lists/'; exit 100")
        let ended = try machine.install("libmd-dev")
        #expect(ended.code == 1)
        #expect(ended.output.contains("has held apt's lock for 3 s: end it, or wait for it"), "\(ended.output)")
        #expect(try Set(machine.calls()) == ["install -y -qq libmd-dev"])
    }

    @Test func `an index that is old is fetched once, and the installation tried again`() throws {
        let machine = try Machine(
            apt: """
                case "$1" in
                update) touch "$FOLDER/fetched" ;;
                *) [ -e "$FOLDER/fetched" ] || { echo 'E: Unable to fetch some archives: 404 Not Found'; exit 100; } ;;
                esac
                """)
        let ended = try machine.install("libmd-dev")
        #expect(ended.code == 0, "\(ended.output)")
        #expect(try machine.calls() == ["install -y -qq libmd-dev", "update -qq", "install -y -qq libmd-dev"])
    }

    @Test func `a package that there is not ends with 1, with apt's words`() throws {
        let machine = try Machine(apt: #"[ "$1" = update ] || { echo 'E: Unable to locate package block'; exit 100; }"#)
        let ended = try machine.install("block")
        #expect(ended.code == 1)
        #expect(ended.output.contains("Unable to locate package block"), "\(ended.output)")
        #expect(try machine.calls().count == 3)
    }
}

/// A folder whose programs play the machine's apt and dpkg; it goes with its last reference.
private final class Machine {
    private let folder: URL

    /// - Parameters:
    ///   - installed: packages that are there.
    ///   - apt: what `apt-get` does, in the shell's words; what it was called with is a line of $CALLS already.
    init(installed: [String] = [], apt: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "jiesuan-apt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data().write(to: folder.appending(path: "calls"))
        let pattern = installed.isEmpty ? "none" : installed.joined(separator: "|")
        try program("dpkg-query", #"case "${@: -1}" in \#(pattern)) echo 'install ok installed' ;; *) exit 1 ;; esac"#)
        try program("apt-get", "echo \"$*\" >>\"$CALLS\"\n" + apt)
        try program("sudo", "exec \"$@\"")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func install(_ packages: String...) throws -> (code: Int32, output: String) {
        let settings = [
            "PATH=\(folder.path()):/usr/bin:/bin", "FOLDER=\(folder.path())", "CALLS=\(folder.path())/calls",
            "APT_PAUSE_SECONDS=0", "APT_WAIT_SECONDS=3",
        ]
        return try run("env", settings + [Repository.root.appending(path: ".ci/install").path()] + packages, in: folder)
    }

    /// The arguments of each call of `apt-get`, in their order.
    func calls() throws -> [String] {
        try String(contentsOf: folder.appending(path: "calls"), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private func program(_ name: String, _ body: String) throws {
        let file = folder.appending(path: name)
        try Data("#!/bin/bash\n\(body)\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path())
    }
}
