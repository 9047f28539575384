/// Every limit of HTTP/1: unit in the name, the reason beside it.
package enum HTTP1Limits {
    /// The request line: the longest path of ours has some sixty bytes.
    package static let requestLineBytesMax = 4 << 10
    /// A request's head, line and fields: what proxies and browsers add stays below a quarter of it.
    package static let headBytesMax = 16 << 10
    /// Fields of one head, or of one trailer.
    package static let fieldsMax = 64
    /// The line that begins a chunk, extensions included; nobody needs more than its size.
    package static let chunkLineBytesMax = 128
    /// What follows the last chunk; read and not used.
    package static let trailerBytesMax = 4 << 10
    /// A request's own id; a longer one is replaced by one of ours.
    package static let requestIDBytesMax = 64
    /// Requests of one connection that may wait for their answers, or whose answers wait for earlier ones.
    package static let pipelinedMax = 1024
    /// Requests of an event loop that the log tells of as refused by the rules of HTTP: who scans a server sends many.
    package static let refusalsLoggedPerSecond = 1
    /// Pages that one read may ask for; a page is a hundred times as long as the request for it.
    package static let pagesPerRead = 16
}
