import Foundation
import TestSupport
import Testing

/// SIGTERM where a sync of the disk takes ten minutes from then on (reliability.md, row 23).
@Suite struct `The end of a server with a slow disk` {
    /// Starts a server, settles, makes the disk slow, ends the server, and says how it ended.
    static let script = """
        set -e
        cd "$1"
        LD_PRELOAD="$1/shim.so" SHIM_SYNC_MILLISECONDS=600000 SHIM_SYNC_WHILE="$1/slow" \\
            timeout -s KILL 120 "$2" serve --port 0 --ledger ledger.db --drain-seconds 1 >listening 2>log &
        server=$!
        until grep -q listening listening; do kill -0 $server; sleep 0.02; done
        address=$(sed 's/.* on //' listening)
        "$2" registry import institutions institutions.csv --server $address
        "$2" registry import persons persons.csv --server $address
        "$2" registry import enrolments enrolments.csv --server $address
        "$2" settle kept --person 31 --institution H2 --kind outpatient --service-date 2024-06-30 --in-policy 2800 \\
            --server $address
        touch slow
        kill -TERM $server
        code=0
        wait $server || code=$?
        echo "ended with $code"
        """

    @Test func `it ends in its time, names the ledger and its disk, and the next start has what was acknowledged`() throws {
        try Program.withFolder { folder in
            let shim = folder.appendingPathComponent("shim.so").path
            let built = try Program.run(
                URL(fileURLWithPath: "/usr/bin/env"), ["clang", "-O1", "-shared", "-fPIC", "-o", shim, Self.shim, "-ldl"])
            try #require(built.code == 0, "\(built.complaint)")
            for file in LedgerRig.files {
                try file.text.write(
                    to: folder.appendingPathComponent(file.table + ".csv"), atomically: true, encoding: .utf8)
            }
            let ended = try Program.run(
                URL(fileURLWithPath: "/bin/sh"), ["-c", Self.script, "sh", folder.path, Product.program.path])
            #expect(ended.output.hasSuffix("ended with 0\n"), "\(ended.output)\(ended.complaint)")
            let log = try String(contentsOf: folder.appendingPathComponent("log"), encoding: .utf8)
            #expect(log.contains("closing ledger.db waits for its disk, which has been writing for 1 s"), "\(log)")
            #expect(log.contains("stopped without closing ledger.db, whose disk has been writing for 2.0 s"), "\(log)")

            // Without the file the disk is as it was.
            try FileManager.default.removeItem(at: folder.appendingPathComponent("slow"))
            let second = folder.appendingPathComponent("second")
            let server = try Server(ledger: folder.appendingPathComponent("ledger.db").path, log: second)
            #expect(try Program.run("get", "kept", "--server", server.address).code == 0)
            #expect(server.stop() == 0)
            let quiet = try String(contentsOf: second, encoding: .utf8)
            #expect(quiet.contains("jiesuan: stopped") && !quiet.contains("jiesuan: closing"), "\(quiet)")
            #expect(try Program.run("ledger", "verify", folder.appendingPathComponent("ledger.db").path).code == 0)
        }
    }

    private static let shim = Project.root.appending(path: "Tests/Torture/faults/shim.c").path
}
