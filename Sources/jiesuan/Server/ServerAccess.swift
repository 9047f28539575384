import Dispatch
import Foundation
import RPC
import Service
import Text

/// Who may call a running server: the list of callers, taken up again when its file changes, and what is said of those
/// who are refused.
final class ServerAccess: @unchecked Sendable {
    // Safe to share: constants, but for what stands below `queue`, which only the queue's work touches.

    let mode: MaintenanceMode
    let watch: AccessWatch
    /// nil: whoever reaches the server may do everything.
    private let file: AccessFile?
    private let log: ServerLog
    private let queue = DispatchQueue(label: "jiesuan.access")
    private var timer: (any DispatchSourceTimer)?
    private var following: Following?

    /// What a new list is made for.
    private struct Following {
        let control: AccessControl
        let methods: [Method]
        let allowsLoadTests: Bool
        /// The state of the file that was looked at last.
        var stamp: AccessFile.Stamp?
    }

    /// - Parameters:
    ///   - path: of the list of callers; nil: there is none.
    ///   - trail: has denials and look-ups in the audit log; nil: there is none.
    init(_ path: String?, isReadOnly: Bool, _ trail: AuditTrail?, _ log: ServerLog) {
        file = path.map { AccessFile($0) }
        mode = MaintenanceMode(isReadOnly: isReadOnly)
        self.log = log
        watch = AccessWatch(
            onDenial: { denial in
                log.write(Self.line(denial))
                trail?.denied(denial)
            },
            onLookUp: { found in
                trail?.lookedUp(found.caller, method: found.method, person: found.person, found.origin)
            })
    }

    /// Names the caller, where it is known, and what was asked; never what the request says.
    private static func line(_ denial: AccessControl.Denial) -> String {
        let who = denial.caller.name.isEmpty ? "somebody unknown" : "the caller \(denial.caller.name)"
        let what = denial.method.isEmpty ? "a call" : denial.method
        let peer = denial.peer.map { " from \($0)" } ?? ""
        return "\(Date().ISO8601Format()) notice \(what) of \(who)\(peer) is refused: \(denial.status.code)"
    }

    /// The control of a server with these methods, in its order.
    ///
    /// - Throws: `Failure` where the list cannot be used.
    func control(_ methods: [Method], allowsLoadTests: Bool) throws(Failure) -> AccessControl {
        guard let file else { return AccessControl(services: nil, mode: mode, watch: watch) }
        let (stamp, list) = (file.stamp, try read(file))
        let directory = AccessDirectory(list, methods: methods, allowsLoadTests: allowsLoadTests)
        let control = AccessControl(services: directory, mode: mode, watch: watch)
        log.write("jiesuan: \(counted(list.entries.count, "caller is", "callers are")) known", isNeeded: true)
        queue.sync {
            following = Following(
                control: control, methods: methods, allowsLoadTests: allowsLoadTests, stamp: stamp)
            let timer = DispatchSource.makeTimerSource(queue: queue)
            timer.setEventHandler { [weak self] in self?.look() }
            timer.schedule(deadline: .now() + 1, repeating: 1)
            timer.resume()
            self.timer = timer
        }
        return control
    }

    /// Says at the start who may do what where nobody has to say who they are.
    func announce(host: String) {
        guard file == nil else { return }
        log.write(
            "jiesuan: no --access: whoever reaches \(host) may do everything; see docs/operating/access.md",
            isNeeded: true)
    }

    /// Takes the list up on SIGHUP with everything else: where it cannot be used, nothing is changed.
    var part: ServerReload.Part {
        ServerReload.Part(settings: []) { [self] _ in
            guard let file, let known = queue.sync(execute: { following }), file.stamp != known.stamp else {
                return nil
            }
            let (stamp, list) = (file.stamp, try read(file))
            return { [self] in
                queue.sync { following?.stamp = stamp }
                return take(list, known)
            }
        }
    }

    private func read(_ file: AccessFile) throws(Failure) -> AccessList {
        do throws(AccessProblem) { return try file.read() } catch { throw Failure(.file, "--access: \(error)") }
    }

    private func take(_ list: AccessList, _ known: Following) -> String {
        known.control.replace(
            AccessDirectory(list, methods: known.methods, allowsLoadTests: known.allowsLoadTests))
        return "\(counted(list.entries.count, "caller is", "callers are")) known"
    }

    /// Takes up a list that has changed, as a whole; a bad one is told once, and the callers stay as they were.
    private func look() {
        guard let file, let known = following else { return }
        let stamp = file.stamp
        guard stamp != known.stamp else { return }
        following?.stamp = stamp
        do throws(Failure) {
            let done = take(try read(file), known)
            log.write("jiesuan: the list of callers has changed: \(done)", isNeeded: true)
        } catch {
            log.write(
                "jiesuan: the list of callers stays as it was, its file cannot be used: \(error.message)",
                isProblem: true)
        }
    }
}
