// Settles from Swift, once and only once: the product JiesuanClient of this package, which speaks baidu_std.
//
//     dependencies: [.package(url: "…/jiesuan", exact: "1.0.0")]
//     .target(name: "…", dependencies: [.product(name: "JiesuanClient", package: "jiesuan")])
//
// Messages go in and come out as bytes: SwiftProtobuf's `try request.serializedBytes()` makes them, and
// `try Jiesuan_V1_SettleResponse(serializedBytes: answer)` reads them.
import Client

/// Settles for keeps. Where no answer comes it is asked again with the same id, on a new connection: the server settles
/// an id once, and answers it the next time as it did the first.
///
/// - Parameter request: a SettleRequest, serialized; its settlement_id is the caller's.
/// - Returns: a SettleResponse, serialized.
func settle(_ request: [UInt8], host: String, port: Int) throws(ClientError) -> [UInt8] {
    var attempt = 1
    while true {
        do {
            let client = try Client.connect(to: host, port: port, patienceSeconds: 30)
            return try client.call("jiesuan.v1.SettlementService/Settle", message: request)
        } catch .failed(let code, let text) where ![4106, 4107, 2003, 2004].contains(code) {
            // Final: not "not confirmed", "the store takes nothing now", "the server stops" or "too much at once".
            throw .failed(code: code, text: text)
        } catch {
            if attempt == 8 { throw error }
        }
        attempt += 1
    }
}
