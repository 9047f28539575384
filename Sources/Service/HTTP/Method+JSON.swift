import ProtoJSON
import RPC

extension Method {
    /// The method, which takes its messages as JSON too: by their descriptions, so that a field which is added is told.
    func withJSON() -> Method {
        guard let described = MethodCatalog.methods.first(where: { $0.service == service && $0.name == name }) else {
            preconditionFailure("\(service)/\(name) is in no .proto file")
        }
        var method = self
        method.jsonForm = JSONForm(described)
        return method
    }
}

extension JSONForm {
    fileprivate init(_ method: MethodType) {
        let (request, response) = (method.request, method.response)
        self.init(
            request: { text, message in
                do throws(JSONProblem) {
                    try MessageEncoder.encode(text, as: request, into: &message)
                    return .ok
                } catch { return CallStatus(error) }
            },
            answer: { message, text in
                do throws(JSONProblem) {
                    try MessageDecoder.decode(
                        message, as: response, indents: false, repairsTexts: true, textBytesMax: Limits.replyBytesMax,
                        into: &text)
                    return .ok
                } catch { return .failed(.answerTooLarge, "\(error)") }
            })
    }
}

extension CallStatus {
    /// What is wrong with a text of JSON.
    fileprivate init(_ problem: JSONProblem) {
        let parts =
            problem.path.isEmpty
            ? FailureParts()
            : FailureParts(
                name: "", field: problem.path, value: problem.value.isEmpty ? nil : problem.value, rule: "",
                message: problem.message)
        self = .failed(.badRequest, problem.description, parts)
    }
}
