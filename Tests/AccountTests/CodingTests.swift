import Accounts
import Records
import Registry
import Settlement
import TestSupport
import Testing

/// Events and snapshots as bytes.
@Suite struct `Account records as bytes` {
    static func movement(_ random: inout SeededRandom) -> AccountMovement {
        switch random.number(0...10) {
        case 0:
            return .monthlyCredit(
                CreditMonth(index: random.number(0...13_199))!, CreditBasis.allCases.randomElement(using: &random)!)
        case 1: return .credit(OtherCredit.allCases.randomElement(using: &random)!, reason: random.text())
        case 2:
            return .use(
                UsePurpose.allCases.randomElement(using: &random)!, beneficiary: random.next(),
                institution: random.text())
        case 3: return .transferredIn(region: random.text())
        case 4: return .transferredOut(region: random.text())
        case 5: return .inherited(from: random.next())
        case 6: return .bequeathed(reason: random.text())
        case 7: return .takenBack(reason: random.text())
        case 8:
            return .use(
                UsePurpose.allCases.randomElement(using: &random)!, beneficiary: random.next(),
                institution: random.text(), region: random.text())
        case 9:
            return .refund(
                of: random.next(), UsePurpose.allCases.randomElement(using: &random)!, institution: random.text(),
                region: random.text(), reason: random.text())
        default: return .deregistered(reason: random.text())
        }
    }

    static func event(_ random: inout SeededRandom) -> AccountEvent {
        let movement = movement(&random)
        let amount = Fen(random.number(0...random.number(0...1_000_000_000_000)))
        let request = random.number(0...1) == 0 ? nil : AccountRequest(id: random.text(), digest: random.next())
        return AccountEvent(
            owner: random.next() >> random.number(0...63), movement, amount: movement.isCredit ? amount : -amount,
            balance: Fen(random.number(0...1_000_000_000_000_000)), previous: random.next() >> random.number(0...63),
            request: request)
    }

    static func bytes(_ event: AccountEvent) -> [UInt8] {
        var writer = ByteWriter()
        event.encode(to: &writer)
        return [UInt8](writer.bytes)
    }

