import COpenSSL

/// Why a session ended before its peer ended it.
package enum TLSFailure: Error, Equatable, Sendable {
    /// The peer sends messages of the protocol that carry nothing.
    case flood
    /// The handshake's messages are longer than one needs.
    case tooLong
    /// It had ended before.
    case over
    /// What the peer showed is not accepted: a sentence.
    case certificate(String)
    /// The peer refuses: the number of its alert, as RFC 8446 lists them.
    case alert(Int32)
    /// The bytes are wrong, or the two sides have nothing in common: OpenSSL's words.
    case `protocol`(String)

    /// That of the call before on this thread; `result`: of verifying the peer's certificate.
    static func take(ofVerification result: Int) -> TLSFailure {
        let code = ERR_peek_error()
        let reason = Int32(truncatingIfNeeded: code & 0x7F_FFFF)
        let text = TLSProblem.takeReason()
        if result != X509_V_OK {
            return .certificate(words(ofVerification: Int32(truncatingIfNeeded: result)))
        }
        // Alerts of the peer are numbered from 1,000 on, and there are 256.
        if (1000..<1256).contains(reason) { return .alert(reason - 1000) }
        return .protocol(text)
    }

    private static func words(ofVerification result: Int32) -> String {
        switch result {
        case X509_V_ERR_CERT_HAS_EXPIRED: "it has expired"
        case X509_V_ERR_CERT_NOT_YET_VALID: "it is not valid yet"
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            "no authority that is trusted here vouches for it"
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: "it stands for another name"
        case X509_V_ERR_INVALID_PURPOSE: "it is not made for this use (extendedKeyUsage)"
        default: String(cString: X509_verify_cert_error_string(Int(result)))
        }
    }

    /// The sentence of a server's log.
    package var ofClient: String {
        switch self {
        case .flood: "it sends messages of TLS that carry nothing, more than a client has reason to"
        case .tooLong: "its TLS handshake is longer than \(TLSLimits.handshakeBytesMax) bytes"
        case .over: "its TLS session is over"
        case .certificate(let why): "its certificate is refused: \(why)"
        case .alert(let number): "it ended TLS with the alert \(Self.name(ofAlert: number))"
        case .protocol(let why): "its TLS cannot be understood: \(why)"
        }
    }

    /// The sentence of a client's error.
    package var ofServer: String {
        switch self {
        case .flood: "it sends messages of TLS that carry nothing"
        case .tooLong: "its TLS handshake is longer than \(TLSLimits.handshakeBytesMax) bytes"
        case .over: "the TLS session is over"
        case .certificate(let why): "its certificate is refused: \(why)"
        case .alert(116): "it wants a certificate: name one with --tls-certificate and --tls-key"
        case .alert(let number): "it refused TLS with the alert \(Self.name(ofAlert: number))"
        case .protocol(let why): "it does not speak TLS as this side does: \(why)"
        }
    }

    private static func name(ofAlert number: Int32) -> String {
        String(cString: SSL_alert_desc_string_long(number))
    }
}
