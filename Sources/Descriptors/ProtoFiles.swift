import RPC
import WireMessages

/// The .proto files that the program was built with: their descriptions, and the bundle for developers of clients.
package struct ProtoFiles: Sendable {
    /// Imports first.
    package let files: [FileDescription]
    private let indexByName: [String: Int]
    private let indexBySymbol: [String: Int]
    private let messages: [String: MessageDescription]
    private let enums: [String: EnumDescription]

    /// Those that were compiled in; read when they are first asked for, in some milliseconds.
    package static let embedded: ProtoFiles = {
        var inflater = Inflater()
        var size = 0
        let bytes = jiesuan_descriptors(&size)
        // The tests read what `make proto` wrote: it is whole.
        guard let set = try? inflater.inflate(UnsafeRawBufferPointer(start: bytes, count: size), .zlib),
            let files = DescriptorReader.files(set)
        else { preconditionFailure("the descriptions of the .proto files that were compiled in do not read") }
        return ProtoFiles(files)
    }()

    /// The .proto files with how to generate code and what the error codes mean, as a zip; `make protos` writes it.
    package static var bundle: UnsafeRawBufferPointer {
        var size = 0
        let bytes = jiesuan_bundle(&size)
        return UnsafeRawBufferPointer(start: bytes, count: size)
    }

    init(_ files: [FileDescription]) {
        self.files = files
        indexByName = Dictionary(files.enumerated().map { ($1.name, $0) }) { first, _ in first }
        indexBySymbol = Dictionary(
            files.enumerated().flatMap { index, file in file.symbols.map { ($0, index) } }
        ) { first, _ in first }
        let messages = files.flatMap(\.messages).flatMap(\.withNested)
        self.messages = Dictionary(messages.map { ($0.name, $0) }) { first, _ in first }
        let enums = files.flatMap(\.enums) + messages.flatMap(\.enums)
        self.enums = Dictionary(enums.map { ($0.name, $0) }) { first, _ in first }
    }

    package var services: [ServiceDescription] { files.flatMap(\.services) }

    /// By the full name.
    package func message(_ name: String) -> MessageDescription? { messages[name] }

    package func enumeration(_ name: String) -> EnumDescription? { enums[name] }

    /// The file of that name.
    package func file(named name: String) -> FileDescription? { indexByName[name].map { files[$0] } }

    /// The file that declares a service, method, message, field, oneof, enum or value of that full name.
    package func file(declaring symbol: String) -> FileDescription? { indexBySymbol[symbol].map { files[$0] } }

    /// A file, then all that it imports, each once.
    package func withImports(_ file: FileDescription) -> [FileDescription] {
        var found = [file]
        var next = 0
        while next < found.count {
            for name in found[next].imports where !found.contains(where: { $0.name == name }) {
                if let imported = self.file(named: name) { found.append(imported) }
            }
            next += 1
        }
        return found
    }
}
