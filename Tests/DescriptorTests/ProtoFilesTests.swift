import CShims
import Descriptors
import ProtoJSON
import Testing

@Suite struct `The descriptions of the .proto files` {
    private let files = ProtoFiles.embedded

    @Test func `have every method with the messages that protobuf-c's descriptions name`() throws {
        let ours = Set(
            files.services.filter { $0.name.hasPrefix("jiesuan.") }.flatMap { service in
                service.methods.map { "\(service.name)/\($0.name) \($0.request) \($0.answer) \($0.isStream)" }
            })
        let theirs = Set(
            MethodCatalog.methods.map { "\($0.service)/\($0.name) \($0.request.name) \($0.response.name) false" })
        #expect(ours == theirs)
        #expect(ours.count >= 82)
    }

    @Test func `have every field with its number, its two names and what it holds`() throws {
        var seen: Set<String> = []
        var next = MethodCatalog.methods.flatMap { [$0.request, $0.response] }
        var fields = 0
        while let type = next.popLast() {
            guard seen.insert(type.name).inserted else { continue }
            let message = try #require(files.message(type.name))
            // protobuf-c has them ascending, a description as they stand in the file.
            let described = message.fields.sorted { $0.number < $1.number }
            #expect(described.map(\.number) == type.fields.map { Int($0.id) }, "\(type.name)")
            for (ours, theirs) in zip(described, type.fields) {
                fields += 1
                #expect(ours.name == theirs.protoName && ours.jsonName == theirs.jsonName, "\(type.name).\(ours.name)")
                #expect(ours.isRepeated == theirs.isRepeated, "\(type.name).\(ours.name)")
                if theirs.holdsMessages {
                    #expect(ours.kind == .message && ours.type == theirs.messageType.name)
                    next.append(theirs.messageType)
                } else if theirs.holdsEnum {
                    #expect(ours.kind == .enumeration && ours.type == theirs.enumType.name)
                    #expect(files.enumeration(ours.type)?.values.map(\.name).sorted() == theirs.enumType.names.sorted())
                } else {
                    #expect(ours.type.isEmpty, "\(type.name).\(ours.name)")
                }
            }
        }
        #expect(seen.count >= 150 && fields >= 900, "\(seen.count) messages, \(fields) fields")
    }

    @Test func `have the comments as running text, with the platform's names`() throws {
        let outcome = try #require(files.message("jiesuan.v1.Outcome"))
        #expect(outcome.fields.first { $0.name == "total" }?.comment == "医疗费总额, medfee_sumamt")
        let settle = files.services.first { $0.name == "jiesuan.v1.SettlementService" }?
            .methods.first { $0.name == "Settle" }
        #expect(settle?.comment.contains("结算 (2207 / 2304)") == true, "\(settle?.comment ?? "")")
        let service = files.services.first { $0.name == "jiesuan.v1.CalculationService" }
        #expect(service?.comment.hasPrefix("Stateless settlement (试算)") == true)
    }

    @Test func `find a file by its name and by everything that it declares`() throws {
        for file in files.files {
            #expect(files.file(named: file.name)?.name == file.name)
            for symbol in file.symbols { #expect(files.file(declaring: symbol)?.name == file.name, "\(symbol)") }
        }
        let places = [
            "jiesuan.v1.SettlementService.Settle": "jiesuan/v1/settlement_service.proto",
            "jiesuan.v1.Claim": "jiesuan/v1/claim.proto", "jiesuan.v1.Claim.kind": "jiesuan/v1/claim.proto",
            "jiesuan.v1.CLAIM_KIND_INPATIENT": "jiesuan/v1/claim.proto",
            "grpc.health.v1.HealthCheckResponse.ServingStatus": "grpc/health/v1/health.proto",
            "grpc.health.v1.HealthCheckResponse.SERVING": "grpc/health/v1/health.proto",
            "grpc.reflection.v1.ServerReflectionRequest.message_request": "grpc/reflection/v1/reflection.proto",
        ]
        for (symbol, file) in places { #expect(files.file(declaring: symbol)?.name == file, "\(symbol)") }
        #expect(files.file(declaring: "jiesuan.v1") == nil && files.file(declaring: "") == nil)
        #expect(files.file(named: "claim.proto") == nil)
    }

    @Test func `of a file with all that it imports has each once, and nothing is missing`() throws {
        let calculation = try #require(files.file(named: "jiesuan/v1/calculation_service.proto"))
        let all = files.withImports(calculation).map(\.name)
        #expect(all.first == calculation.name && Set(all).count == all.count)
        #expect(all.sorted() == ["calculation_service", "claim", "error", "outcome", "person"].map { "jiesuan/v1/\($0).proto" })
        for file in files.files {
            let names = Set(files.withImports(file).map(\.name))
            #expect(files.withImports(file).flatMap(\.imports).allSatisfy(names.contains), "\(file.name)")
        }
    }

    @Test func `the bundle for clients is a zip`() {
        #expect(ProtoFiles.bundle.count > 20_000 && Array(ProtoFiles.bundle.prefix(4)) == [0x50, 0x4b, 3, 4])
    }
}
