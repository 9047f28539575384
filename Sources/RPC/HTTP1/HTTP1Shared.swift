import Glibc
import Logging

/// What the HTTP connections of one event loop share: constants, the date, the ids that it makes, the log.
final class HTTP1Shared {
    let settings: HTTPSettings
    let naming: ErrorNaming
    let gate: HTTP1Guard
    let bodyBytesMax: Int
    let requestLog: RequestLog
    private let chineseWording: ChineseWording?
    private let logger: Logger
    private var nextID = UInt64.random(in: 0 ... .max)
    private var dateSecond = 0
    private(set) var date = InlineArray<29, UInt8>(repeating: 0x20)
    /// Lines of the log in the present second.
    private var logged = (second: 0, refusals: 0)

    init(configuration: ServerConfiguration, requestLog: RequestLog, logger: Logger) {
        self.requestLog = requestLog
        settings = configuration.http
        naming = configuration.errorNaming
        gate = HTTP1Guard(listeningHost: configuration.host, allowed: configuration.http.hostNames)
        bodyBytesMax = configuration.frameBodyBytesMax
        chineseWording = configuration.chineseWording
        self.logger = logger
    }

    /// Why a request failed, in Chinese; nil: the server does not know how.
    func chinese(_ code: Int32, _ text: UnsafeRawBufferPointer) -> String? {
        chineseWording?(code, String(decoding: text, as: UTF8.self))
    }

    /// An id that no other request of this event loop has.
    func makeRequestID() -> HTTP1RequestID {
        // An odd step comes round to the first number after all others.
        nextID &+= 0x9E37_79B9_7F4A_7C15
        return HTTP1RequestID(nextID)
    }

    /// Looks at the clock, once for every read and every row of answers.
    func updateDate() {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        guard now.tv_sec != dateSecond else { return }
        dateSecond = now.tv_sec
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        let days: StaticString = "SunMonTueWedThuFriSat"
        let months: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
        func put(_ text: StaticString, _ index: Int32, at offset: Int) {
            for letter in 0..<3 { date[offset + letter] = text.utf8Start[Int(index) * 3 + letter] }
        }
        func put(_ number: Int32, _ digits: Int, at offset: Int) {
            var rest = number
            for digit in 0..<digits {
                date[offset + digits - 1 - digit] = 0x30 + UInt8(rest % 10)
                rest /= 10
            }
        }
        // "Sun, 06 Nov 1994 08:49:37 GMT"
        put(days, parts.tm_wday, at: 0)
        date[3] = UInt8(ascii: ",")
        put(parts.tm_mday, 2, at: 5)
        put(months, parts.tm_mon, at: 8)
        put(parts.tm_year + 1900, 4, at: 12)
        put(parts.tm_hour, 2, at: 17)
        date[19] = UInt8(ascii: ":")
        put(parts.tm_min, 2, at: 20)
        date[22] = UInt8(ascii: ":")
        put(parts.tm_sec, 2, at: 23)
        (date[26], date[27], date[28]) = (UInt8(ascii: "G"), UInt8(ascii: "M"), UInt8(ascii: "T"))
    }

    // MARK: The log

    /// Says which request is refused by the rules of HTTP, whatever it was for.
    func logRefusal(_ exchange: HTTP1Exchange, _ refusal: HTTP1Refusal) {
        if logged.second != dateSecond { logged = (dateSecond, 0) }
        logged.refusals += 1
        guard logged.refusals <= HTTP1Limits.refusalsLoggedPerSecond else { return }
        logger.notice("HTTP request \(exchange.id.text) is refused with status \(refusal.status): \(refusal.text)")
    }
}
