import Ledger
import LedgerFormat
import Records
import Registry
import Settlement
import TestSupport
import Testing

/// Rows of what is booked for persons beside settlements.
@Suite struct `Coding of second rounds and recognitions` {
    private static func amount(_ random: inout SeededRandom) -> Fen {
        Fen.random(in: -1_000_000_000_000_000...1_000_000_000_000_000, using: &random)
    }

    private static func position(_ random: inout SeededRandom) -> Position { Position(number: random.next() >> 8) }

    private static func secondRound(_ random: inout SeededRandom) -> SecondRoundPayment {
        var payment = SecondRoundPayment()
        payment.run = random.next()
        payment.round = UInt32.random(in: 1...UInt32.max, using: &random)
        payment.settlement = position(&random)
        payment.id = "id\(random.next())"
        payment.person = random.next()
        payment.year = Int32.random(in: 1900...2999, using: &random)
        payment.pack = UInt32.random(in: 1...9, using: &random)
        payment.fund = FundChange(.supplementary, "supplementary", amount(&random))
        payment.cash = amount(&random)
        payment.recoverable = amount(&random)
        payment.takesBack = Bool.random(using: &random) ? .none : position(&random)
        payment.reason = ["", "登记有误"].randomElement(using: &random) ?? ""
        payment.previousRecord = position(&random)
        return payment
    }

    private static func recognition(_ random: inout SeededRandom) -> RecognitionPayment {
        var payment = RecognitionPayment()
        payment.run = random.next()
        payment.person = random.next()
        payment.year = Int32.random(in: 1900...2999, using: &random)
        payment.pack = UInt32.random(in: 0...9, using: &random)
        let year = Int32.random(in: 1900...2999, using: &random)
        payment.event =
            Bool.random(using: &random)
            ? .settledUp(year: year, amount: amount(&random), recoverable: amount(&random))
            : .takenBack(year: year, on: CalendarDate(2024_06_01), reason: "查实有资产", amount: amount(&random))
        payment.fund = FundChange(.assistance, "assistance", amount(&random))
        payment.cash = amount(&random)
        payment.recoverable = amount(&random)
        for number in 0..<Int.random(in: 0...6, using: &random) {
            payment.parts.append(RecognitionPayment.Part(position(&random), "id\(number)", amount(&random)))
        }
        payment.previousRecord = position(&random)
        return payment
    }

    private static func bytes(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter()
        write(&writer)
        return [UInt8](writer.bytes)
    }

    @Test func `SY-4, YT-7: a row reads back as it was written`() throws {
        var random = SeededRandom.printed()
        for _ in 0..<1_000 {
            let round = Self.secondRound(&random)
            #expect(try Self.bytes { round.write(to: &$0) }.withUnsafeBytes { try SecondRoundPayment(row: $0) } == round)
            let paid = Self.recognition(&random)
            #expect(try Self.bytes { paid.write(to: &$0) }.withUnsafeBytes { try RecognitionPayment(row: $0) } == paid)
        }
    }

    @Test func `a row that is cut short is refused, and one that is garbled never ends the process`() {
        var random = SeededRandom.printed()
        for _ in 0..<100 {
            let (round, paid) = (Self.secondRound(&random), Self.recognition(&random))
            let rows: [([UInt8], (UnsafeRawBufferPointer) throws -> Void)] = [
                (Self.bytes { round.write(to: &$0) }, { _ = try SecondRoundPayment(row: $0) }),
                (Self.bytes { paid.write(to: &$0) }, { _ = try RecognitionPayment(row: $0) }),
            ]
            for (bytes, read) in rows {
                for count in bytes.indices {
                    #expect(throws: DamagedBytes.self) { try bytes[..<count].withUnsafeBytes { try read($0) } }
                }
                for _ in 0..<50 {
                    var garbled = bytes
                    garbled[Int.random(in: 2..<garbled.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                    garbled.withUnsafeBytes { try? read($0) }
                }
            }
        }
    }
}
