import Glibc

/// Who can reach a server, and what keeps strangers out.
struct ServeExposure {
    /// The address that it listens on.
    var host: String
    /// Whether its connections are encrypted.
    var hasTLS: Bool
    /// Whether clients have to show a certificate.
    var asksForCertificates: Bool
    /// Whether there is a list of callers.
    var knowsCallers: Bool
    /// Whether it was said that it may do without TLS.
    var allowsPlaintext: Bool

    /// Whether only programs of this machine can reach it.
    var isLoopback: Bool {
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
        var six = in6_addr()
        if inet_pton(AF_INET6, host, &six) == 1 {
            let bytes = withUnsafeBytes(of: six) { Array($0) }
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            return isMapped ? bytes[12] == 127 : bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
        }
        // Another name may come to mean another address.
        return host == "localhost"
    }

    /// Why it must not start; nil: it may.
    var problem: String? {
        guard !isLoopback else { return nil }
        guard hasTLS || allowsPlaintext else {
            return """
                --host \(host) is reached from other machines, and nothing encrypts what they send: name \
                --tls-certificate and --tls-key, or say --insecure-plaintext
                """
        }
        guard asksForCertificates || knowsCallers else {
            return """
                --host \(host) is reached from other machines, and nothing asks who calls: name --access, the list of \
                callers, or --tls-client-ca, the authorities that vouch for them
                """
        }
        return nil
    }

    /// What has to be said at every start; nil: nothing.
    var warning: String? {
        guard !isLoopback, !hasTLS else { return nil }
        return """
            WARNING: --insecure-plaintext: what is sent to \(host) and answered, names, diseases and amounts, is read \
            and changed by whoever is on the way
            """
    }
}
