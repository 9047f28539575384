import Client
import RPC
import TLS

/// One answer as it came over a wire; `message` is valid until the wire is used again.
struct WireAnswer {
    /// The id that the request was sent under.
    let id: Int64
    /// 0: success; else a code of brpc or of the domain.
    let errorCode: Int32
    let message: UnsafeRawBufferPointer
    let compression: Compression
}

/// One connection's protocol: requests to bytes, bytes to answers. Used by one thread.
protocol LoadWire: AnyObject {
    /// Whether bytes wait that the socket would take.
    var hasUnsent: Bool { get }

    /// Whether an answer has begun and more of it may be there to read at once.
    var isInsideAnswer: Bool { get }

    /// Queues a request.
    ///
    /// - Parameter message: stays where it is until its answer has come, where it is above
    ///   `SendQueue.copiedBytesMax`.
    func append(_ head: CallHead, id: Int64, _ message: UnsafeRawBufferPointer)

    /// Writes what the socket takes; true where all has left.
    func send(to socket: borrowing Socket) throws(ClientError) -> Bool

    /// Reads once; false where nothing is there yet.
    func fill(from socket: borrowing Socket) throws(ClientError) -> Bool

    /// The next whole answer of what was read.
    func next() throws(ClientError) -> WireAnswer?
}

extension LoadProtocol {
    /// What is named in the handshake of TLS (ALPN).
    var applications: [TLSSession.Application] {
        switch self {
        case .native: []
        case .grpc: [.http2]
        case .http: [.http1]
        }
    }

    /// A wire of this protocol for one connection.
    ///
    /// - Parameters:
    ///   - authority: host and port of the server, as HTTP names it.
    ///   - token: says who calls; empty: nothing does.
    func wire(authority: String, token: String = "") throws(ClientError) -> any LoadWire {
        switch self {
        case .native: NativeWire(token: token)
        case .grpc: try GRPCWire(authority: authority, token: token)
        case .http: HTTPWire(authority: authority, token: token)
        }
    }
}
