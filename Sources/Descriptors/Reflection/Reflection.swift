import RPC

/// Answers gRPC's server reflection (`grpc.reflection.v1` and `v1alpha`, whose bytes are the same): tools such as
/// grpcurl learn from it which services there are and what their messages look like.
package struct Reflection: Sendable {
    /// Full names of the services that answer, one a version.
    package static let services = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"]

    /// gRPC's status codes that it answers within its messages.
    private enum Status: UInt64 {
        case invalidArgument = 3
        case notFound = 5
    }

    /// A question is a name; longer ones are not read, for the answer brings the question back.
    package static let requestBytesMax = 4096

    private let files: ProtoFiles
    private let names: [String]

    /// - Parameter services: full names of those that the server has, reflection itself included.
    package init(services: [String], files: ProtoFiles = .embedded) {
        self.files = files
        names = Set(services).sorted()
    }

    /// The answer to one question, a ServerReflectionResponse; nil: `request` is no ServerReflectionRequest, or larger
    /// than `requestBytesMax`.
    ///
    /// What is not there is answered by an error within the message: the call goes on.
    package func answer(_ request: UnsafeRawBufferPointer) -> [UInt8]? {
        guard request.count <= Self.requestBytesMax, let read = ReflectionRequest(request) else { return nil }
        var answer = MessageBytes()
        if !read.host.isEmpty { answer.add(1, read.host.utf8) }
        answer.add(2, request)
        switch read.question {
        case .fileNamed(let name):
            add(files.file(named: name), "no file \(quoted(name)); there are: \(fileNames)", to: &answer)
        case .fileDeclaring(let symbol):
            let name = symbol.hasPrefix(".") ? String(symbol.dropFirst()) : symbol
            add(files.file(declaring: name), "nothing of the full name \(quoted(name)) is declared", to: &answer)
        case .fileExtending(let type):
            fail(.notFound, "\(quoted(type)) has no extensions: no message has any", &answer)
        case .extensionsOf(let type):
            if files.message(type) != nil {
                var numbers = MessageBytes()
                numbers.add(1, type.utf8)
                answer.add(5, numbers.bytes)
            } else {
                fail(.notFound, "there is no message \(quoted(type))", &answer)
            }
        case .services:
            var list = MessageBytes()
            for name in names {
                var service = MessageBytes()
                service.add(1, name.utf8)
                list.add(1, service.bytes)
            }
            answer.add(6, list.bytes)
        case .none:
            fail(.invalidArgument, "message_request is missing: set one of its fields", &answer)
        }
        return answer.bytes
    }

    private var fileNames: String { files.files.map(\.name).joined(separator: ", ") }

    private func add(_ file: FileDescription?, _ absence: String, to answer: inout MessageBytes) {
        guard let file else { return fail(.notFound, absence, &answer) }
        var response = MessageBytes()
        for file in files.withImports(file) { response.add(1, file.bytes) }
        answer.add(4, response.bytes)
    }

    private func fail(_ status: Status, _ text: String, _ answer: inout MessageBytes) {
        var error = MessageBytes()
        error.add(1, status.rawValue)
        error.add(2, text.utf8)
        answer.add(7, error.bytes)
    }

    /// A caller's name in an error text: cut.
    private func quoted(_ name: String) -> String { "\"" + name.prefix(200) + (name.count > 200 ? "…\"" : "\"") }
}
