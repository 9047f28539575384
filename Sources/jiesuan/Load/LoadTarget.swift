import Foundation
import TLS

/// The server under load: a running one, or a child of this program.
final class LoadTarget {
    let host: String
    let port: Int
    /// What encrypts its connections; nil: nothing does.
    let tls: ClientTLS?
    /// What says who calls; nil: nothing does.
    let token: String?
    /// Process id of the server; nil: unknown.
    let pid: Int32?
    private let child: ChildServer?
    /// The temporary folder of the child's ledger.
    private let folder: URL?

    init(_ options: LoadTargetOptions, needsLedger: Bool) throws {
        tls = options.server == nil ? nil : try options.caller.tls()
        token = options.server == nil ? nil : try options.caller.token()
        if let server = options.server {
            (host, port, pid, child, folder) = (server.host, server.port, options.serverPID, nil, nil)
            return
        }
        var ledger: URL?
        if needsLedger {
            let parent = options.folder.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory
            let made = parent.appendingPathComponent("jiesuan-load-\(UUID().uuidString)")
            do {
                try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
            } catch { throw Failure(.file, "\(made.path): cannot be made: \(error.localizedDescription)") }
            ledger = made
        }
        folder = ledger
        do {
            let child = try ChildServer(
                policies: options.policies.directory, ledger: ledger?.appendingPathComponent("ledger.db").path,
                allowsLoadTests: true)
            (host, port, pid, self.child) = (child.host, child.port, child.pid, child)
        } catch {
            if let ledger { try? FileManager.default.removeItem(at: ledger) }
            throw error
        }
    }

    /// Ends the child server, which must end cleanly.
    func stop() throws { try child?.stop() }

    /// Ends the child server in any case, and removes its ledger.
    func kill() {
        child?.kill()
        if let folder { try? FileManager.default.removeItem(at: folder) }
    }
}
