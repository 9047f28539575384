import COpenSSL

/// What a certificate says of itself; a copy, without its keys.
package struct TLSCertificate: Sendable, Equatable {
    /// As RFC 2253 writes it: "CN=settle.hospital.local,O=A Hospital".
    package let subject: String
    /// The first common name of the subject: "settle.hospital.local"; empty: it has none that can be read.
    package let commonName: String
    /// Names that it stands for (subjectAltName), with their kinds: "DNS:settle.hospital.local", "IP:10.0.0.7",
    /// "URI:…", "email:…"; in its order, at most `namesMax`.
    package let names: [String]
    /// Seconds since 1970 from which it is valid.
    package let notBefore: Int64
    /// Seconds since 1970 until which it is valid.
    package let notAfter: Int64
    /// SHA-256 of the whole certificate, 64 hexadecimal digits.
    package let fingerprint: String

    /// Names of one certificate that are read: a wildcard spares more.
    package static let namesMax = 64

    /// nil: its dates or its subject cannot be read.
    init?(_ certificate: OpaquePointer) {
        var start: Int64 = 0
        var end: Int64 = 0
        guard let subject = tls_subject(certificate) else { return nil }
        defer { tls_free(subject) }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard tls_seconds(X509_get0_notBefore(certificate), &start),
            tls_seconds(X509_get0_notAfter(certificate), &end),
            X509_digest(certificate, EVP_sha256(), &digest, &count) == 1
        else { return nil }
        self.subject = String(cString: subject)
        commonName = Self.commonName(certificate)
        names = Self.names(certificate)
        notBefore = start
        notAfter = end
        fingerprint = digest[..<Int(count)].map { Self.hexadecimal[Int($0)] }.joined()
    }

    private static let hexadecimal = (0..<256).map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    private static func commonName(_ certificate: OpaquePointer) -> String {
        var count = 0
        guard let bytes = tls_common_name(certificate, &count) else { return "" }
        defer { tls_free(bytes) }
        let all = UnsafeBufferPointer(start: bytes, count: count)
        // A character that ends or breaks a line could make one name pass for another.
        guard all.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return "" }
        return String(decoding: all, as: UTF8.self)
    }

    private static func names(_ certificate: OpaquePointer) -> [String] {
        var names: [String] = []
        for index in 0..<namesMax {
            var kind: Int32 = 0
            var bytes: UnsafeMutablePointer<UInt8>?
            var count = 0
            guard tls_alternative_name(certificate, Int32(index), &kind, &bytes, &count) else { break }
            defer { tls_free(bytes) }
            if let name = name(kind, UnsafeBufferPointer(start: bytes, count: count)) { names.append(name) }
        }
        return names
    }

    /// The names without their kinds.
    package var plainNames: [String] { names.map { String($0[$0.index(after: $0.firstIndex(of: ":")!)...]) } }

    /// nil: of a kind that is not read, or with a character that could pass for something else.
    private static func name(_ kind: Int32, _ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard !bytes.isEmpty else { return nil }
        if kind == GEN_IPADD { return address(bytes).map { "IP:\($0)" } }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return switch kind {
        case GEN_DNS: "DNS:\(text)"
        case GEN_URI: "URI:\(text)"
        case GEN_EMAIL: "email:\(text)"
        default: nil
        }
    }

    private static func address(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
        guard bytes.count == 16 else { return nil }
        return stride(from: 0, to: 16, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}

extension TLSCertificate {
    private static let secondsOfDay: Int64 = 86_400

    /// Whole days that are left at `now`, in seconds since 1970; negative: it has expired.
    package func daysLeft(at now: Int64) -> Int64 {
        let left = notAfter - now
        return left >= 0 ? left / Self.secondsOfDay : -1 - (-1 - left) / Self.secondsOfDay
    }

    /// Why nobody may trust it at `now`; nil: its dates are right.
    package func dateProblem(at now: Int64) -> String? {
        if now < notBefore {
            return "is not valid before \(TLSTime.text(notBefore)); wait until then, or set this machine's clock"
        }
        if now > notAfter { return "expired on \(TLSTime.text(notAfter)); get a new one" }
        return nil
    }
}
