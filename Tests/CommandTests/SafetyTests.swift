import Foundation
import Testing

@Suite struct `Nothing is lost by a slip` {
    @Test func `a claims file is never overwritten by its results`() throws {
        try Program.withFolder { folder in
            let claims = folder.appendingPathComponent("claims.csv")
            let text = try Program.run("examples", "--csv").output
            try text.write(to: claims, atomically: true, encoding: .utf8)
            for arguments in [
                ["--out", claims.path], ["--errors", claims.path],
                ["--out", folder.path + "/./claims.csv"], ["--out", folder.path + "/x", "--errors", folder.path + "/x"],
            ] {
                let ended = try Program.run(["calculate", claims.path] + arguments)
                #expect(ended.code == 2, "\(arguments): \(ended.complaint)")
                #expect(try String(contentsOf: claims, encoding: .utf8) == text)
            }
        }
    }

    @Test func `packs cannot be named for a server that has its own`() throws {
        let ended = try Program.run("calculate", "-", "--server", "127.0.0.1:1", "--policies", "/no/such")
        #expect(ended.code == 2)
    }

    /// The log may be full or gone; what is in flight must be answered all the same.
    @Test(arguments: ["2>/dev/full", "2>&-", "2>/dev/null"])
    func `a server whose log cannot be written drains and ends with 0`(redirection: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "exec \"$0\" serve --port 0 \(redirection)", Program.file.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        // The line comes when the server listens and its signal handlers stand.
        var line = ""
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(Character(UnicodeScalar(byte)))
        }
        #expect(line.hasPrefix("listening on 127.0.0.1:"))
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    }
}
