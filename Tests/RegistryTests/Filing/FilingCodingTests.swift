import Policy
import Records
import Registry
import Settlement
import TestSupport
import Testing

@Suite struct `Filings in the journal and in snapshots` {
    static let diseases = ["diabetes", "copd", "dialysis", "高血压"]

    static func card(_ random: inout SeededRandom) -> Card {
        Card(
            number: UInt64(random.number(1...1_000_000)), disease: random.pick(diseases), since: random.day(),
            medium: random.pick(CardMedium.allCases), way: random.pick(FilingWay.allCases),
            qualification: UInt32(random.number(1...1_000)))
    }

    static func qualification(_ random: inout SeededRandom) -> Qualification {
        let number = UInt32(random.number(1...1_000))
        return Qualification(
            number: number, disease: random.pick(diseases),
            inForce: DateRange(from: random.day(), until: random.chance(50) ? .none : random.day()),
            institution: UInt32(random.number(0...1_000_000)), way: random.pick(FilingWay.allCases),
            corrects: UInt32(random.number(0...Int(number) - 1)), isWithdrawn: random.chance(10))
    }

    static func application(_ random: inout SeededRandom) -> ApplicationEvent {
        let experts = ["E1", "E2"]
        switch random.number(1...7) {
        case 1:
            return .received(
                disease: random.pick(diseases), papers: AppraisalDesk.papers, servicePoint: 5, on: random.day())
        case 2: return .checked(on: random.day())
        case 3: return .returned(on: random.day(), reason: random.text())
        case 4: return .passedOn(on: random.day(), dueMonth: random.day().monthIndex)
        case 5: return .approved(card(&random), experts: experts)
        case 6:
            return .refused(on: random.day(), isGreenChannel: random.chance(50), experts: experts, reason: random.text())
        default: return .told(random.pick(FeedbackRecipient.allCases), on: random.day())
        }
    }

    static func suspicion(_ random: inout SeededRandom) -> SuspicionEvent {
        switch random.number(1...3) {
        case 1:
            return .listed(
                disease: random.pick(diseases), random.pick(SuspicionSource.allCases), month: random.day().monthIndex,
                on: random.day())
        case 2: return .carded(card(&random))
        default: return .closed(on: random.day(), reason: random.text())
        }
    }

    static func event(_ random: inout SeededRandom) -> FilingEvent {
        let person = UInt64(random.number(1...5))
        let number = UInt32(random.number(1...5))
        switch random.number(1...7) {
        case 1: return .designated(institution: number, random.pick([.certifier, .servicePoint, [], .all]))
        case 2: return .qualified(person: person, qualification(&random))
        case 3: return .application(person: person, number: number, application(&random))
        case 4:
            return .expert(
                Expert(
                    code: "E\(number)", title: "chief_physician", institution: number,
                    inForce: DateRange(from: random.day())))
        case 5: return .suspicion(person: person, number: number, suspicion(&random))
        case 6:
            return .contract(
                person: person, OutpatientContract(institution: number, since: random.day(), until: random.day()))
        default:
            return .survey(
                person: person,
                SurveyEntry(
                    area: random.pick(diseases), surveyed: random.day(), knowsPolicy: random.pick(SurveyAnswer.allCases),
                    needsTwoDisease: random.pick(SurveyAnswer.allCases), solved: random.text(), unsolved: random.text()))
        }
    }

    static func recognition(_ random: inout SeededRandom) -> RecognitionEvent {
        let amounts = (0..<3).map { _ in Fen(random.number(0...100_000_000)) }
        let change = Fen(random.number(0...200_000_000)) - 100_000_000
        switch random.number(1...6) {
        case 1: return .applied(on: random.day())
        case 2: return .refused(year: random.day().year, on: random.day(), reason: random.text())
        case 3:
            return .recognised(
                year: random.day().year, on: random.day(),
                RecognitionTerms(threshold: amounts[0], ratio: 6_000, limit: amounts[1], monthsBefore: 12),
                burden: amounts[2], outside: amounts[0], paid: amounts[1])
        case 4: return .paidOutstanding(year: random.day().year, amounts[0])
        case 5: return .settledUp(year: random.day().year, amount: change, recoverable: -change)
        default: return .takenBack(year: random.day().year, on: random.day(), reason: random.text(), amount: change)
        }
    }

    /// Reads every cut and every flipped bit of `bytes`: refused or read, never a crash.
    static func torture(_ bytes: [UInt8], _ random: inout SeededRandom, _ read: (inout ByteReader) -> Bool) {
        for count in 0..<bytes.count {
            bytes[..<count].withUnsafeBytes { cut in
                var reader = ByteReader(cut)
                #expect(!read(&reader) || !reader.isAtEnd || count == bytes.count, "\(count) of \(bytes)")
            }
        }
        for _ in 0..<20 {
            var garbled = bytes
            garbled[random.number(0...(bytes.count - 1))] ^= UInt8(1 << random.number(0...7))
            garbled.withUnsafeBytes { garbled in
                var reader = ByteReader(garbled)
                _ = read(&reader)
            }
        }
    }