    static func read(_ bytes: [UInt8]) -> (event: AccountEvent, left: Int)? {
        bytes.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            return (try? AccountEvent(from: &reader)).map { ($0, reader.left) }
        }
    }

    @Test func `an event reads back as it was written`() {
        var random = SeededRandom.printed("events")
        for _ in 0..<20_000 {
            let event = Self.event(&random)
            let read = Self.read(Self.bytes(event))
            if read?.event != event || read?.left != 0 { Issue.record("\(event) reads as \(String(describing: read))") }
        }
    }

    @Test func `an event cut short is damaged; garbled it is damaged or another, and never more than was there`() {
        var random = SeededRandom.printed("damaged events")
        for _ in 0..<1_000 {
            let whole = Self.bytes(Self.event(&random))
            #expect((0..<whole.count).allSatisfy { Self.read(Array(whole.prefix($0))) == nil })
            for _ in 0..<20 {
                var bytes = whole
                for _ in 0..<random.number(1...3) {
                    bytes[random.number(0...bytes.count - 1)] = UInt8(random.number(0...255))
                }
                // Whatever is read can be written and read again.
                guard let read = Self.read(bytes) else { continue }
                if Self.read(Self.bytes(read.event))?.event != read.event { Issue.record("\(bytes)") }
            }
        }
    }

    @Test func `an amount against its movement is damage`() {
        let event = AccountEvent(
            owner: 1, .monthlyCredit(month(2024_01), .active), amount: -1, balance: 0, previous: 0)
        #expect(Self.read(Self.bytes(event)) == nil)
        let use = AccountEvent(
            owner: 1, .use(.pharmacy, beneficiary: 1, institution: ""), amount: 1, balance: 0, previous: 0)
        #expect(Self.read(Self.bytes(use)) == nil)
        let large = AccountEvent(owner: 1, .inherited(from: 2), amount: Fen.max, balance: 0, previous: 0)
        #expect(Self.read(Self.bytes(large)) == nil)
    }

    @Test func `a monthly credit takes 23 bytes of the journal`() {
        let event = AccountEvent(
            owner: 500_000_000, .monthlyCredit(month(2024_01), .active), amount: 166_67, balance: 2_000_00,
            previous: 1_000_000 << 16)
        #expect(Self.bytes(event).count == 23)
    }

    @Test func `an account that is credited alike every month has nothing besides its record`() {
        let book = AccountBook()
        for (count, index) in (1_488..<1_608).enumerated() {
            let event = AccountEvent(
                owner: 1, .monthlyCredit(CreditMonth(index: index)!, .retired), amount: 105_00,
                balance: 105_00 * Fen(count + 1), previous: UInt64(count))
            book.apply(event, at: UInt64(count + 1), recorded: Moment(milliseconds: 0))
        }
        #expect(book.mismatch == nil && book.detailCount == 0)
    }

    @Test func `an account is 48 bytes, with its place in the index at most 112`() {
        #expect(AccountBook.bytesPerAccount == 112)
    }

    @Test func `a damaged snapshot is refused or another account, and the book stays whole`() throws {
        let (ledger, _) = try Interleaving(steps: 2_000).run()
        var random = SeededRandom.printed("damaged snapshots")
        for (owner, whole) in ledger.accounts.snapshots {
            for _ in 0..<200 {
                var bytes = whole
                if random.number(0...1) == 0 {
                    bytes.removeLast(random.number(1...bytes.count))
                } else {
                    bytes[random.number(0...bytes.count - 1)] = UInt8(random.number(0...255))
                }
                let book = AccountBook()
                let isRead = bytes.withUnsafeBytes { bytes in
                    var reader = ByteReader(bytes)
                    return (try? book.decodeSnapshot(of: owner, from: &reader)) != nil
                }
                if book.count != (isRead ? 1 : 0) || book.total < 0 { Issue.record("\(bytes)") }
            }
        }
    }

    @Test func `records that do not fit are noticed, each by its kind`() {
        func mismatch(_ change: (AccountBook) -> Void) -> AccountMismatch.Kind? {
            let book = AccountBook()
            let first = AccountEvent(
                owner: 1, .monthlyCredit(month(2024_01), .active), amount: 5, balance: 5, previous: 0)
            book.apply(first, at: 1, recorded: Moment(milliseconds: 0))
            change(book)
            return book.mismatch?.kind
        }
        func event(_ movement: AccountMovement, _ amount: Fen, _ balance: Fen, previous: UInt64 = 1) -> AccountEvent {
            AccountEvent(owner: 1, movement, amount: amount, balance: balance, previous: previous)
        }
        let credit = AccountMovement.credit(.refund, reason: "退费")
        let moment = Moment(milliseconds: 0)
        #expect(mismatch { _ in } == nil)
        #expect(mismatch { $0.apply(event(credit, 1, 6), at: 2, recorded: moment) } == nil)
        #expect(mismatch { $0.apply(event(credit, 1, 7), at: 2, recorded: moment) } == .balance)
        #expect(mismatch { $0.apply(event(credit, 1, 6, previous: 0), at: 2, recorded: moment) } == .order)
        #expect(mismatch { $0.apply(event(.deregistered(reason: ""), -6, -1), at: 2, recorded: moment) } == .belowZero)
        #expect(
            mismatch { $0.apply(event(.monthlyCredit(month(2024_01), .active), 1, 6), at: 2, recorded: moment) }
                == .monthTwice)
        #expect(mismatch { _ = $0.use(6, of: 1, at: 2) } == .belowZero)
        #expect(mismatch { _ = $0.use(1, of: 2, at: 2) } == .belowZero)
        #expect(
            mismatch {
                $0.apply(event(.transferredOut(region: ""), 0, 5), at: 2, recorded: moment)
                _ = $0.use(1, of: 1, at: 3)
            } == .closed)
    }
}
