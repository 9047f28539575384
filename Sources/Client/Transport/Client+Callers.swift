import RPC

/// What programs outside of this package use: messages go in and come out as bytes, so that they are made and read by
/// whichever protobuf library the program has (`make protos` makes the .proto files for it).
extension Client {
    /// Connects to a server, within 10 s.
    ///
    /// - Parameters:
    ///   - host: a name, or an address.
    ///   - security: TLS, which a server with a certificate asks for; nil: none.
    ///   - patienceSeconds: how long a call waits for a server that says nothing; then it throws `timedOut`.
    /// - Throws: `ClientError.cannotConnect`, also where the server's certificate is refused; `misuse` where a file of
    ///   `security` cannot be used.
    public static func connect(
        to host: String, port: Int, security: ClientSecurity? = nil, patienceSeconds: Int = 60
    ) throws(ClientError) -> Client {
        guard patienceSeconds > 0 else { throw .misuse("patienceSeconds \(patienceSeconds) is not above 0") }
        let client = try connect(host: host, port: port, tls: try security?.read())
        client.patience = UInt64(min(patienceSeconds, 1_000_000)) * 1_000_000_000
        return client
    }

    /// Names the person who acts at the caller's (经办人) in each call from now on: it stands with what is recorded.
    ///
    /// - Parameter code: a number or an account, not a name; nil: nobody is named.
    /// - Throws: `ClientError.misuse` where the server would refuse the code.
    public func acts(by code: String?) throws(ClientError) {
        guard let code else {
            operatorField = []
            return
        }
        guard OperatorField.isValid(code.utf8) else {
            throw .misuse(
                "an operator's code has 1 … \(Limits.operatorBytesMax) letters, digits and . _ - @ / : of ASCII, and "
                    + "begins with a letter or a digit")
        }
        operatorField = MetaWriter.operatorField(code)
    }

    /// Says who calls, by the token that the server's operator gave; nil: nobody in particular.
    ///
    /// It is sent with each call from now on; keep it in a file that only the program's user may read.
    public func identify(by token: String?) { secret = Array((token ?? "").utf8) }

    /// Calls a method and waits for its answer; one call at a time, from one thread at a time.
    ///
    /// After `connectionLost` and `timedOut` nobody knows whether it was done: settle again with the same id, on a new
    /// connection, and it is settled once.
    ///
    /// - Parameters:
    ///   - method: service and method, "jiesuan.v1.SettlementService/Settle".
    ///   - request: the request's message, serialized.
    ///   - timeoutMilliseconds: a deadline for the server, which drops work that has not begun by then; 0: none.
    ///   - compresses: sends the request, and asks for the answer, in gzip; for batches over slow lines.
    /// - Returns: the answer's message, serialized.
    /// - Throws: `ClientError`: `failed` with code and text where the server refuses, `misuse` where `method` has no
    ///   slash.
    public func call(
        _ method: String, message request: [UInt8], timeoutMilliseconds: Int32 = 0, compresses: Bool = false
    ) throws(ClientError) -> [UInt8] {
        let names = method.split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty else {
            throw .misuse("\"\(method)\" is no method: one is jiesuan.v1.SettlementService/Settle")
        }
        return try call(
            service: String(names[0]), method: String(names[1]), message: request,
            timeoutMilliseconds: timeoutMilliseconds, compression: compresses ? .gzip : .none)
    }
}
