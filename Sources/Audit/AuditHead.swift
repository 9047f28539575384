import Glibc

/// How far a log has come: the number and the hash of its last line. Kept beside the files, so that lines that are
/// missing at the end are noticed.
package struct AuditHead: Equatable, Sendable {
    package var sequence: UInt64
    package var chain: AuditChain

    /// One line: the number, a blank, the hash; padded, so that it is overwritten in place.
    private static let bytes = 20 + 1 + AuditChain.hashBytes + 1

    /// What the file says; nil: there is none, or it is no head.
    package static func read(_ folder: String) -> AuditHead? {
        let descriptor = open(AuditFiles.headPath(folder), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text = [UInt8](repeating: 0, count: bytes)
        guard pread(descriptor, &text, bytes, 0) == bytes else { return nil }
        let words = text.split(separator: UInt8(ascii: " "))
        guard words.count == 2, let sequence = UInt64(String(decoding: words[0], as: UTF8.self)),
            let chain = AuditChain(head: words[1].dropLast())
        else { return nil }
        return AuditHead(sequence: sequence, chain: chain)
    }

    /// Overwrites the file's line; the system writes it to the disk when it likes, after the lines that it counts.
    func write(_ descriptor: Int32) -> Bool {
        let number = String(sequence)
        let text = String(repeating: " ", count: 20 - number.count) + number + " " + chain.text + "\n"
        return Array(text.utf8).withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) == $0.count }
    }
}
