import Foundation

/// `jiesuan serve --ledger` in a process of its own; the program is in this one's folder.
final class LedgerServer {
    private(set) var port = 0
    private let ledger: String
    private var process = Process()

    init(ledger: String) throws {
        self.ledger = ledger
        try start()
    }

    /// Starts it and waits until it listens.
    func start() throws {
        process = Process()
        process.executableURL = Bundle.main.bundleURL.appendingPathComponent("jiesuan")
        process.arguments = ["serve", "--port", "0", "--ledger", ledger]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line: [UInt8] = []
        while let byte = output.fileHandleForReading.readData(ofLength: 1).first, byte != 10 { line.append(byte) }
        let text = String(decoding: line, as: UTF8.self)
        guard let found = text.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw BenchFailure("the server does not start: build it with swift build -c release --product jiesuan")
        }
        port = found
    }

    func stop() throws {
        process.terminate()
        process.waitUntilExit()
    }

    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    var residentMegabytes: Int {
        let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) / 1024
    }
}
