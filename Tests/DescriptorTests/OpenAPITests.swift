import Descriptors
import Foundation
import ProtoJSON
import TestSupport
import Testing

@Suite struct `The OpenAPI description` {
    private let document: [String: Any]
    private let text: String

    init() throws {
        let services = Set(MethodCatalog.methods.map(\.service)).union(Reflection.services + ["grpc.health.v1.Health"])
        text = OpenAPIDocument(services: Array(services), version: "9.8.7").json
        document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func member(_ path: String...) -> [String: Any]? {
        path.reduce(Optional(document)) { $0?[$1] as? [String: Any] }
    }

    @Test func `has every method as a POST of its request`() throws {
        #expect(document["openapi"] as? String == "3.1.0" && member("info")?["version"] as? String == "9.8.7")
        let paths = try #require(member("paths"))
        #expect(Set(paths.keys) == Set(MethodCatalog.methods.map { "/\($0.service)/\($0.name)" }))
        for method in MethodCatalog.methods {
            let post = try #require(member("paths", "/\(method.service)/\(method.name)", "post"))
            #expect(reference(in: post["requestBody"]) == "#/components/schemas/\(method.request.name)")
            let responses = try #require(post["responses"] as? [String: Any])
            #expect(reference(in: responses["200"]) == "#/components/schemas/\(method.response.name)")
            #expect((responses["default"] as? [String: String])?["$ref"] == "#/components/responses/Refusal")
            #expect((post["summary"] as? String)?.isEmpty == false && post["description"] != nil, "\(method.path)")
        }
        let ids = paths.values.compactMap { (($0 as? [String: Any])?["post"] as? [String: Any])?["operationId"] as? String }
        #expect(Set(ids).count == MethodCatalog.methods.count, "every method has an id of its own")
    }

    @Test func `refers to nothing that it does not have, and has nothing that it does not refer to`() throws {
        let schemas = Set(try #require(member("components", "schemas")).keys)
        let referred = Set(text.matches(of: /"\$ref": "#\/components\/schemas\/([^"]+)"/).map { String($0.1) })
        #expect(schemas == referred && schemas.count >= 200)
    }

    @Test func `has values as proto3 JSON has them`() throws {
        let claim = try #require(member("components", "schemas", "jiesuan.v1.CostSplit", "properties", "inPolicy"))
        #expect(claim["type"] as? [String] == ["string", "integer"] && claim["format"] as? String == "int64")
        let column = try #require(member("components", "schemas", "jiesuan.v1.ClaimColumns", "properties", "kind"))
        #expect(column["type"] as? String == "string" && column["contentEncoding"] as? String == "base64")
        let kinds = try #require(member("components", "schemas", "jiesuan.v1.ClaimKind"))
        #expect((kinds["enum"] as? [String])?.contains("CLAIM_KIND_INPATIENT") == true)
        #expect((kinds["description"] as? String)?.contains("- CLAIM_KIND_INPATIENT = 1: 住院 (21)") == true)
        let layers = try #require(member("components", "schemas", "jiesuan.v1.Outcome", "properties", "layers"))
        #expect(layers["type"] as? String == "array")
        #expect((layers["items"] as? [String: String])?["$ref"] == "#/components/schemas/jiesuan.v1.LayerRow")
    }

    @Test func `is valid, as openapi-spec-validator sees it`() throws {
        let ended = try validate(text)
        #expect(ended.code == 0, "\(ended.output)")
    }

    @Test func `canary: a type that there is not is seen`() throws {
        let wrong = text.replacing("\"type\": \"boolean\"", with: "\"type\": \"bool\"")
        #expect(wrong != text)
        let ended = try validate(wrong)
        #expect(ended.code != 0 && ended.output.contains("'bool' is not valid"), "\(ended.output)")
    }

    private func validate(_ document: String) throws -> (code: Int32, output: String) {
        let venv = try run(".ci/venv", [".build/interop", "Tests/Interop/requirements.txt"], in: Project.root)
        try #require(venv.code == 0, "\(venv.output)")
        let folder = ScratchFolder()
        try Data(document.utf8).write(to: URL(filePath: folder.file("openapi.json")))
        return try run(
            ".build/interop/bin/python", ["-m", "openapi_spec_validator", folder.file("openapi.json")], in: Project.root)
    }

    @Test func `has only the services that the server has, and only their messages`() throws {
        let small = OpenAPIDocument(services: ["jiesuan.v1.PolicyService", "no.such.Service"], version: "1").json
        let paths = small.matches(of: /(?m)^    "\/([^"\/]+)\//).map { String($0.1) }
        #expect(Set(paths) == ["jiesuan.v1.PolicyService"])
        #expect(!small.contains("jiesuan.v1.SettleRequest") && small.contains("jiesuan.v1.ListPoliciesResponse"))
    }

    private func reference(in holder: Any?) -> String? {
        let content = (holder as? [String: Any])?["content"] as? [String: Any]
        let json = content?["application/json"] as? [String: Any]
        return (json?["schema"] as? [String: String])?["$ref"]
    }
}
