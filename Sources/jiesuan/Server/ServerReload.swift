import Dispatch
import Foundation
import Policy
import RPC
import Service
import Synchronization
import Text

/// Takes up what has changed in a server's settings and in the files they name, while it serves: on SIGHUP.
///
/// All parts look first whether what is new can be taken, and only then take it: where one cannot, everything goes on
/// as it was.
final class ServerReload: @unchecked Sendable {
    // Unchecked: the parts are added before the first signal, and run on the queue alone.

    /// A part of the server that takes up its settings.
    struct Part {
        /// The settings that it takes up.
        var settings: Set<String>
        /// Checks what is new; throws what is wrong with it, and changes nothing. What it returns takes it up, and says
        /// what was done in a sentence; nil: nothing has changed.
        var prepare: (Serve) throws -> Change?
    }

    typealias Change = () throws -> String

    private let commandLine: [String]
    private var parts: [Part] = []
    private var running: ServerSettings?
    private let log: ServerLog
    private let queue = DispatchQueue(label: "jiesuan.reload")
    private let source: any DispatchSourceSignal

    /// From here on SIGHUP does not end the process: a terminal that is closed sends it too. Returns when that is so.
    ///
    /// - Parameter commandLine: the arguments after `serve`; nil: of a server that is not set by files.
    init(commandLine: [String]?, _ log: ServerLog) {
        self.commandLine = commandLine ?? []
        self.log = log
        running = commandLine.flatMap { try? ServerSettings(commandLine: $0) }
        signal(SIGHUP, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: queue)
        let ready = DispatchSemaphore(value: 0)
        source.setRegistrationHandler { ready.signal() }
        source.setEventHandler { [weak self] in self?.run() }
        source.resume()
        ready.wait()
    }

    /// Takes one more part, in the order in which they are to change.
    func add(_ part: Part) { queue.sync { parts.append(part) } }

    /// Ends it; SIGHUP stays without effect. A reload that is under way is waited for.
    func stop() {
        source.cancel()
        queue.sync { parts.removeAll() }
    }

    private func run() {
        guard running != nil, !parts.isEmpty else {
            return log.write("jiesuan: SIGHUP: there is nothing to take up", isNeeded: true)
        }
        do {
            let settings = try ServerSettings(commandLine: commandLine)
            let serve = try Serve.read(settings)
            var changes: [Change] = []
            for part in parts {
                if let change = try part.prepare(serve) { changes.append(change) }
            }
            var done: [String] = []
            for change in changes { done.append(try change()) }
            tell(done, settings)
        } catch {
            log.write(
                "jiesuan: reload: nothing is changed, the server goes on as it was: \(Self.text(error))",
                isProblem: true)
        }
    }

    private func tell(_ done: [String], _ settings: ServerSettings) {
        let summary = done.isEmpty ? "nothing has changed" : done.joined(separator: "; ")
        log.write("jiesuan: reload: \(summary)", isNeeded: true)
        let taken = parts.reduce(into: Set<String>()) { $0.formUnion($1.settings) }
        let waiting = settings.changes(since: running!).filter { !taken.contains($0) }
        if !waiting.isEmpty {
            log.write(
                "jiesuan: reload: \(waiting.joined(separator: ", ")) \(waiting.count == 1 ? "waits" : "wait") "
                    + "for the next start", isProblem: true)
        }
        // What waits for a start is told again until then.
        running = settings.keeping(waiting, of: running!)
    }

    private static func text(_ error: any Error) -> String {
        (error as? Failure)?.message ?? "\(error)"
    }
}

extension ServerReload.Part {
    /// The policy packs: those of the folder as it is now.
    static func packs(_ replacement: PackReplacement) -> Self {
        Self(settings: ["policies"]) { serve in
            let changes = try replacement.changes(try serve.policies.load())
            guard !changes.isEmpty else { return nil }
            return {
                try replacement.take(changes)
                return changes.map { "settling for \($0.region) by policy \($0.digest.prefix(12))" }
                    .joined(separator: "; ")
            }
        }
    }

    /// The limits of connections, which were `started` with.
    static func limits(of server: Server, started: ServerConfiguration) -> Self {
        func limits(_ configuration: ServerConfiguration) -> [String] {
            let perAddress = configuration.connectionsPerAddress.map { "\($0)" } ?? "all but some"
            return ["\(configuration.connectionsMax)", perAddress, "\(configuration.idle)"]
        }
        var present = limits(started)
        return Self(settings: ["connections", "connections-per-address", "idle-minutes"]) { serve in
            let configuration = try serve.options().configuration
            let new = limits(configuration)
            guard new != present else { return nil }
            return {
                present = new
                return server.takeLimits(of: configuration) ?? "limits of connections changed"
            }
        }
    }
}
