/// The private state of one server thread: every event loop and every worker has one.
package final class WorkerContext {
    // Unchecked exclusivity: one thread has it, and nothing that is handed one of these reaches the context through
    // another way; the checks at run time cost as much as looking up a method.

    /// Event loops first, workers after them, the sequencer last: 0 ... eventLoopThreads + workers.
    package let index: Int
    /// Reset before every request: what a handler unpacks into it lives until the handler returns.
    @exclusivity(unchecked) package internal(set) var arena: Arena
    /// Made once by the factory given to the server; services keep their scratch in it.
    package let state: AnyObject

    /// The request that is being worked on.
    @exclusivity(unchecked) package internal(set) var call = Call()

    /// Whether the present request asks for failures in Chinese: also those of single items inside its answer.
    package internal(set) var answersInChinese = false

    /// A request that came as JSON, as protobuf; an answer as JSON.
    @exclusivity(unchecked) var requestMessage: [UInt8] = []
    @exclusivity(unchecked) var answerText: [UInt8] = []

    /// Who calls before anything is known of him.
    let strangers: Caller
    /// Who sent the request that is being worked on. Of a server that knows its callers it is nobody until one is found
    /// out, so that what is forgotten is refused.
    @exclusivity(unchecked) package internal(set) var caller: Caller

    /// The connection that was read last, on an event loop; for lines of the log.
    ///
    /// Safe: asked only while that read is answered, when the connection is held by who reads it.
    @exclusivity(unchecked) unowned(unsafe) var reading: Connection?

    let counters: Counters
    var inflater: Inflater
    var deflater = Deflater()

    package init(index: Int, configuration: ServerConfiguration, state: AnyObject) {
        self.index = index
        self.state = state
        strangers = configuration.access?.isGuarded ?? false ? .nobody : .everybody
        caller = strangers
        arena = Arena(bytesMax: configuration.arenaBytesMax)
        inflater = Inflater(bytesMax: configuration.inflatedBytesMax)
        counters = Counters()
    }

    /// Gives back what a large message in JSON took.
    func trimForms() {
        if requestMessage.capacity > Limits.scratchKeptBytes { requestMessage = [] }
        if answerText.capacity > Limits.scratchKeptBytes { answerText = [] }
    }
}
