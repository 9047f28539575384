/// Every limit of the transport: unit in the name, the reason beside it. A test asserts how they relate.
package enum Limits {
    // MARK: Frames and messages

    /// The body (meta, message, attachment) of one packet: brpc's own default, room for a batch of 65,536 claims.
    package static let frameBodyBytesMax = 64 << 20
    /// The size that a compressed message may inflate to: the same as for a plain one.
    ///
    /// No limit on the ratio beside it: deflate cannot exceed 1,032 : 1, and a year of equal rows comes near that.
    package static let inflatedBytesMax = frameBodyBytesMax
    /// One answer's message: a client with brpc's default could not read more.
    package static let replyBytesMax = frameBodyBytesMax - 4096
    /// An answer below this is sent plain: the saving is less than a packet, the cost some 20 µs.
    package static let compressReplyBytesMin = 1024
    /// zlib's fastest level: columns of amounts shrink to within a tenth of what the default reaches, at a third of
    /// its time.
    package static let compressionLevel = 1
    /// An error text: enough for a field, its value, a rule and what to do.
    package static let errorTextBytesMax = 1024
    /// The same in Chinese, which says what the code means and keeps the English detail behind it.
    package static let chineseTextBytesMax = 2048
    /// Bytes of a client's text quoted in an error text; longer ones are cut.
    package static let quotedNameBytesMax = 128

    /// Bytes of an `accept-language` that are looked at: browsers send some fifty.
    package static let languageListBytesMax = 256

    /// Bytes of the code that names an operator: personnel numbers have some ten, addresses of mail some thirty.
    package static let operatorBytesMax = 64

    // MARK: Memory

    /// What unpacking one request may take in the arena: a largest frame in columns needs about twice its size,
    /// row-wise messages about five times.
    package static let arenaBytesMax = 256 << 20
    /// The first chunk of an arena: unary requests stay inside.
    package static let arenaFirstBytes = 64 << 10
    /// What an arena keeps between requests: a largest batch in columns, whose pages the system would else clear anew
    /// for each one.
    package static let arenaKeptBytes = 24 << 20
    /// Arenas kept for requests that are worked on in steps: one that is worked on, one that is prepared or answered.
    package static let arenasKept = 2
    /// A message of an unstepped sequencer method, plain or inflated: reading it takes a few milliseconds at most; our
    /// largest has about 10 KB.
    package static let sequencedMessageBytesMax = 256 << 10
    /// A plain message of a stepped method up to this size is also prepared and answered on the sequencer: about 1,000
    /// settlements, whose columns take some 10 µs to read.
    package static let preparedHereBytesMax = 128 << 10
    /// Scratch (inflated message, answers, frame) that is kept for reuse; more is given back.
    package static let scratchKeptBytes = 256 << 10
    /// A connection's frames under construction and unsent answers above this count against `heldBytesMax`.
    package static let heldBytesFree = 64 << 10
    /// All connections' frames under construction and unsent answers together: the server's budget against many
    /// large frames that never end and many readers that stop.
    package static let heldBytesMax = 1 << 30
    /// One part in this many (an eighth: two largest frames) is kept free by closing the connections that hold most for
    /// longest; it serves requests that arrive while those close.
    package static let heldBytesReservedPart = 8
    /// What a connection holds makes no progress when it has not grown or shrunk by `heldBytesFree` for this long: a
    /// peer slower than 64 KB/s would need a quarter of an hour for a largest frame. A packet that does not end within
    /// it may have to give way to a new connection.
    package static let stalledNanoseconds: UInt64 = 1_000_000_000
    /// Connections told to close in one pass; the next allocation starts another pass.
    package static let evictionsMax = 16

    // MARK: Connections

    /// Connections at once: a province's hospitals, with a file descriptor each.
    package static let connectionsMax = 10_000
    /// Of these, the part that one address leaves to the others (a tenth): hospitals behind one router are one address.
    package static let connectionsReservedPart = 10
    /// File descriptors left for everything that is not a connection.
    package static let descriptorsReserved = 128
    /// New connections that wait at once for idle ones to close; until then both have a descriptor.
    package static let givingWayMax = 64
    /// Idle connections that are asked for one new one: each may have become busy since it was chosen.
    package static let givingWayTries = 8
    /// TLS handshakes under way at once, with some 100 KB each at most; above it the one that began first gives way.
    package static let handshakesMax = 1024
    /// Connections of an event loop up to which TLS sessions keep their buffers, 33 KiB each, between requests.
    package static let bufferedSessionsMax = 256
    /// How long accepting rests when the system has no descriptor for a connection.
    package static let acceptPauseMilliseconds = 100
    /// Requests of one connection waiting for workers; beyond it the connection is not read.
    package static let inFlightPerConnectionMax = 4096
    /// Unsent answers of one connection beyond which it is not read, and workers leave its requests alone: what it
    /// holds is bounded by this and the answers just being made, and a reader that makes progress is never cut off.
    package static let pendingWritePauseBytes = 1 << 20
    /// A read: the largest piece one system call takes; starts smaller and grows with the traffic.
    package static let readBytesMax = 256 << 10
    package static let readBytesFirst = 16 << 10
    package static let readBytesMin = 4 << 10

    // MARK: Time

    /// A frame that has begun must end within this; 64 MiB then need 2.2 MB/s.
    package static let partialFrameSeconds = 30
    /// A TLS handshake has to be done within this: three round trips on a bad line.
    package static let handshakeSeconds = 10
    /// A connection whose answers do not leave is closed after this.
    package static let slowReaderSeconds = 20
    /// A connection without a request under way or half read is closed after this: pools ask again within minutes.
    package static let idleMinutes = 10
    package static let idleMinutesMax = 7 * 24 * 60
    /// A silent peer is asked after this whether it is there, then this often, so many times: one that is gone is found
    /// within two minutes.
    package static let keepAliveIdleSeconds: Int32 = 60
    package static let keepAliveIntervalSeconds: Int32 = 15
    package static let keepAliveProbes: Int32 = 4
    /// In-flight work at shutdown gets this long.
    package static let drainSeconds = 10
    /// After the last connection is closed, a commit and other last work may take this long.
    package static let lastWorkSeconds = 5
    /// While draining, a connection without work that is silent this long is finished.
    package static let drainQuietMilliseconds = 200
    /// After our side is finished the peer has this long to close too; a reset could overtake the last answers.
    package static let lingerSeconds = 2
    /// How often an event loop looks at its connections' clocks.
    package static let sweepMilliseconds = 100
    /// A call that names no deadline has none; one that names more than a day has a day.
    package static let timeoutMillisecondsMax: Int32 = 86_400_000

    /// Lines a second of the log for requests that were slow or failed; further ones are counted.
    package static let requestLinesPerSecond = 10

    // MARK: Where work is done

    /// Requests of one read that the event loop answers itself; the rest of a larger burst goes to a worker.
    package static let inlineBurstMax = 512
    /// Largest plain message that the event loop answers itself. Compressed ones never are: at 1,032 : 1 a few
    /// kilobytes are a third of a second's work, and every connection of the event loop would wait.
    package static let inlineMessageBytesMax = 16 << 10
    /// The same of a message in JSON, which takes several times as long to read: some ten microseconds.
    package static let inlineTextBytesMax = 4 << 10
    /// Largest plain message that a `.workerUnlessAlone` method handles on the event loop: about 1,000 claims, 0.1 ms.
    package static let inlineAloneBytesMax = 64 << 10
    /// Requests without affinity stay together on one worker up to this many bytes, then the least busy one is next.
    package static let burstSpreadBytes = 16 << 10
    /// Requests waiting in one worker's queue; at 5 µs each a fifth of a second of work is waiting at most.
    package static let workerQueueRequestsMax = 32_768
    /// Bytes of requests waiting in one worker's queue: two largest frames.
    package static let workerQueueBytesMax = 2 * frameBodyBytesMax
    /// Requests and answers of the sequencer that wait to be made durable, in bytes: the largest answer beside the one
    /// being written, or several of the usual largest batches. Above it the sequencer waits.
    package static let uncommittedBytesMax = 64 << 20
    /// Requests that wait to be made durable; at 2 µs each a thirtieth of a second's work.
    package static let uncommittedRequestsMax = 16_384
    /// Answers gathered before they are handed on: large enough to share a system call, small enough to flow.
    package static let handoverBytes = 256 << 10
    package static let handoverRequests = 512
    /// The same on the sequencer: while the first are made durable, the others of a burst are worked on.
    package static let groupRequests = 64
    /// Consecutive lone requests of one connection, with no other client's between them, after which the event loop
    /// makes their commits too: there is no group to share a commit with.
    package static let loneRequestsMin = 16
    /// A commit within this is quick: little more than a usual one, and short enough to block an event loop.
    package static let quickCommitNanoseconds: UInt64 = 2_000_000
    /// Quick commits in a row that a store has to show before an event loop makes one, and again after a slow one.
    package static let quickCommitsMin = 64
    /// Commits on event loops after which the committing thread does its housekeeping.
    package static let commitsPerTidy = 64
    /// Largest burst that the event loop runs in the sequencer's stead: about 20 µs of work, as long as the thread hops
    /// that it saves.
    package static let briefRequestsMax = 4
    /// Bursts between two pieces of background work on a busy sequencer.
    package static let burstsPerPiece = 64
    /// Length of a turn: how long one connection is served while others wait, give or take one request or step.
    package static let turnNanoseconds: UInt64 = 1_000_000
    /// Length of a large request's turn while only other large ones wait: usually enough for all of it.
    package static let largeTurnNanoseconds: UInt64 = 200_000_000
    /// Turns of large requests that share a commit while no answer waits for it.
    package static let turnsPerCommit = 4
    /// Brief requests between two looks at the clock.
    package static let requestsPerLook = 16
    /// Estimated work of one connection that may wait in one queue; more is refused. The refusal tells the client to
    /// retry when half of it is done.
    package static let backlogPerConnectionMilliseconds = 400
    /// A connection with more than this part of its backlog waiting is not read: large requests wait with their sender
    /// before any is refused.
    package static let readShare = 3
    /// One address may have as much waiting as this many connections.
    package static let connectionsPerAddressShare = 8
    /// A connection below this part of its backlog is light: accepted whatever other connections of its address have
    /// waiting.
    package static let lightShare = 32
    /// A brief request counts for no more than this, whatever the clock says.
    package static let shortNanosecondsMax: UInt64 = 50_000
    /// One part in this many of the time that long work was blocked (disk, no core) is charged to it.
    package static let waitingPart: UInt64 = 8
    /// A unit of estimated work: a request, and as many of its bytes.
    package static let unitBytes = 256
    package static let unitsPerCompressedByte = 4
    /// What a unit is taken to cost until some were measured, and how many measured ones that counts for.
    package static let unitNanosecondsFirst = 2_000
    package static let unitsFirst = 64
    /// Units that the mean covers: enough that one preemption does not shift it.
    package static let unitsLearnt = 1_024
    /// Longest measurement that is accepted: a day.
    package static let learntNanosecondsMax: UInt64 = 86_400_000_000_000
    /// Reader threads, for methods that read much.
    package static let readers = 2
    /// Niceness: when cores are short, event loops and the sequencer run before workers, and workers before readers.
    package static let workerNiceness: Int32 = 4
    package static let readerNiceness: Int32 = 10
    /// Recycled bursts an event loop keeps.
    package static let burstsKept = 64
    /// Event loops and workers: bits of one word say who waits for room.
    package static let eventLoopsMax = 64
    package static let workersMax = 256
    /// Methods of a server: the look-up is linear.
    package static let methodsMax = 256
    /// Bytes of a caller's token: those that are made here have 46.
    package static let tokenBytesMax = 512
    /// Tokens of nobody that an address may send before its tokens wait, and for how long they do at most.
    package static let wrongTokensFree = 5
    package static let wrongTokenWaitSecondsMax = 30
    /// After so long without a wrong one an address starts anew.
    package static let wrongTokensForgottenNanoseconds: UInt64 = 120_000_000_000
    /// Addresses that are watched for wrong tokens; a few dozen bytes each.
    package static let wrongTokenAddressesMax = 4_096
}
