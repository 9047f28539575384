import Client
import LoadTest
import Logging
import Policy
import Population
import RPC
import Service
import Testing

@Suite struct `The figures of an answer` {
    /// Answers to `Calculate` by the real service, of claims of every region.
    private static func answers(_ count: Int) throws -> [[UInt8]] {
        var configuration = ServerConfiguration()
        configuration.eventLoopThreads = 1
        configuration.workers = 1
        configuration.drain = .milliseconds(0)
        let server = try Server(
            configuration: configuration, methods: Services.methods(ServedRegions(try PolicyLibrary.load().packs)),
            makeState: { _ in Services.makeState() }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let port = try server.start()
        defer { server.drain() }
        let client = try Client.connect(host: "127.0.0.1", port: port)
        var generator = Generator(Generator.Options(claims: Int64(4 * count), seed: 11))
        var answers: [[UInt8]] = []
        while answers.count < count, let person = generator.next() {
            for claim in person.claims {
                let row = ClaimRow(region: person.region.rawValue, person: person.person, claim: claim)
                let answer = try CalculationClient.pack(row).withUnsafeBytes {
                    try client.call(CalculationClient.calculate, $0)
                }
                answers.append(answer)
            }
        }
        return answers
    }

    /// Where the number of each figure begins: of the outcome, its layers and accounts, of the year.
    private static func places(_ message: [UInt8]) -> [Int] {
        var places: [Int] = []
        walk(message, 0..<message.count) { field, content in
            walk(message, content) { inner, content in
                switch (field, inner) {
                case (1, 1...13), (1, 16...17), (2, 1): places.append(content.lowerBound)
                case (1, 14): walk(message, content) { if $0 == 10 { places.append($1.lowerBound) } }
                case (1, 15): walk(message, content) { if $0 == 3 || $0 == 4 { places.append($1.lowerBound) } }
                case (2, 2): walk(message, content) { if $0 == 2 { places.append($1.lowerBound) } }
                default: break
                }
            }
        }
        return places
    }

    /// Tells `body` each field of the message in `range`, and where its content stands.
    private static func walk(_ bytes: [UInt8], _ range: Range<Int>, _ body: (Int, Range<Int>) -> Void) {
        var at = range.lowerBound
        func varint() -> Int {
            var value = 0
            var shift = 0
            while true {
                value |= Int(bytes[at] & 0x7F) << shift
                at += 1
                if bytes[at - 1] < 0x80 { return value }
                shift += 7
            }
        }
        while at < range.upperBound {
            let key = varint()
            var start = at
            switch key & 7 {
            case 0: _ = varint()
            case 1: at += 8
            case 5: at += 4
            default:
                let length = varint()
                start = at
                at += length
            }
            body(key >> 3, start..<at)
        }
    }

    private static func figures(_ message: [UInt8]) -> AnswerFigures? { message.withUnsafeBytes { AnswerFigures($0) } }

    @Test func `one that is off by the least is noticed, wherever it stands`() throws {
        var changed = 0
        for answer in try Self.answers(200) {
            let right = try #require(Self.figures(answer))
            for place in Self.places(answer) {
                var other = answer
                other[place] ^= 1
                changed += 1
                guard let wrong = Self.figures(other) else { continue }
                #expect(
                    wrong.sum != right.sum || wrong.layersPaid != right.layersPaid, "the number at byte \(place) of \(answer)")
            }
        }
        #expect(changed > 2_000, "\(changed) figures were changed")
    }

    @Test func `bytes that are cut anywhere are no answer, or one of other figures`() throws {
        for answer in try Self.answers(20) {
            let right = try #require(Self.figures(answer))
            for count in 0..<answer.count {
                guard let cut = Self.figures(Array(answer[..<count])) else { continue }
                #expect(cut.sum != right.sum || cut.layersPaid != right.layersPaid, "\(count) of \(answer.count) bytes")
            }
        }
    }

    @Test func `a checksum of bytes changes with each of them and with their number`() {
        let bytes = [UInt8](0..<41)
        let right = bytes.withUnsafeBytes { FigureSum.of($0) }
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 0x80
            #expect(other.withUnsafeBytes { FigureSum.of($0) } != right)
            #expect(bytes[..<index].withUnsafeBytes { FigureSum.of($0) } != right)
        }
        #expect((bytes + [0]).withUnsafeBytes { FigureSum.of($0) } != right)
    }
}
