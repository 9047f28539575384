/// Limits of TLS sessions: unit in the name, the reason beside it.
package enum TLSLimits {
    /// The certificates that a peer may send: a chain of five with long keys and many names.
    package static let certificateBytesMax = 64 << 10
    /// Bytes of a client until its handshake is done: its certificates, and a hello with keys of the future.
    package static let handshakeBytesMax = 128 << 10
    /// Authorities between a certificate and one that is trusted.
    package static let chainLengthMax: Int32 = 5
    /// The largest record with its header: what one call leaves undecrypted at most.
    package static let recordBytesMax = (16 << 10) + 512
    /// What encrypting adds to each 16 KiB, and to the last of them, rounded up: header, tag, padding.
    package static let recordOverheadBytes = 64
    /// Room for what is sent beside records: the server's certificates and an alert.
    package static let roomBytes = 4 << 10
    /// Files of certificates and keys: a chain and a hundred authorities.
    package static let fileBytesMax = 4 << 20
}
