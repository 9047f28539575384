import CNghttp2
import Client
import Glibc
import RPC

/// gRPC over HTTP/2: libnghttp2 as a machine of bytes, one stream a request.
final class GRPCWire: LoadWire {
    /// One read: a burst of a thousand small answers.
    private static let readBytes = 256 << 10
    /// Windows beyond every answer: a client that measures does not hold answers back.
    private static let windowBytes: Int32 = 1 << 30

    private let authority: String
    private let token: String
    @exclusivity(unchecked) private var session: OpaquePointer?
    private let queue = SendQueue()
    private let buffer = UnsafeMutableRawPointer.allocate(byteCount: readBytes, alignment: 16)
    @exclusivity(unchecked) private var wasFull = false
    @exclusivity(unchecked) private var heads: [(name: CallName, fields: GRPCRequestFields)] = []
    /// Every call that was ever made: nghttp2 has pointers to those under way.
    @exclusivity(unchecked) private var calls: [GRPCCall] = []
    @exclusivity(unchecked) private var spare: [GRPCCall] = []
    /// Closed streams whose answers have not been asked for, from `nextDone` on.
    @exclusivity(unchecked) private var done: [(call: GRPCCall, reset: UInt32)] = []
    @exclusivity(unchecked) private var nextDone = 0
    @exclusivity(unchecked) private var failure: ClientError?

    init(authority: String, token: String = "") throws(ClientError) {
        self.authority = authority
        self.token = token
        let result = nghttp2_session_client_new2(
            &session, GRPCWireSetup.callbacks, Unmanaged.passUnretained(self).toOpaque(), GRPCWireSetup.options)
        guard result == 0 else { throw .misuse("nghttp2: \(String(cString: nghttp2_strerror(result)))") }
        GRPCWireSetup.announce(session, windowBytes: Self.windowBytes)
    }

    deinit {
        nghttp2_session_del(session)
        buffer.deallocate()
    }

    var hasUnsent: Bool { !queue.isEmpty || nghttp2_session_want_write(session) != 0 }
    var isInsideAnswer: Bool { wasFull }

    func append(_ head: CallHead, id: Int64, _ message: UnsafeRawBufferPointer) {
        let call = spare.popLast() ?? make()
        call.begin(id, message, head.call.compression)
        var source = nghttp2_data_provider()
        source.source.ptr = Unmanaged.passUnretained(call).toOpaque()
        source.read_callback = GRPCWireSetup.readRequest
        let fields = fields(of: head.call)
        let stream = nghttp2_submit_request(
            session, nil, fields.values, fields.count, &source, Unmanaged.passUnretained(call).toOpaque())
        if stream < 0 { fail(.misuse("nghttp2: \(String(cString: nghttp2_strerror(stream)))")) }
    }

    private func make() -> GRPCCall {
        let call = GRPCCall()
        calls.append(call)
        return call
    }

    private func fields(of name: CallName) -> GRPCRequestFields {
        if let known = heads.first(where: { $0.name === name }) { return known.fields }
        let fields = GRPCRequestFields(path: name.path, authority: authority, name.compression, token: token)
        heads.append((name, fields))
        return fields
    }

    func send(to socket: borrowing Socket) throws(ClientError) -> Bool {
        while true {
            var bytes: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(session, &bytes)
            if count < 0 {
                throw .badAnswer("nghttp2: \(String(cString: nghttp2_strerror(Int32(truncatingIfNeeded: count))))")
            }
            guard count > 0, let bytes else { break }
            queue.append(copying: UnsafeRawBufferPointer(start: bytes, count: count))
        }
        return try queue.send(to: socket)
    }

    func fill(from socket: borrowing Socket) throws(ClientError) -> Bool {
        giveBack()
        guard let count = try receive(from: socket) else {
            wasFull = false
            return false
        }
        wasFull = count == Self.readBytes
        let taken = nghttp2_session_mem_recv(session, buffer.assumingMemoryBound(to: UInt8.self), count)
        if let failure { throw failure }
        guard taken == count else {
            throw .badAnswer(
                "its bytes are no HTTP/2: \(String(cString: nghttp2_strerror(Int32(truncatingIfNeeded: taken))))")
        }
        return true
    }

    /// Reads once into `buffer`; nil where nothing is there yet.
    private func receive(from socket: borrowing Socket) throws(ClientError) -> Int? {
        if let secure = socket.secure {
            let room = UnsafeMutableRawBufferPointer(start: buffer, count: Self.readBytes)
            guard let count = try secure.receive(room, waits: false), count > 0 else { return nil }
            return count
        }
        let count = recv(socket.descriptor, buffer, Self.readBytes, Int32(MSG_DONTWAIT))
        if count > 0 { return count }
        if count == 0 { throw .connectionLost("the server closed it") }
        if errno == EAGAIN || errno == EINTR { return nil }
        throw .connectionLost(String(cString: strerror(errno)))
    }

    func next() throws(ClientError) -> WireAnswer? {
        guard nextDone < done.count else { return nil }
        let (call, reset) = done[nextDone]
        nextDone += 1
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        if reset != 0 {
            // A stream that the server refused was not worked on; of any other nothing is known.
            let code: RPCErrorCode = reset == NGHTTP2_REFUSED_STREAM.rawValue ? .overLimit : .internalError
            return WireAnswer(id: call.id, errorCode: code.rawValue, message: nothing, compression: .none)
        }
        guard call.status >= 0 else {
            throw .badAnswer("it ends without a grpc-status, its HTTP status is \(call.httpStatus)")
        }
        if call.status > 0 {
            let code = GRPCFailure.code(status: call.status, details: call.details)
            return WireAnswer(id: call.id, errorCode: code, message: nothing, compression: .none)
        }
        guard let answered = call.answered else { throw .badAnswer("its bytes are not one gRPC message") }
        return WireAnswer(id: call.id, errorCode: 0, message: answered.message, compression: answered.compression)
    }

    /// Calls whose answers were asked for may be used again.
    private func giveBack() {
        guard nextDone > 0 else { return }
        for index in 0..<nextDone { spare.append(done[index].call) }
        done.removeFirst(nextDone)
        nextDone = 0
    }

    // MARK: What nghttp2 tells

    func closed(_ call: GRPCCall, reset: UInt32) { done.append((call, reset)) }

    func fail(_ error: ClientError) { if failure == nil { failure = error } }

    /// A DATA frame of a request: its header, then bytes of the message where they lie.
    func sendData(_ header: UnsafePointer<UInt8>, _ call: GRPCCall, count: Int) {
        queue.append(copying: UnsafeRawBufferPointer(start: header, count: GRPCWireSetup.frameHeaderBytes))
        call.move(count, to: queue)
    }
}
