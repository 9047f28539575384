// What the fuzzer runs, and what the suite runs again over its corpus: see Tests/Fuzz/run.sh.
#if !FUZZING
import RPC
#endif

private let bodyBytesMax = 300

/// Takes any bytes as what a client sends over HTTP/1; traps when a promise of the decoder does not hold.
///
/// The first byte says how they arrive: whole or in pieces of that many bytes. What comes out has to be the same, and
/// what a second, plain reader finds.
func fuzzHTTP1(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[1...])
    let whole = HTTP1Outcome(rest, pieceBytes: rest.count)
    let pieces = HTTP1Outcome(rest, pieceBytes: max(1, Int(first)))
    precondition(whole == pieces, "pieces of \(first) bytes decode to something else")
    expectPlain(whole, Array(rest))
}

/// The same of the two readers alone, for streams that are made at random.
func expectPlain(_ outcome: HTTP1Outcome, _ stream: [UInt8]) {
    let plain = PlainHTTP1(
        stream,
        limits: PlainHTTP1.Limits(
            requestLineBytes: HTTP1Limits.requestLineBytesMax, headBytes: HTTP1Limits.headBytesMax,
            fields: HTTP1Limits.fieldsMax, chunkLineBytes: HTTP1Limits.chunkLineBytesMax,
            trailerBytes: HTTP1Limits.trailerBytesMax, bodyBytes: bodyBytesMax))
    precondition(outcome.requests == plain.requests, "a plain reader finds other requests")
    // A beginning that can become nothing may be refused before its end has come.
    precondition(plain.end == .incomplete || outcome.refusal != nil, "a plain reader refuses what follows")
}

/// What a decoder makes of a stream.
struct HTTP1Outcome: Equatable {
    private(set) var requests: [PlainHTTP1.Request] = []
    private(set) var refusal: HTTP1Refusal?

    init(_ stream: UnsafeRawBufferPointer, pieceBytes: Int) {
        var decoder = HTTP1Decoder(bodyBytesMax: bodyBytesMax)
        var offset = 0
        while offset < stream.count, refusal == nil {
            let end = min(offset + pieceBytes, stream.count)
            // Memory of its own, so that reading past a piece is seen.
            let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: end - offset, alignment: 1)
            piece.copyMemory(from: UnsafeRawBufferPointer(rebasing: stream[offset..<end]))
            defer { piece.deallocate() }
            offset = end
            take(UnsafeRawBufferPointer(piece), &decoder)
            precondition(decoder.heldBytes <= end && decoder.heldBytes <= decoder.heldCapacity)
            precondition(decoder.heldCapacity <= max(64, 2 * end), "more memory than twice what came")
        }
    }

    private mutating func take(_ piece: UnsafeRawBufferPointer, _ decoder: inout HTTP1Decoder) {
        var input = piece
        var expectations = 0
        while true {
            switch decoder.next(&input) {
            case .needMore: return precondition(input.isEmpty)
            case .expectation(let request):
                expectations += 1
                precondition(expectations == 1 && request.head.expectsContinue && request.body.isEmpty)
            case .request(let request):
                expectations = 0
                requests.append(PlainHTTP1.Request(request))
                lookAt(request)
            case .bad(let refusal):
                precondition((400...599).contains(refusal.status) && !refusal.text.isEmpty)
                self.refusal = refusal
                guard case .bad(refusal) = decoder.next(&input) else { fatalError("a refusal is not the last word") }
                return
            }
        }
    }
}

extension PlainHTTP1.Request {
    init(_ request: HTTP1Request) {
        #if FUZZ_CANARY
        // A planted fault, to see that the fuzzer finds what it should: one byte past a body of three.
        if request.body.count == 3 {
            precondition(request.body.baseAddress!.load(fromByteOffset: 3, as: UInt8.self) != UInt8(ascii: "G"))
        }
        #endif
        self.init(
            method: Int(request.head.method.rawValue), path: Array(request.path), host: request.host.map(Array.init),
            body: Array(request.body), minorVersion: request.head.minorVersion, keepsAlive: request.head.keepsAlive)
    }
}

/// What the door asks of a request before anybody works on it.
private func lookAt(_ request: HTTP1Request) {
    for field in HTTP1Head.Field.allCases {
        guard let value = request[field] else { continue }
        _ = HTTP1Content.form(value)
        _ = HTTP1Content.compression(value)
        _ = HTTP1Content.accepted(value)
        _ = AnswerLanguage(accepting: value)
        _ = HTTP1Guard.refusal(ofFetchSite: value)
        if let id = HTTP1RequestID(value) { precondition(Array(id.text.utf8) == Array(value), "an id is changed") }
    }
    let gate = HTTP1Guard(listeningHost: "127.0.0.1", allowed: ["bills.example"])
    if let host = request.host, gate.refusal(ofHost: host) == nil { expectOurs(host) }
    if let origin = request[.origin], gate.refusal(ofOrigin: origin, host: request.host) == nil {
        precondition(
            request.host.map { host in origin.count >= host.count + 7 } == true, "an origin of no host is taken")
    }
    let json = HTTP1Failure.json(
        code: 1003, name: "EREQUEST", text: request.path, parts: FailureParts(),
        chinese: String(decoding: request.body, as: UTF8.self), requestID: "r")
    precondition(isOneObject(json), "a failure is no JSON")
}

/// A host that is let in is an address in numbers or a name that was allowed.
private func expectOurs(_ host: UnsafeRawBufferPointer) {
    var name = String(decoding: host, as: UTF8.self).lowercased()
    if let colon = name.lastIndex(of: ":"), name[colon...].dropFirst().allSatisfy(\.isNumber) { name = String(name[..<colon]) }
    if name.last == "." { name.removeLast() }
    let isNumbers = name.utf8.allSatisfy { "0123456789abcdef.:[]".utf8.contains($0) }
    precondition(
        isNumbers || ["localhost", "127.0.0.1", "bills.example"].contains(name), "the host \(name) is let in")
}

/// Whether the bytes are an object whose texts end and that has no control character but the last line's end.
private func isOneObject(_ json: [UInt8]) -> Bool {
    guard json.first == UInt8(ascii: "{"), json.suffix(2) == [UInt8(ascii: "}"), 0x0A],
        String(validating: json, as: UTF8.self) != nil, json.dropLast().allSatisfy({ $0 >= 0x20 })
    else { return false }
    var isText = false
    var isEscaped = false
    for byte in json.dropLast() {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\"), isText {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isText.toggle()
        }
    }
    return !isText
}
