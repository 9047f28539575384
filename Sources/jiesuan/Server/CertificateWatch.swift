import Dispatch
import Glibc
import RPC
import TLS

/// Looks after a server's certificate: warns before it expires, and tells of a new one.
final class CertificateWatch {
    /// Days before its end from which it is warned of, once a day: time to ask an authority.
    static let warningDays: Int64 = 30
    private static let secondsOfDay = 86_400

    private let tls: ServerTLS?
    private let log: ServerLog
    private let days: any DispatchSourceTimer

    /// Begins. `tls` nil: there is nothing to look after.
    init(_ tls: ServerTLS?, _ log: ServerLog) {
        self.tls = tls
        self.log = log
        days = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "jiesuan.certificates"))
        days.schedule(deadline: .now() + .seconds(Self.secondsOfDay), repeating: .seconds(Self.secondsOfDay))
        days.setEventHandler { Self.warn(tls, log) }
        days.resume()
        if let tls { Self.tell(tls, log) }
    }

    func stop() { days.cancel() }

    /// The certificates as a part of a reload: read anew each time, for their files may have changed under their names.
    var part: ServerReload.Part {
        ServerReload.Part(settings: []) { [tls, log] serve in
            // Checks the files as the start does.
            guard let tls, try serve.options().configuration.tls != nil else { return nil }
            return {
                try tls.reload()
                Self.tell(tls, log)
                return "certificates read anew: new connections have them, those that are open go on"
            }
        }
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
}
