/// Who is known: one state of the list of callers, which never changes. A new list is a new directory.
///
/// Asked when a connection brings a token or a certificate that it has not brought before; on any thread.
package protocol CallerDirectory: Sendable {
    /// Whose token it is; nil: nobody's. Takes the same time for every token that is nobody's.
    func caller(token: UnsafeRawBufferPointer) -> Caller?

    /// Who shows this certificate; nil: nobody who is known.
    func caller(certificate: PeerCertificate) -> Caller?
}
