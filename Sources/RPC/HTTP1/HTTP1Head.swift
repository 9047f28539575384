/// What the head of a request says; places are counted from the request's first byte.
package struct HTTP1Head: Sendable {
    /// Methods that HTTP knows, and `other` for every other name.
    package enum Method: UInt8, Sendable {
        case get, head, post, put, delete, options, trace, connect, patch, query, other
    }

    /// How long the body is.
    package enum Body: Equatable, Sendable {
        /// Neither a length nor chunks were named: there is none.
        case unnamed
        case length(Int)
        case chunked
    }

    /// Fields that somebody asks for later.
    package enum Field: Int, CaseIterable, Sendable {
        case host, origin, fetchSite, contentType, contentEncoding, acceptEncoding, acceptLanguage, requestID, timeout,
            operatorCode, authorization
    }

    /// A place in the head.
    struct Slice: Sendable {
        var start: Int32 = 0
        var count: Int32 = 0
        /// Whether the field came, though it may be empty.
        var isThere = false

        init() {}

        init(_ start: Int, _ end: Int) {
            self.start = Int32(truncatingIfNeeded: start)
            count = Int32(truncatingIfNeeded: end - start)
            isThere = true
        }

        func of(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: bytes[Int(start)..<Int(start + count)])
        }
    }

    package internal(set) var method = Method.other
    /// The minor version: 0 or 1; what is newer counts as 1.
    package internal(set) var minorVersion: UInt8 = 1
    package internal(set) var body = Body.unnamed
    /// Whether more requests may follow on the connection.
    package internal(set) var keepsAlive = true
    /// Whether the client waits with the body until it is told to go on.
    package internal(set) var expectsContinue = false
    /// Bytes of the head, the empty line included.
    package internal(set) var bytes = 0
    /// The path and the query.
    var target = Slice()
    /// The host that an absolute target names; empty: the target is a path.
    var authority = Slice()
    var fields = InlineArray<11, Slice>(repeating: Slice())
}

/// A request that has come whole; its bytes are valid until the decoder is asked for the next one.
package struct HTTP1Request {
    package let head: HTTP1Head
    private let headBytes: UnsafeRawBufferPointer
    /// What the body says, chunks put together.
    package let body: UnsafeRawBufferPointer

    init(_ head: HTTP1Head, _ headBytes: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer) {
        self.head = head
        self.headBytes = headBytes
        self.body = body
    }

    /// The path, without the query.
    package var path: UnsafeRawBufferPointer {
        let target = head.target.of(headBytes)
        guard let end = target.firstIndex(of: UInt8(ascii: "?")) else { return target }
        return UnsafeRawBufferPointer(rebasing: target[..<end])
    }

    /// A field's value without the blanks around it; nil: it did not come.
    package subscript(field: HTTP1Head.Field) -> UnsafeRawBufferPointer? {
        let slice = head.fields[field.rawValue]
        return slice.isThere ? slice.of(headBytes) : nil
    }

    /// The token of `Authorization: Bearer TOKEN`; nil: the field did not come. Empty where it names another scheme.
    var bearerToken: UnsafeRawBufferPointer? { self[.authorization].map { BearerToken.read($0) } }

    /// The host that is asked: of an absolute target, else of the field.
    package var host: UnsafeRawBufferPointer? {
        head.authority.isThere ? head.authority.of(headBytes) : self[.host]
    }
}
