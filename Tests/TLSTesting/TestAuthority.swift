import COpenSSL

/// An authority of a test, which makes certificates of any kind with new keys, as files in a folder.
package final class TestAuthority {
    /// What a certificate says, and what may be wrong with it.
    package struct Kind: Sendable {
        package var commonName = "settle.hospital.local"
        /// As openssl writes them: "DNS:localhost,IP:127.0.0.1"; empty: none.
        package var names = "DNS:localhost,DNS:settle.hospital.local,IP:127.0.0.1"
        /// Days from now from which, and until which it is valid.
        package var firstDay = -1
        package var lastDay = 90

        package init() {}

        package static func client(_ name: String) -> Kind {
            var kind = Kind()
            kind.commonName = name
            kind.names = "URI:urn:jiesuan:\(name)"
            return kind
        }
    }

    /// A certificate's files.
    package struct Files: Sendable {
        package var certificate: String
        package var key: String
    }

    private let folder: String
    private let name: String
    private let key: OpaquePointer
    private let root: OpaquePointer
    private var made = 0

    /// The authority's own certificate.
    package let certificate: String

    /// - Parameter name: of its files, different for each in `folder`.
    package init(_ folder: String, name: String = "authority") {
        self.folder = folder
        self.name = name
        key = Self.makeKey()
        var kind = Kind()
        kind.commonName = name
        kind.names = ""
        root = Self.sign(kind, for: key, by: (nil, key), isAuthority: true)
        certificate = "\(folder)/\(name).pem"
        Self.write(certificate) { PEM_write_bio_X509($0, root) }
    }

    deinit {
        X509_free(root)
        EVP_PKEY_free(key)
    }

    /// A certificate with its key, in new files.
    package func make(_ kind: Kind = Kind()) -> Files {
        made += 1
        let files = Files(certificate: "\(folder)/\(name)-\(made).pem", key: "\(folder)/\(name)-\(made).key")
        write(kind, to: files)
        return files
    }

    /// Replaces the certificate and the key in these files.
    package func write(_ kind: Kind, to files: Files) {
        let own = Self.makeKey()
        let signed = Self.sign(kind, for: own, by: (root, key), isAuthority: false)
        Self.write(files.certificate) { PEM_write_bio_X509($0, signed) }
        Self.write(files.key) { PEM_write_bio_PrivateKey($0, own, nil, nil, 0, nil, nil) }
        X509_free(signed)
        EVP_PKEY_free(own)
    }

    private static func makeKey() -> OpaquePointer {
        let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        precondition(EVP_PKEY_keygen_init(context) == 1)
        precondition(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1)
        precondition(EVP_PKEY_keygen(context, &key) == 1)
        return key!
    }

    private static func sign(
        _ kind: Kind, for key: OpaquePointer, by issuer: (certificate: OpaquePointer?, key: OpaquePointer),
        isAuthority: Bool
    ) -> OpaquePointer {
        let made = X509_new()!
        X509_set_version(made, 2)
        ASN1_INTEGER_set_uint64(X509_get_serialNumber(made), UInt64.random(in: 1...UInt64(Int64.max)))
        X509_time_adj_ex(X509_getm_notBefore(made), Int32(kind.firstDay), 0, nil)
        X509_time_adj_ex(X509_getm_notAfter(made), Int32(kind.lastDay), 0, nil)
        X509_set_pubkey(made, key)
        let subject = X509_get_subject_name(made)
        let bytes = Array(kind.commonName.utf8)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, bytes, Int32(bytes.count), -1, 0)
        X509_set_issuer_name(made, issuer.certificate.map { X509_get_subject_name($0) } ?? subject)
        add(made, issuer.certificate ?? made, NID_basic_constraints, isAuthority ? "critical,CA:TRUE" : "CA:FALSE")
        if !kind.names.isEmpty { add(made, issuer.certificate ?? made, NID_subject_alt_name, kind.names) }
        precondition(X509_sign(made, issuer.key, EVP_sha256()) > 0)
        return made
    }

    private static func add(_ certificate: OpaquePointer, _ issuer: OpaquePointer, _ kind: Int32, _ value: String) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer, certificate, nil, nil, 0)
        let `extension` = X509V3_EXT_conf_nid(nil, &context, kind, value)
        precondition(X509_add_ext(certificate, `extension`, -1) == 1, "\(value) can be no extension")
        X509_EXTENSION_free(`extension`)
    }

    private static func write(_ path: String, _ body: (OpaquePointer?) -> Int32) {
        let file = BIO_new_file(path, "w")
        precondition(file != nil && body(file) == 1, "\(path) cannot be written")
        BIO_free(file)
    }
}
