import Client
import Glibc
import Population
import RPC
import Records
import Registry
import Settlement

/// Settles claims for keeps, one a request, and works out beside the server what must be answered.
///
/// A person has one request under way at most, so that the calculator here and the ledger there see the person's
/// claims in the same order; what is refused leaves the year as it was. Some requests repeat an earlier id and content:
/// their answer must be the earlier one, byte for byte.
package final class SettleCalls: CallSource {
    /// Settlements that may be repeated: those of the last moments.
    private static let repeatableMax = 256
    /// Where a request's bytes have the serial of the id, and the person.
    private static let serialOffset = 2 + SettleWorld.idBytes - SettleWorld.serialBytes
    private static let personOffset = 2 + SettleWorld.idBytes + 1

    private struct Person {
        var world: Int
        var nextClaim = 0
        var serial: UInt64 = 0
        var isOut = false
        /// A call whose result is not known: nothing more can be expected of the year.
        var isLost = false
    }

    /// A settlement that has been answered.
    private struct Settled {
        var message: Int
        var person: Int
        var serial: UInt64
        var answer: UInt64
        var underWay = 0
    }

    private let world: SettleWorld
    private let reckoners: [Reckoner]
    private let heads: [CallHead]
    private let compression: Compression
    private var deflater = Deflater()
    private var inflater = Inflater()
    private var persons: [Person]
    /// `CalculatorLimit.slotsMax` accumulators a person.
    private let years: UnsafeMutablePointer<Fen>
    /// The messages of all claims of the persons, one after the other, and where each begins.
    private var messages: [UInt8] = []
    private var starts: [Int] = []
    private var firstMessage: [Int] = []
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    private var position = 0
    private var serial: UInt64
    private var settled: [Settled] = []
    private var oldest = 0
    private let duplicatesPerMille: Int64
    private var random: RandomStream

    /// - Parameters:
    ///   - persons: of the world; nobody else settles for them.
    ///   - part: number of the connection; the ids of different ones differ.
    package init(
        _ world: SettleWorld, persons: [Int], compression: Compression, duplicatesPerMille: Int, seed: UInt64, part: Int
    ) {
        precondition(!persons.isEmpty)
        self.world = world
        self.compression = compression
        self.duplicatesPerMille = Int64(duplicatesPerMille)
        reckoners = world.packs.map(Reckoner.init)
        heads = [CallHead(SettlementClient.settleMethod), CallHead(SettlementClient.settleMethod, compression)]
        self.persons = persons.map { Person(world: $0) }
        years = .allocate(capacity: persons.count * CalculatorLimit.slotsMax)
        years.initialize(repeating: 0, count: persons.count * CalculatorLimit.slotsMax)
        random = RandomStream(seed: seed, index: UInt64(part))
        serial = UInt64(part) << 40
        for person in persons {
            firstMessage.append(starts.count)
            for claim in world.persons[person].claims {
                starts.append(messages.count)
                messages += Self.message(world, person, claim)
            }
        }
        starts.append(messages.count)
    }

    deinit {
        years.deallocate()
        scratch.deallocate()
    }

    /// A request of the world's person and claim, with serial 0.
    static func message(_ world: SettleWorld, _ person: Int, _ claim: Int) -> [UInt8] {
        let known = world.claims[claim]
        let id = world.idHead + HexText.of(0, digits: SettleWorld.serialBytes)
        let number = world.persons[person].number
        let bytes = SettlementClient.pack(
            SettlementRequest(
                id: String(decoding: id, as: UTF8.self), person: number,
                institution: world.institutions[known.institution].code, ClaimRecord(known.claim)))
        let sent = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: personOffset, as: UInt64.self) }
        let isThere = bytes[2..<2 + id.count].elementsEqual(id) && UInt64(littleEndian: sent) == number
        precondition(isThere, "id and person stand first in a SettleRequest")
        return bytes
    }

    package func next(into request: inout OutgoingRequest) -> Int? {
        if duplicatesPerMille > 0, !settled.isEmpty, random.below(1000) < duplicatesPerMille {
            let index = Int(random.below(Int64(settled.count)))
            settled[index].underWay += 1
            put(settled[index].message, serial: settled[index].serial, into: &request)
            return -1 - index
        }
        for _ in persons.indices {
            let index = position
            position = index + 1 == persons.count ? 0 : index + 1
            if persons[index].isOut || persons[index].isLost { continue }
            serial += 1
            persons[index].isOut = true
            persons[index].serial = serial
            put(firstMessage[index] + persons[index].nextClaim, serial: serial, into: &request)
            return index
        }
        return nil
    }

    private func put(_ message: Int, serial: UInt64, into request: inout OutgoingRequest) {
        let bytes = starts[message]..<starts[message + 1]
        messages.withUnsafeBytes { all in
            _ = memcpy(scratch.baseAddress!, all.baseAddress! + bytes.lowerBound, bytes.count)
        }
        HexText.write(serial, to: scratch.baseAddress! + Self.serialOffset, digits: SettleWorld.serialBytes)
        let plain = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(scratch)[..<bytes.count])
        if compression != .none, let smaller = deflater.deflate(plain, compression) {
            request.put(heads[1], smaller)
        } else {
            request.put(heads[0], plain)
        }
    }

    package func judge(_ mark: Int, _ answer: Answer) -> Verdict {
        var message = answer.message
        if answer.compression != .none {
            do throws(CompressionError) {
                message = try inflater.inflate(message, answer.compression)
            } catch { return .wrong("\(error)") }
        }
        guard let figures = AnswerFigures(message) else { return .wrong("an answer to Settle does not parse") }
        return mark < 0 ? judgeAgain(-1 - mark, figures, message) : judgeFirst(mark, figures, message)
    }

    private func judgeFirst(_ index: Int, _ figures: AnswerFigures, _ message: UnsafeRawBufferPointer) -> Verdict {
        let person = persons[index]
        let known = world.persons[person.world]
        persons[index].isOut = false
        persons[index].nextClaim = person.nextClaim + 1 == known.claims.count ? 0 : person.nextClaim + 1
        let claim = world.claims[known.claims.lowerBound + person.nextClaim].claim
        let year = years + index * CalculatorLimit.slotsMax
        guard let expected = reckoners[known.pack].settle(claim, known.facts, year: year) else {
            persons[index].isLost = true
            return .wrong("person \(known.number): a claim that the calculator of this process refuses is settled")
        }
        guard figures.isRight(expected), figures.sequence != 0, isID(figures.id, person.serial) else {
            persons[index].isLost = true
            return .wrong(
                "\(text(person.serial)) of person \(known.number), number \(figures.sequence), is answered "
                    + "\(figures.text); it should be \(expected.text), in fen")
        }
        if duplicatesPerMille > 0 {
            remember(
                Settled(
                    message: firstMessage[index] + person.nextClaim, person: index, serial: person.serial,
                    answer: FigureSum.of(message)))
        }
        return .right(claims: 1, checksum: expected.sum.value)
    }

    private func judgeAgain(_ index: Int, _ figures: AnswerFigures, _ message: UnsafeRawBufferPointer) -> Verdict {
        settled[index].underWay -= 1
        guard FigureSum.of(message) == settled[index].answer else {
            return .wrong(
                "\(text(settled[index].serial)) was sent again and is answered \(figures.text), not with the bytes of "
                    + "the first answer")
        }
        return .right(claims: 1, checksum: figures.sum.value)
    }

    /// Keeps a settlement in the place of the oldest that is not under way.
    private func remember(_ one: Settled) {
        if settled.count < Self.repeatableMax { return settled.append(one) }
        if settled[oldest].underWay == 0 { settled[oldest] = one }
        oldest = oldest + 1 == settled.count ? 0 : oldest + 1
    }

    private func isID(_ bytes: UnsafeRawBufferPointer, _ serial: UInt64) -> Bool {
        guard bytes.count == SettleWorld.idBytes else { return false }
        let head = world.idHead.count
        HexText.write(serial, to: scratch.baseAddress!, digits: SettleWorld.serialBytes)
        return bytes.prefix(head).elementsEqual(world.idHead)
            && memcmp(bytes.baseAddress! + head, scratch.baseAddress!, SettleWorld.serialBytes) == 0
    }

    private func text(_ serial: UInt64) -> String {
        String(decoding: world.idHead + HexText.of(serial, digits: SettleWorld.serialBytes), as: UTF8.self)
    }

    package func failed(_ mark: Int, code: Int32?) {
        guard mark >= 0 else {
            settled[-1 - mark].underWay -= 1
            return
        }
        persons[mark].isOut = false
        if !Self.isRefusal(code) { persons[mark].isLost = true }
    }

    /// Whether the code says that nothing was recorded: error.proto, and brpc's codes for work that was not begun.
    static func isRefusal(_ code: Int32?) -> Bool {
        guard let code else { return false }
        return code != RPCErrorCode.internalError.rawValue && code != Int32(DomainCode.notConfirmed.rawValue)
    }
}
