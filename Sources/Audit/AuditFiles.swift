import Glibc

/// The files of an audit log: `audit-000001.jsonl` and on, and `audit.head`, which says how far the log had come.
package enum AuditFiles {
    static func name(_ number: Int) -> String {
        let digits = String(number)
        return "audit-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".jsonl"
    }

    /// The number in a file's name; nil: it is no file of a log.
    static func number(_ name: String) -> Int? {
        guard name.hasPrefix("audit-"), name.hasSuffix(".jsonl") else { return nil }
        guard let number = Int(name.dropFirst(6).dropLast(6)), number > 0, Self.name(number) == name else { return nil }
        return number
    }

    /// The numbers of a folder's files, in order.
    ///
    /// - Throws: `AuditProblem` where the folder cannot be read.
    package static func numbers(_ folder: String) throws(AuditProblem) -> [Int] {
        guard let entries = opendir(folder) else { throw AuditProblem(folder, "cannot be read", errno) }
        defer { closedir(entries) }
        var found: [Int] = []
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let number = number(name) { found.append(number) }
        }
        return found.sorted()
    }

    static func path(_ folder: String, _ number: Int) -> String { folder + "/" + name(number) }

    static func headPath(_ folder: String) -> String { folder + "/audit.head" }
}

/// Why an audit log cannot be used.
package struct AuditProblem: Error, CustomStringConvertible, Sendable {
    package let path: String
    package let reason: String

    init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    init(_ path: String, _ reason: String, _ code: Int32) {
        self.init(path, "\(reason): \(String(cString: strerror(code)))")
    }

    package var description: String { "the audit log: \(path): \(reason)" }
}
