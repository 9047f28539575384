import Dispatch
import Glibc
import TLS

/// Looks after a server's certificate: reads it anew on SIGHUP, and warns before it expires.
final class CertificateWatch {
    /// Days before its end from which it is warned of, once a day: time to ask an authority.
    static let warningDays: Int64 = 30
    private static let secondsOfDay = 86_400

    private let hangups: any DispatchSourceSignal
    private let days: any DispatchSourceTimer

    /// Begins; returns when SIGHUP ends the process no more. `tls` nil: there is nothing to read, and SIGHUP, which a
    /// closed terminal sends, is noted.
    init(_ tls: ServerTLS?, _ log: ServerLog) {
        let queue = DispatchQueue(label: "jiesuan.certificates")
        signal(SIGHUP, SIG_IGN)
        hangups = DispatchSource.makeSignalSource(signal: SIGHUP, queue: queue)
        days = DispatchSource.makeTimerSource(queue: queue)
        let ready = DispatchSemaphore(value: 0)
        hangups.setRegistrationHandler { ready.signal() }
        hangups.setEventHandler { Self.reload(tls, log) }
        days.schedule(deadline: .now() + .seconds(Self.secondsOfDay), repeating: .seconds(Self.secondsOfDay))
        days.setEventHandler { Self.warn(tls, log) }
        hangups.resume()
        days.resume()
        ready.wait()
        if let tls { Self.tell(tls, log) }
    }

    /// Stops looking; SIGHUP stays without effect.
    func stop() {
        hangups.cancel()
        days.cancel()
    }

    private static func tell(_ tls: ServerTLS, _ log: ServerLog) {
        let certificate = tls.certificate
        let clients = tls.asksForCertificates ? "clients show theirs" : "clients need none"
        log.write(
            """
            jiesuan: TLS with the certificate of \(certificate.subject), valid until \
            \(TLSTime.text(certificate.notAfter)); \(clients)
            """, isNeeded: true)
        if tls.isKeyOpenToAll {
            log.write(
                "jiesuan: \(tls.files.key): every user of this machine can read the key; chmod 600 it",
                isProblem: true)
        }
        warn(tls, log)
    }

    private static func warn(_ tls: ServerTLS?, _ log: ServerLog) {
        guard let tls,
            let text = warning(of: tls.certificate, in: tls.files.certificate, at: TLSTime.now())
        else { return }
        log.write("jiesuan: \(text)", isProblem: true)
    }

    /// What to say of a certificate at a time, in seconds since 1970; nil: it has long to go.
    static func warning(of certificate: TLSCertificate, in file: String, at now: Int64) -> String? {
        let left = certificate.daysLeft(at: now)
        guard left < warningDays else { return nil }
        let end = TLSTime.text(certificate.notAfter)
        guard left >= 0 else {
            return "\(file): the certificate expired on \(end), and clients refuse it; replace the file and send SIGHUP"
        }
        return """
            \(file): the certificate expires in \(left) \(left == 1 ? "day" : "days"), on \(end); get a new one, \
            replace the file and send SIGHUP
            """
    }

    private static func reload(_ tls: ServerTLS?, _ log: ServerLog) {
        guard let tls else { return log.write("jiesuan: SIGHUP: there is nothing to read anew") }
        do throws(TLSProblem) {
            try tls.reload()
            log.write("jiesuan: certificates read anew: new connections have them, those that are open go on")
            tell(tls, log)
        } catch {
            log.write("jiesuan: certificates stay as they were: \(error)", isProblem: true)
        }
    }
}
