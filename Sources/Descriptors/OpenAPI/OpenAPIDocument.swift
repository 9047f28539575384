import Text

/// The services as an OpenAPI 3.1 description, for tools that make clients or forms of one: every method is a POST of
/// its request as proto3 JSON.
///
/// Made of the descriptions that are compiled in; the comments of the .proto files are the descriptions here.
package struct OpenAPIDocument {
    private let files: ProtoFiles
    private let services: [ServiceDescription]
    private let version: String

    /// - Parameters:
    ///   - services: full names of those that the server has; others are left out, and so are gRPC's own, which have
    ///     no JSON.
    ///   - version: the program's: "1.0.0".
    package init(services: [String], version: String, files: ProtoFiles = .embedded) {
        self.files = files
        self.version = version
        let names = Set(services)
        let called = files.services.filter { names.contains($0.name) && !$0.name.hasPrefix("grpc.") }
        self.services = called.map { service in
            var unary = service
            // A stream of questions and answers has no place in a POST.
            unary.methods.removeAll(where: \.isStream)
            return unary
        }.filter { !$0.methods.isEmpty }.sorted { $0.name < $1.name }
    }

    /// The document; some milliseconds, so that a server makes it once.
    package var json: String {
        var json = JSONText()
        json.object { json in
            json.field("openapi", "3.1.0")
            json.object("info") { json in
                json.field("title", "Jiesuan")
                json.field("summary", "Settles claims of Chinese medical insurance (医保结算)")
                json.field("version", version)
                json.field("description", Self.about)
                json.object("license") { json in
                    json.field("name", "Apache License 2.0")
                    json.field("identifier", "Apache-2.0")
                }
            }
            json.array("servers") { json in json.object { $0.field("url", "/") } }
            json.array("tags") { json in
                for service in services {
                    json.object { json in
                        json.field("name", shortName(service))
                        if !service.comment.isEmpty { json.field("description", service.comment) }
                    }
                }
            }
            json.object("paths") { json in
                for service in services {
                    for method in service.methods { path(service, method, &json) }
                }
            }
            json.object("components") { json in
                json.object("schemas") { json in schemas(&json) }
                json.object("responses") { json in refusal(&json) }
            }
        }
        return json.text
    }

    private static let about = """
        Amounts are whole fen (分), days are numbers (20240630). Every method is a POST with its request as proto3 \
        JSON; names of fields may be written as here or as in the .proto files (service_date), whole numbers of 64 \
        bits as numbers or as strings, which answers have, and enums by name or number. A field that is left out is \
        0, empty or not set, and so is one that an answer leaves out.

        Who settles makes the settlement's id, and where no answer came sends the same request again with the same id: \
        it is settled once, and answered as the first time.
        """

    private func shortName(_ service: ServiceDescription) -> String {
        service.name.split(separator: ".").last.map(String.init) ?? service.name
    }

    private func path(_ service: ServiceDescription, _ method: ServiceDescription.Method, _ json: inout JSONText) {
        json.object("/\(service.name)/\(method.name)") { json in
            json.object("post") { json in
                json.array("tags") { $0.value(shortName(service)) }
                json.field("operationId", "\(shortName(service))_\(method.name)")
                // A comment may have several paragraphs: the first sentence names it.
                json.field("summary", OpenAPISchema.firstSentence(of: method.comment) ?? method.name)
                if !method.comment.isEmpty { json.field("description", method.comment) }
                json.object("requestBody") { json in
                    json.field("required", true)
                    content(method.request, &json)
                }
                json.object("responses") { json in
                    json.object("200") { json in
                        json.field("description", method.answer)
                        content(method.answer, &json)
                    }
                    json.object("default") { $0.field("$ref", "#/components/responses/Refusal") }
                }
            }
        }
    }

    private func content(_ type: String, _ json: inout JSONText) {
        json.object("content") { json in
            json.object("application/json") { json in
                json.object("schema") { $0.field("$ref", OpenAPISchema.reference(to: type)) }
            }
        }
    }

    /// Every message and enum that a method's messages are made of.
    private func schemas(_ json: inout JSONText) {
        var names = Set(services.flatMap(\.methods).flatMap { [$0.request, $0.answer] })
        var next = names.sorted()
        while let name = next.popLast() {
            let inner = (files.message(name)?.fields ?? []).map(\.type).filter { !$0.isEmpty }
            for type in inner where names.insert(type).inserted { next.append(type) }
        }
        for name in names.sorted() {
            if let message = files.message(name) {
                json.object(name) { OpenAPISchema.write(message, &$0) }
            } else if let enumeration = files.enumeration(name) {
                json.object(name) { OpenAPISchema.write(enumeration, &$0) }
            }
        }
    }

    private func refusal(_ json: inout JSONText) {
        json.object("Refusal") { json in
            json.field("description", "The call was refused, or the server could not answer it")
            json.object("content") { json in
                json.object("application/json") { json in
                    json.object("schema") { json in
                        json.field("type", "object")
                        json.array("required") { json in
                            for name in ["code", "name", "message"] { json.value(name) }
                        }
                        json.object("properties") { json in
                            for (name, type, description) in Self.refusalFields {
                                json.object(name) { json in
                                    json.field("type", type)
                                    json.field("description", description)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static let refusalFields = [
        ("code", "integer", "1000 to 2999: the transport's; 4000 to 4999: a DomainError"),
        ("name", "string", "The code's name: SETTLEMENT_UNKNOWN"),
        ("field", "string", "The field that is wrong: claim.cost.total"),
        ("value", "string", "What stood there"),
        ("rule", "string", "The rule that it rests on: CQ-16"),
        ("message", "string", "What is wrong and what to do"),
        ("source", "string", "The words of the rule's source"),
        ("text", "string", "All of it in one line, as every protocol has it"),
        ("chinese", "string", "What the code means, in Chinese, where accept-language asks for it"),
        ("requestId", "string", "The call's id in the server's log, which the answer's header x-request-id has too"),
    ]
}
