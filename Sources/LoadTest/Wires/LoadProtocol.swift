/// The protocol that a load speaks; the server tells them apart by a connection's first bytes.
package enum LoadProtocol: String, CaseIterable, Sendable {
    /// brpc's own packets.
    case native = "baidu_std"
    /// gRPC over HTTP/2 without TLS.
    case grpc
    /// HTTP/1.1 with protobuf bodies, requests pipelined.
    case http
}
