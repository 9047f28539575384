import Foundation

/// A server with a new ledger whose register came in by `jiesuan registry import`, and commands that ask it.
final class LedgerRig {
    /// Files of the register, in the order in which they can be imported. Person 31 is the source's example 003-1.
    static let files: [(table: String, text: String)] = [
        (
            "institutions",
            """
            code,region,kind,level,special_diseases
            H2,chongqing,hospital,2,1
            H3,chongqing,hospital,3,1
            P0,chongqing,pharmacy,,

            """
        ),
        (
            "persons",
            """
            person,region,birth_month
            31,chongqing,1962-05
            32,chongqing,1992-01
            34,chongqing,1948-01

            """
        ),
        (
            "enrolments",
            """
            person,insurance,membership,status,covered_from,contribution_base
            31,employee,employer,retired,2020-01-01,
            32,employee,employer,active,2020-01-01,8000.00
            34,employee,employer,retired,2020-01-01,

            """
        ),
    ]

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let folder: URL
    let path: String
    private(set) var server: Server

    /// - Parameter opening: yuan on the account of person 31; nil: none.
    init(opening: String? = "1260.00") throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("jiesuan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("ledger.db").path
        server = try Server(ledger: path)
        for file in Self.files {
            let ended = try run("registry", "import", file.table, "-", input: file.text)
            guard ended.code == 0 else { throw Failure(description: "\(file.table): \(ended.complaint)") }
        }
        guard let opening else { return }
        let ended = try run(
            "account", "credit", "31", "--id", "opening-31", "--kind", "opening", "--amount", opening, "--reason",
            "brought in")
        guard ended.code == 0 else { throw Failure(description: ended.complaint) }
    }

    deinit {
        _ = server.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    /// A command that asks the server.
    func run(_ arguments: String..., input: String = "") throws -> Program.Ended {
        try Program.run(arguments + ["--server", server.address], input: input)
    }

    /// Settles an ordinary outpatient visit, all of it in policy.
    @discardableResult
    func settle(
        _ id: String, _ inPolicy: String = "2800", person: String = "31", at institution: String = "H2",
        json: Bool = false
    ) throws -> Program.Ended {
        try Program.run(
            [
                "settle", id, "--person", person, "--institution", institution, "--kind", "outpatient",
                "--service-date", "2024-06-30", "--in-policy", inPolicy, "--server", server.address,
            ] + (json ? ["--json"] : []))
    }

    /// A file in the rig's folder.
    func file(_ name: String, _ text: String? = nil) throws -> String {
        let url = folder.appendingPathComponent(name)
        try text?.write(to: url, atomically: true, encoding: .utf8)
        return url.path
    }

    /// Ends the server as an operator does, and starts another on the same ledger.
    func restart() throws {
        let code = server.stop()
        guard code == 0 else { throw Failure(description: "the server ended with \(code)") }
        server = try Server(ledger: path)
    }

    /// The day that settlements of now are recorded on: China's.
    static var today: String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 8 * 3600)
        format.dateFormat = "yyyy-MM-dd"
        return format.string(from: Date())
    }
}

/// A JSON document as a dictionary.
func object(_ text: String) throws -> [String: Any] {
    guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
        throw LedgerRig.Failure(description: "no JSON object: \(text)")
    }
    return object
}
