/// Failure of a call.
public enum ClientError: Error, Equatable, CustomStringConvertible {
    case cannotConnect(host: String, port: Int, reason: String)
    /// The connection ended; the outcome of calls in flight is unknown.
    case connectionLost(String)
    /// The server sent malformed bytes.
    case badAnswer(String)
    /// No answer in time; it may still come.
    case timedOut(milliseconds: Int32)
    /// The server answered with an error: 1000 to 2999 are Apache brpc's codes, 4000 to 4999 a `DomainError`.
    case failed(code: Int32, text: String)
    case misuse(String)

    public var description: String {
        switch self {
        case .cannotConnect(let host, let port, let reason): "cannot connect to \(host):\(port): \(reason)"
        case .connectionLost(let reason): "the connection is lost: \(reason)"
        case .badAnswer(let reason): "the server's answer cannot be read: \(reason)"
        case .timedOut(let milliseconds): "no answer within \(milliseconds) ms"
        case .failed(let code, let text): "error \(code): \(text)"
        case .misuse(let reason): reason
        }
    }
}
