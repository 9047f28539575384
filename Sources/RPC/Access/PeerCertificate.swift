/// The certificate that a client proved in the handshake, checked against the server's authorities.
package struct PeerCertificate: Sendable, Equatable {
    /// The common name of its subject; empty: it has none.
    package let commonName: String
    /// The names of its subjectAltName: DNS names, addresses and URIs as texts.
    package let alternativeNames: [String]

    package init(commonName: String, alternativeNames: [String] = []) {
        self.commonName = commonName
        self.alternativeNames = alternativeNames
    }

    /// All of its names: the alternative ones first, as those who check certificates do.
    package var names: [String] { commonName.isEmpty ? alternativeNames : alternativeNames + [commonName] }
}
