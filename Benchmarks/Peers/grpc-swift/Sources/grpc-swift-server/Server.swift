import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Glibc
import WireMessages

/// Serves the same calculation as the C++ peer over grpc-swift-2 until it is killed.
@main
struct Server {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count <= 2, let port = Int(arguments.dropFirst().first ?? "50061") else {
            print("Usage: grpc-swift-server [PORT]   (default 50061, on 127.0.0.1)")
            return
        }
        let calculation = Calculation()
        // Flushes of a connection are gathered: grpc-swift's own advice for many small calls at once.
        var config = HTTP2ServerTransport.Posix.Config.defaults
        config.connection.flushCoalescing = .defaults
        config.rpc.maxRequestPayloadSize = 64 << 20
        let server = GRPCServer(
            transport: .http2NIOPosix(
                address: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext, config: config),
            services: [CalculationService(calculation: calculation), PeerService(calculation: calculation)])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            if let address = try await server.listeningAddress {
                print("listening on \(address)")
                fflush(nil)
            }
            try await group.waitForAll()
        }
    }
}

struct CalculationService: Jiesuan_V1_CalculationService.SimpleServiceProtocol {
    let calculation: Calculation

    func calculate(
        request: Jiesuan_V1_CalculateRequest, context: ServerContext
    ) async throws -> Jiesuan_V1_CalculateResponse {
        try calculation.answer(request, wantsLayers: true)
    }

    func calculateBatch(
        request: Jiesuan_V1_CalculateBatchRequest, context: ServerContext
    ) async throws -> Jiesuan_V1_CalculateBatchResponse {
        throw RPCError(code: .unimplemented, message: "batches are served as rows, by jiesuan.peer.PeerService")
    }
}

struct PeerService: Jiesuan_Peer_PeerService.SimpleServiceProtocol {
    let calculation: Calculation

    func calculateRows(
        request: Jiesuan_Peer_CalculateRowsRequest, context: ServerContext
    ) async throws -> Jiesuan_Peer_CalculateRowsResponse {
        var response = Jiesuan_Peer_CalculateRowsResponse()
        response.responses.reserveCapacity(request.requests.count)
        for row in request.requests {
            response.responses.append(try calculation.answer(row, wantsLayers: request.wantLayers))
        }
        return response
    }
}
