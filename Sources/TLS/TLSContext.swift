import COpenSSL

/// What all sessions of one side have in common: certificate, key, who is trusted, protocol versions and ciphers.
///
/// Nothing of it changes after it was made; sessions that began with it keep it alive.
package final class TLSContext: @unchecked Sendable {
    // Safe to share: OpenSSL counts references atomically, and nothing is set after init.

    /// Curves, best first: fast ones that every library of the last ten years has.
    private static let groups = "X25519:P-256:P-384"
    /// TLS 1.2, where a peer has nothing newer: forward secrecy and authenticated encryption only.
    private static let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20"
    /// TLS 1.3, fastest first on processors that have AES.
    private static let suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

    let raw: OpaquePointer
    private let isServer: Bool

    /// - Throws: `TLSProblem` where the system's OpenSSL refuses these settings.
    init(isServer: Bool) throws(TLSProblem) {
        guard let raw = SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method()) else {
            throw TLSProblem("OpenSSL cannot begin: \(TLSProblem.takeReason())")
        }
        self.raw = raw
        self.isServer = isServer
        tls_context_refuse_passwords(raw)
        guard tls_context_limit(raw, TLS1_2_VERSION, Self.groups, TLSLimits.certificateBytesMax),
            SSL_CTX_set_cipher_list(raw, Self.ciphers) == 1, SSL_CTX_set_ciphersuites(raw, Self.suites) == 1
        else { throw TLSProblem("OpenSSL refuses the settings of TLS: \(TLSProblem.takeReason())") }
        SSL_CTX_set_verify_depth(raw, TLSLimits.chainLengthMax)
    }

    deinit { SSL_CTX_free(raw) }

    /// A session of one connection; nil: there is no memory.
    package func makeSession() -> TLSSession? {
        tls_session_create(raw, isServer).map { TLSSession($0, context: self) }
    }

    // MARK: Setting up

    /// Takes a certificate with those of its authorities, and its key.
    func use(certificate: String, key: String) throws(TLSProblem) {
        try TLSFile.check(certificate, "certificate")
        try TLSFile.check(key, "key")
        guard SSL_CTX_use_certificate_chain_file(raw, certificate) == 1 else {
            throw TLSProblem(
                """
                \(certificate): no certificate can be read (\(TLSProblem.takeReason())); it has to be a PEM file, the \
                certificate first, then those of its authorities
                """)
        }
        guard SSL_CTX_use_PrivateKey_file(raw, key, SSL_FILETYPE_PEM) == 1 else {
            let reason = TLSProblem.takeReason()
            if reason.contains("mismatch") { throw Self.mismatch(certificate, key) }
            throw TLSProblem(
                """
                \(key): no private key can be read (\(reason)); it has to be a PEM file without a password, of RSA or \
                an elliptic curve
                """)
        }
        guard SSL_CTX_check_private_key(raw) == 1 else { throw Self.mismatch(certificate, key) }
    }

    private static func mismatch(_ certificate: String, _ key: String) -> TLSProblem {
        ERR_clear_error()
        return TLSProblem(
            "\(key): is the key of another certificate than \(certificate); name the two that belong together")
    }

    /// Trusts certificates that one of `file` vouches for.
    func trust(_ file: String) throws(TLSProblem) {
        try TLSFile.check(file, "certificates of authorities")
        guard SSL_CTX_load_verify_file(raw, file) == 1 else {
            throw TLSProblem(
                "\(file): no authority's certificate can be read (\(TLSProblem.takeReason())); it has to be a PEM file")
        }
    }

    /// The certificate in use; nil: there is none.
    var certificate: TLSCertificate? { SSL_CTX_get0_certificate(raw).flatMap { TLSCertificate($0) } }

    /// Why the chain behind the certificate does not belong to it; nil: it does.
    var chainProblem: String? {
        guard var below = SSL_CTX_get0_certificate(raw) else { return nil }
        for index in 0..<tls_chain_count(raw) {
            guard let above = tls_chain_certificate(raw, index) else { return nil }
            guard X509_check_issued(above, below) == X509_V_OK else {
                let subject = TLSCertificate(above)?.subject ?? "?"
                return """
                    its certificate number \(index + 2), \(subject), did not issue the one before it; put them in \
                    order, each behind the one it issued
                    """
            }
            below = above
        }
        return nil
    }
}
