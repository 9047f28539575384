import Client
import Glibc
import Population
import RPC
import Registry
import Settlement

/// Settles batches for keeps, and works out beside the server what must be answered.
///
/// The batches are made once; each sending has new ids, written into the message where they stand. A batch is under way
/// once at most, and its persons are in no other, so that both sides see a person's claims in the same order.
package final class SettleBatchCalls: CallSource {
    private struct Row {
        /// Index into the batch's years.
        var person: Int
        var claim: Int
    }

    private struct Batch {
        var message: UnsafeMutableRawBufferPointer
        /// Where the ids begin.
        var ids: Int
        var rows: [Row]
        /// Of the world.
        var persons: [Int]
        /// `CalculatorLimit.slotsMax` accumulators a person.
        var years: [Fen]
        var isOut = false
        var isLost = false
        /// Sent once more under the ids of the last time.
        var isRepeated = false
        /// Of the last outcomes; nil: there are none.
        var checksum: UInt64?
        /// The message as it was sent last, where that is compressed.
        var packed = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    private let world: SettleWorld
    private let reckoners: [Reckoner]
    private let heads: [CallHead]
    private let compression: Compression
    private var deflater = Deflater()
    private var inflater = Inflater()
    private var batches: [Batch]
    private var position = 0
    private var serial: UInt64
    private let duplicatesPerMille: Int64
    private var random: RandomStream

    /// - Parameters:
    ///   - persons: of each batch; nobody else settles for them.
    ///   - claims: of a batch.
    package init(
        _ world: SettleWorld, persons: [[Int]], claims: Int, compression: Compression, duplicatesPerMille: Int,
        seed: UInt64, part: Int
    ) {
        precondition(!persons.isEmpty && persons.allSatisfy { !$0.isEmpty })
        self.world = world
        self.compression = compression
        self.duplicatesPerMille = Int64(duplicatesPerMille)
        reckoners = world.packs.map(Reckoner.init)
        heads = [CallHead(SettlementClient.batchMethod), CallHead(SettlementClient.batchMethod, compression)]
        random = RandomStream(seed: seed, index: UInt64(part))
        serial = UInt64(part) << 40
        batches = persons.map { Self.batch(world, $0, claims: claims) }
    }

    deinit {
        for batch in batches {
            batch.message.deallocate()
            batch.packed.deallocate()
        }
    }

    /// Claims of the persons in turn, each person's in their own order.
    private static func batch(_ world: SettleWorld, _ persons: [Int], claims: Int) -> Batch {
        let request = SettleBatch()
        let id = world.idHead + HexText.of(0, digits: SettleWorld.serialBytes)
        var rows: [Row] = []
        for number in 0..<claims {
            let person = world.persons[persons[number % persons.count]]
            let claim = person.claims.lowerBound + number / persons.count % person.claims.count
            let known = world.claims[claim]
            let index = request.institution(world.institutions[known.institution].code)
            id.withUnsafeBytes { request.add(id: $0, person: person.number, institution: index, known.claim) }
            rows.append(Row(person: number % persons.count, claim: claim))
        }
        let packed = request.pack()
        let message = UnsafeMutableRawBufferPointer.allocate(byteCount: packed.count, alignment: 16)
        message.copyMemory(from: packed)
        var fields = WireFields(packed)
        guard let field = fields.next(), field.number == 1, let ids = fields.bytes(field),
            ids.count == claims * SettleWorld.idBytes, let base = packed.baseAddress, let first = ids.baseAddress
        else { preconditionFailure("a batch's ids stand first") }
        return Batch(
            message: message, ids: first - base, rows: rows, persons: persons,
            years: [Fen](repeating: 0, count: persons.count * CalculatorLimit.slotsMax))
    }

    package func next(into request: inout OutgoingRequest) -> Int? {
        for _ in batches.indices {
            let index = position
            position = index + 1 == batches.count ? 0 : index + 1
            if batches[index].isOut || batches[index].isLost { continue }
            let repeats =
                duplicatesPerMille > 0 && batches[index].checksum != nil
                && random.below(1000) < duplicatesPerMille
            batches[index].isOut = true
            batches[index].isRepeated = repeats
            if !repeats { number(index) }
            put(index, into: &request)
            return index
        }
        return nil
    }

    /// Writes new ids.
    private func number(_ index: Int) {
        let head = world.idHead.count
        var target = batches[index].message.baseAddress! + batches[index].ids + head
        for _ in batches[index].rows.indices {
            serial += 1
            HexText.write(serial, to: target, digits: SettleWorld.serialBytes)
            target += SettleWorld.idBytes
        }
    }

    private func put(_ index: Int, into request: inout OutgoingRequest) {
        let plain = UnsafeRawBufferPointer(batches[index].message)
        guard compression != .none, let smaller = deflater.deflate(plain, compression) else {
            return request.put(heads[0], plain)
        }
        // A large message leaves from where it lies, and the deflater's memory is used again.
        batches[index].packed.deallocate()
        batches[index].packed = .allocate(byteCount: smaller.count, alignment: 16)
        batches[index].packed.copyMemory(from: smaller)
        request.put(heads[1], UnsafeRawBufferPointer(batches[index].packed))
    }

    package func judge(_ mark: Int, _ answer: Answer) -> Verdict {
        batches[mark].isOut = false
        var message = answer.message
        if answer.compression != .none {
            do throws(CompressionError) {
                message = try inflater.inflate(message, answer.compression)
            } catch { return lost(mark, "\(error)") }
        }
        let came: SettleBatchAnswer
        do throws(ClientError) {
            came = try SettleBatchAnswer(message, settlements: batches[mark].rows.count)
        } catch { return lost(mark, "\(error)") }
        if came.errorCount > 0 {
            batches[mark].isLost = true
            return .refused(code: came.error(0).code)
        }
        return batches[mark].isRepeated ? judgeAgain(mark, came) : judgeFirst(mark, came)
    }

    private func lost(_ index: Int, _ text: String) -> Verdict {
        batches[index].isLost = true
        return .wrong(text)
    }

    private func judgeFirst(_ index: Int, _ came: SettleBatchAnswer) -> Verdict {
        var all = FigureSum()
        for number in batches[index].rows.indices {
            let row = batches[index].rows[number]
            let person = world.persons[batches[index].persons[row.person]]
            let claim = world.claims[row.claim].claim
            let expected = batches[index].years.withUnsafeMutableBufferPointer { years in
                reckoners[person.pack].outcome(
                    claim, person.facts, year: years.baseAddress! + row.person * CalculatorLimit.slotsMax)
            }
            let outcome = came.outcome(number)
            guard let expected, outcome == expected, outcome.isConserving(total: claim.cost.total),
                came.sequence(number) != 0, !came.exists(number)
            else {
                let should = expected.map { ExpectedFigures.text($0, total: claim.cost.total) } ?? "refused"
                return lost(
                    index,
                    "settlement \(number) of a batch, person \(person.number), number \(came.sequence(number)), is "
                        + "answered \(ExpectedFigures.text(outcome, total: claim.cost.total)); it should be \(should)")
            }
            all.add(Self.sum(outcome, claim), of: number)
        }
        batches[index].checksum = all.value
        return .right(claims: batches[index].rows.count, checksum: all.value)
    }

    private func judgeAgain(_ index: Int, _ came: SettleBatchAnswer) -> Verdict {
        var all = FigureSum()
        for number in batches[index].rows.indices {
            guard came.exists(number) else {
                return lost(index, "settlement \(number) of a batch that was sent again is settled again")
            }
            all.add(Self.sum(came.outcome(number), world.claims[batches[index].rows[number].claim].claim), of: number)
        }
        guard all.value == batches[index].checksum else {
            return lost(index, "a batch that was sent again is answered with other outcomes than the first time")
        }
        return .right(claims: batches[index].rows.count, checksum: all.value)
    }

    private static func sum(_ outcome: RowOutcome, _ claim: Claim) -> FigureSum {
        var one = FigureSum()
        one.add(outcome, total: claim.cost.total)
        return one
    }

    package func failed(_ mark: Int, code: Int32?) {
        batches[mark].isOut = false
        if !SettleCalls.isRefusal(code) { batches[mark].isLost = true }
        // Nothing was recorded, or nothing is known: these ids are not sent again.
        batches[mark].checksum = nil
    }
}