    @Test func `every event reads back as it was written, and damage is refused or read without a crash`() {
        var random = SeededRandom.printed("filing events")
        for _ in 0..<3_000 {
            let event = Self.event(&random)
            var writer = ByteWriter()
            event.encode(to: &writer)
            var reader = ByteReader(writer.bytes)
            #expect((try? FilingEvent(from: &reader)) == event && reader.isAtEnd)
            Self.torture(Array(writer.bytes), &random) { reader in (try? FilingEvent(from: &reader)) != nil }
        }
        for _ in 0..<1_000 {
            let event = Self.recognition(&random)
            var writer = ByteWriter()
            event.encode(to: &writer)
            var reader = ByteReader(writer.bytes)
            #expect((try? RecognitionEvent(from: &reader)) == event && reader.isAtEnd)
            Self.torture(Array(writer.bytes), &random) { reader in (try? RecognitionEvent(from: &reader)) != nil }
        }
    }

    @Test func `noise is never read past its end`() {
        var random = SeededRandom.printed("filing noise")
        for _ in 0..<50_000 {
            let noise = (0..<random.number(0...40)).map { _ in UInt8(random.number(0...255)) }
            noise.withUnsafeBytes { noise in
                var event = ByteReader(noise)
                // What can be read can be applied, whatever it says.
                if let event = try? FilingEvent(from: &event) {
                    FilingRegister().apply(event, recorded: Moment(milliseconds: 0))
                }
                var state = ByteReader(noise)
                _ = try? RecognitionState(from: &state)
                let register = FilingRegister()
                var whole = ByteReader(noise)
                try? register.decodeSnapshot(from: &whole)
                var person = ByteReader(noise)
                try? register.decodeSnapshot(of: 1, from: &person)
            }
        }
    }

    /// What a register holds, as its snapshots.
    static func image(_ register: FilingRegister) -> [[UInt8]] {
        var images: [[UInt8]] = []
        var writer = ByteWriter()
        register.encodeSnapshot(to: &writer)
        images.append(Array(writer.bytes))
        for person in register.persons.sorted() {
            writer.removeAll()
            register.encodeSnapshot(of: person, to: &writer)
            images.append(Array(writer.bytes))
        }
        return images
    }

    @Test func `a register read from its snapshots is the same, in whatever order the persons come`() throws {
        var random = SeededRandom.printed("filing snapshots")
        for _ in 0..<200 {
            let register = FilingRegister()
            for second in 0..<random.number(0...200) {
                register.apply(Self.event(&random), recorded: Moment(milliseconds: Int64(second) * 1_000))
            }
            let restored = FilingRegister()
            var writer = ByteWriter()
            for person in register.persons.shuffled(using: &random) {
                writer.removeAll()
                register.encodeSnapshot(of: person, to: &writer)
                var reader = ByteReader(writer.bytes)
                try restored.decodeSnapshot(of: person, from: &reader)
                #expect(reader.isAtEnd)
                Self.torture(Array(writer.bytes.prefix(300)), &random) { reader in
                    (try? FilingRegister().decodeSnapshot(of: person, from: &reader)) != nil
                }
            }
            writer.removeAll()
            register.encodeSnapshot(to: &writer)
            var reader = ByteReader(writer.bytes)
            try restored.decodeSnapshot(from: &reader)
            #expect(reader.isAtEnd && Self.image(restored) == Self.image(register))
            let month = CalendarDate(2026_01_01).monthIndex
            #expect(restored.awaiting(month: month) == register.awaiting(month: month))
            #expect(restored.openSuspicions(month: month) == register.openSuspicions(month: month))
            #expect(restored.untold() == register.untold())
            #expect(
                restored.persons.sorted().map { restored.cards(of: $0) }
                    == register.persons.sorted().map { register.cards(of: $0) })
        }
    }

    @Test func `a recognition state reads back as it was written`() throws {
        var random = SeededRandom.printed("recognition states")
        for _ in 0..<500 {
            var state = RecognitionState()
            for year in 2020...2025 where random.chance(60) {
                state.apply(.applied(on: CalendarDate(year: Int32(year), month: 3, day: 1)))
                let event = Self.recognition(&random)
                state.apply(event)
                state.settled(SettledBurden(serviceDate: random.day(), burden: Fen(random.number(0...9_000_000))))
            }
            var writer = ByteWriter()
            state.encode(to: &writer)
            var reader = ByteReader(writer.bytes)
            #expect(try RecognitionState(from: &reader) == state && reader.isAtEnd)
            Self.torture(Array(writer.bytes), &random) { reader in (try? RecognitionState(from: &reader)) != nil }
        }
    }
}
