import Glibc

/// Cuts a stream of bytes into requests of HTTP/1.
///
/// A request that lies whole in one read, with a length and not in chunks, is not copied. Else what came is kept, in
/// memory that grows with the bytes received and never with the length claimed, up to one request. What comes out
/// depends on the bytes alone, never on how they were cut into reads.
package struct HTTP1Decoder: ~Copyable {
    package enum Step {
        /// Valid until the next call, and as long as the input.
        case request(HTTP1Request)
        /// The client waits with this request's body: tell it to go on, or refuse it and read no more.
        case expectation(HTTP1Request)
        /// The input is used up; `heldBytes` of a request are kept.
        case needMore
        /// No request can follow; every later call says the same.
        case bad(HTTP1Refusal)
    }

    private enum Phase {
        case head(HTTP1HeadScanner)
        /// The body ends with byte `end` of the request.
        case length(HTTP1Head, end: Int)
        case chunks(HTTP1Head, HTTP1Chunks)
        case failed(HTTP1Refusal)
    }

    private let bodyBytesMax: Int
    private var phase = Phase.head(HTTP1HeadScanner(takesEmptyLine: false))
    private var storage: UnsafeMutableRawPointer?
    private var capacity = 0
    private var count = 0
    /// The request in `storage` was handed out by the last call.
    private var isDelivered = false

    package init(bodyBytesMax: Int = Limits.frameBodyBytesMax) {
        precondition(bodyBytesMax >= 0)
        self.bodyBytesMax = bodyBytesMax
    }

    deinit { free(storage) }

    /// Bytes received of a request that is not complete.
    package var heldBytes: Int { isDelivered ? 0 : count }

    /// Memory taken for such bytes.
    package var heldCapacity: Int { capacity }

    /// The next request of `input`; takes the bytes it used off its front.
    package mutating func next(_ input: inout UnsafeRawBufferPointer) -> Step {
        if isDelivered { forget() }
        while true {
            switch phase {
            case .failed(let refusal): return .bad(refusal)
            case .head(let scanner): if let step = takeHead(scanner, &input) { return step }
            case .length(let head, let end):
                if let refusal = keep(&input, min(end - count, input.count), atMost: end) { return fail(refusal) }
                guard count == end else { return .needMore }
                return deliver(head)
            case .chunks(let head, let chunks): return takeChunks(head, chunks, &input)
            }
        }
    }

    /// The memory of malloc in which the request lies that the last call returned; nil: it lies in the input.
    package var deliveredMemory: UnsafeMutableRawPointer? { isDelivered ? storage : nil }

    /// That memory is somebody else's from now on, who frees it.
    package mutating func forgetMemory() {
        precondition(isDelivered)
        storage = nil
        capacity = 0
        count = 0
        isDelivered = false
    }

    // MARK: Head

    /// nil: go on with what is left.
    private mutating func takeHead(_ before: HTTP1HeadScanner, _ input: inout UnsafeRawBufferPointer) -> Step? {
        var scanner = before
        switch scanner.scan(input) {
        case .bad(let refusal): return fail(refusal)
        case .more:
            if let refusal = keep(&input, input.count, atMost: HTTP1Limits.headBytesMax) { return fail(refusal) }
            phase = .head(scanner)
            return .needMore
        case .emptyLine(let used):
            input = UnsafeRawBufferPointer(rebasing: input[used...])
            count = 0
            phase = .head(HTTP1HeadScanner(takesEmptyLine: false))
            return nil
        case .end(let used):
            if count == 0 { return takeWhole(used, &input) }
            if let refusal = keep(&input, used, atMost: HTTP1Limits.headBytesMax) { return fail(refusal) }
            return readHead(UnsafeRawBufferPointer(start: storage, count: count), &input)
        }
    }

    /// A head that lies in the input, and its body too if that is there and has a length.
    private mutating func takeWhole(_ headBytes: Int, _ input: inout UnsafeRawBufferPointer) -> Step? {
        let bytes = UnsafeRawBufferPointer(rebasing: input[..<headBytes])
        let head: HTTP1Head
        switch read(bytes) {
        case .failure(let refusal): return fail(refusal)
        case .success(let read): head = read
        }
        if let length = head.plainLength, length <= input.count - headBytes {
            let body = UnsafeRawBufferPointer(rebasing: input[headBytes..<(headBytes + length)])
            input = UnsafeRawBufferPointer(rebasing: input[(headBytes + length)...])
            phase = .head(HTTP1HeadScanner(takesEmptyLine: true))
            return .request(HTTP1Request(head, bytes, body: body))
        }
        if let refusal = keep(&input, headBytes, atMost: HTTP1Limits.headBytesMax) { return fail(refusal) }
        return begin(head)
    }

    private mutating func readHead(
        _ bytes: UnsafeRawBufferPointer, _ input: inout UnsafeRawBufferPointer
    ) -> Step? {
        switch read(bytes) {
        case .failure(let refusal): fail(refusal)
        case .success(let head): begin(head)
        }
    }

    private func read(_ bytes: UnsafeRawBufferPointer) -> Result<HTTP1Head, HTTP1Refusal> {
        do throws(HTTP1Refusal) {
            let head = try HTTP1HeadParser.parse(bytes)
            if case .length(let length) = head.body, length > bodyBytesMax {
                throw HTTP1Refusal(413, "the body has more than \(bodyBytesMax) bytes; send less at once")
            }
            return .success(head)
        } catch { return .failure(error) }
    }

    /// Goes on to the body of a head that lies in `storage`.
    private mutating func begin(_ head: HTTP1Head) -> Step? {
        if let length = head.plainLength {
            phase = .length(head, end: head.bytes + length)
            if length == 0 { return nil }
        } else {
            phase = .chunks(head, HTTP1Chunks(bytesMax: bodyBytesMax))
        }
        guard head.expectsContinue else { return nil }
        let bytes = UnsafeRawBufferPointer(start: storage, count: count)
        return .expectation(HTTP1Request(head, bytes, body: UnsafeRawBufferPointer(rebasing: bytes[count...])))
    }

    // MARK: Body

    private mutating func takeChunks(
        _ head: HTTP1Head, _ before: HTTP1Chunks, _ input: inout UnsafeRawBufferPointer
    ) -> Step {
        var chunks = before
        while true {
            switch chunks.next(&input) {
            case .more:
                phase = .chunks(head, chunks)
                return .needMore
            case .data(var data):
                let refusal = keep(&data, data.count, atMost: head.bytes + bodyBytesMax)
                if let refusal { return fail(refusal) }
            case .end: return deliver(head)
            case .bad(let refusal): return fail(refusal)
            }
        }
    }

    private mutating func deliver(_ head: HTTP1Head) -> Step {
        isDelivered = true
        phase = .head(HTTP1HeadScanner(takesEmptyLine: true))
        let bytes = UnsafeRawBufferPointer(start: storage, count: count)
        return .request(
            HTTP1Request(
                head, UnsafeRawBufferPointer(rebasing: bytes[..<head.bytes]),
                body: UnsafeRawBufferPointer(rebasing: bytes[head.bytes...])))
    }

    private mutating func fail(_ refusal: HTTP1Refusal) -> Step {
        phase = .failed(refusal)
        return .bad(refusal)
    }

    // MARK: Memory

    /// Takes `taken` bytes off the input; memory at most doubles what has come, and ends at `most`.
    private mutating func keep(
        _ input: inout UnsafeRawBufferPointer, _ taken: Int, atMost most: Int
    ) -> HTTP1Refusal? {
        guard taken > 0 else { return nil }
        let needed = count + taken
        if needed > capacity {
            let grown = max(needed, min(max(2 * capacity, 64), most))
            guard let moved = realloc(storage, grown) else {
                return HTTP1Refusal(503, "the system has no memory for the request; try again later")
            }
            storage = moved
            capacity = grown
        }
        memcpy(storage! + count, input.baseAddress!, taken)
        count = needed
        input = UnsafeRawBufferPointer(rebasing: input[taken...])
        return nil
    }

    /// Drops the request handed out; keeps a little memory, since a read that ends inside a request is the rule.
    private mutating func forget() {
        count = 0
        isDelivered = false
        if capacity > Limits.heldBytesFree {
            free(storage)
            storage = nil
            capacity = 0
        }
    }
}

extension HTTP1Head {
    /// The length of a body that does not come in chunks.
    fileprivate var plainLength: Int? {
        switch body {
        case .unnamed: 0
        case .length(let length): length
        case .chunked: nil
        }
    }
}
