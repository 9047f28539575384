import RPC

/// What an `HTTP1Decoder` makes of a stream of bytes, in words that tests compare.
struct DecodedRequests: Equatable {
    /// One a request: method, path, fields that are kept, body.
    var requests: [String] = []
    /// The refusal that the stream ended with.
    var refusal: HTTP1Refusal?
    /// Requests whose client waited for a word before its body.
    var expectations = 0

    /// Feeds the decoder in pieces that end at `cuts`.
    init(_ stream: [UInt8], cuts: [Int] = [], bodyBytesMax: Int = 1 << 20) {
        var decoder = HTTP1Decoder(bodyBytesMax: bodyBytesMax)
        var start = 0
        for end in cuts.filter({ $0 > 0 && $0 < stream.count }).sorted() + [stream.count] where end > start {
            // Memory of its own, so that what is read past a piece is seen.
            let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: end - start, alignment: 1)
            defer { piece.deallocate() }
            piece.copyBytes(from: stream[start..<end])
            start = end
            guard take(UnsafeRawBufferPointer(piece), &decoder) else { return }
        }
    }

    init(_ text: String, cuts: [Int] = [], bodyBytesMax: Int = 1 << 20) {
        self.init(Array(text.utf8), cuts: cuts, bodyBytesMax: bodyBytesMax)
    }

    private mutating func take(_ piece: UnsafeRawBufferPointer, _ decoder: inout HTTP1Decoder) -> Bool {
        var input = piece
        while true {
            switch decoder.next(&input) {
            case .needMore: return input.isEmpty
            case .expectation: expectations += 1
            case .request(let request): requests.append(Self.words(request))
            case .bad(let refusal):
                self.refusal = refusal
                return false
            }
        }
    }

    static func words(_ request: HTTP1Request) -> String {
        func text(_ bytes: UnsafeRawBufferPointer?) -> String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "-" }
        let fields = HTTP1Head.Field.allCases.compactMap { field in
            request[field].map { "\(field.name)=\(text($0))" }
        }
        let keeps = request.head.keepsAlive ? "" : " close"
        return "\(request.head.method) \(text(request.path)) 1.\(request.head.minorVersion)\(keeps) "
            + fields.joined(separator: " ") + " [" + text(request.body) + "]"
    }
}
