import ArgumentParser
import Client
import Foundation
import ProtoJSON

struct CallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call any method of any service with proto3 JSON, and print its answer as JSON.",
        discussion: """
            The request is an argument, a file (@FILE) or the standard input (-); without one it is empty. Names are
            serviceDate or service_date; whole numbers 120 or "120", amounts in fen; enums by name or number; bytes as
            Base64. A name that the message has not is refused. The answer has the fields that are set: 0, "" and false
            are left out, whole numbers of 64 bits are strings.

            EXAMPLES:
              jiesuan call --list                                          every method with its messages
              jiesuan call SettlementService/Settle --describe             the fields of its request and its answer
              jiesuan call PolicyService/List --server :8123
              jiesuan call PolicyService/List --server settle.hospital.local:8123 --tls-ca ca.pem
              jiesuan call SettlementService/Get '{"settlementId": "S1"}' --server :8123
              jiesuan call RegistryService/RegisterPerson @person.json --ledger ledger.db
              cat claim.json | jiesuan call SettlementService/Settle - --server :8123 --compact

            \(Exit.help)
            """)

    @Argument(
        help: ArgumentHelp("The method: SettlementService/Settle.", valueName: "SERVICE/METHOD"))
    var method: String?

    @Argument(help: ArgumentHelp("The request: JSON, @FILE, or - for the standard input.", valueName: "JSON"))
    var request: String?

    @Flag(help: "Print every method with its messages.") var list = false
    @Flag(help: "Print the fields of the method's request and of its answer.") var describe = false
    @Flag(help: "Print the answer on one line.") var compact = false

    @Option(help: ArgumentHelp("A running server.", valueName: "HOST:PORT")) var server: ServerAddress?
    @Option(help: ArgumentHelp("File of a ledger that no server has open.", valueName: "FILE")) var ledger: String?
    @OptionGroup(title: "A server with TLS") var caller: CallerOptions
    @OptionGroup var clock: ClockOptions
    @OptionGroup var policies: PolicyOptions

    func validate() throws {
        if list || describe && method != nil { return }
        guard method != nil else { throw ValidationError("Name the method, SERVICE/METHOD; --list shows them.") }
        guard (server == nil) != (ledger == nil) else {
            throw ValidationError("Name the ledger by --server HOST:PORT or by --ledger FILE.")
        }
    }

    func run() throws {
        if list { return MethodCatalog.methods.forEach { print(MethodText.line($0)) } }
        let method = try find(method ?? "")
        if describe { return print(MethodText.description(method), terminator: "") }
        let message = try encoded(method.request)
        if let ledger { try LedgerAddress.requireFile(ledger) }
        let answer = try LedgerAddress.withClient(server, caller, ledger, clock, policies) { client in
            try client.call(service: method.service, method: method.name, message: message)
        }
        let json = try answer.withUnsafeBytes { bytes in
            do {
                return try MessageDecoder.decode(bytes, as: method.response, indents: !compact)
            } catch { throw Failure(.server, "the server's answer: \(error)") }
        }
        print(String(decoding: json, as: UTF8.self))
    }

    private func find(_ path: String) throws(Failure) -> MethodType {
        do throws(UnknownMethod) { return try MethodCatalog.find(path) } catch {
            throw Failure(.usage, "\(error); `jiesuan call --list` shows all")
        }
    }

    /// The request on the wire.
    private func encoded(_ type: MessageType) throws -> [UInt8] {
        try text().withUnsafeBytes { bytes in
            do throws(JSONProblem) { return try MessageEncoder.encode(bytes, as: type) } catch {
                throw Failure(.usage, "the request: \(error)")
            }
        }
    }

    private func text() throws -> [UInt8] {
        guard let request else { return Array("{}".utf8) }
        if request == "-" { return try read(.standardInput, "the standard input") }
        guard request.hasPrefix("@") else { return Array(request.utf8) }
        let path = String(request.dropFirst())
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw Failure(.file, "\(path): cannot be read: \(String(cString: strerror(errno)))")
        }
        return try read(file, path)
    }

    private func read(_ file: FileHandle, _ name: String) throws -> [UInt8] {
        do {
            // Reads one byte more than allowed, so that a longer text is refused and not truncated.
            return Array(try file.read(upToCount: JSONLimit.textBytesMax + 1) ?? Data())
        } catch { throw Failure(.file, "\(name): cannot be read: \(error.localizedDescription)") }
    }
}
