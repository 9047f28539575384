import Client
import Foundation
import Glibc
import Settlement

/// What came of second rounds and recognitions over all kills.
struct BookedTally {
    private(set) var acknowledged = 0
    /// Acknowledged, and not there any more, or otherwise.
    private(set) var lost = 0
    /// Booked more than once.
    private(set) var doubled = 0
    /// The first things that went wrong.
    private(set) var notes: [String] = []

    /// What the second round pays each visit, in fen, when nobody disturbs it.
    private let shares: [String: Fen]

    init(shares: [String: Fen]) { self.shares = shares }

    /// Lets everything come to its end on a server that has started again, and looks whether all that `load` was told
    /// is there, and everything once.
    mutating func check(_ load: BookedLoad, _ server: ServerProcess) throws {
        acknowledged += load.acknowledged
        let calls = SettlementClient(try server.connect())
        try checkRecognitions(load, calls, FilingClient(try server.connect()))
        try finishRun(load, YearEndClient(try server.connect()))
        try checkRounds(load, calls)
    }

    private mutating func lose(_ text: String) {
        lost += 1
        note(text)
    }

    private mutating func note(_ text: String) { if notes.count < 10 { notes.append(text) } }

    // MARK: Second rounds

    /// A run goes on by itself where a server began it; one whose start was not answered is asked for again.
    private mutating func finishRun(_ load: BookedLoad, _ runs: YearEndClient) throws {
        let name = BookedWorld.order().name
        if load.isStarted {
            if code({ () throws(ClientError) in _ = try runs.progress(name) }) != 0 {
                lose("the run that was started is not known any more")
                _ = try runs.start(BookedWorld.order())
            }
        } else {
            _ = try runs.start(BookedWorld.order())
        }
        let end = Date(timeIntervalSinceNow: ServerProcess.hangSeconds)
        var status = try runs.progress(name)
        while status.stage.isUnderWay {
            guard Date() < end else { throw ServerProcess.Failure("the run does not end: \(status)") }
            usleep(1_000)
            status = try runs.progress(name)
        }
        guard status.stage == .done, status.waiting == 0 else {
            throw ServerProcess.Failure("the run did not come to its end: \(status)")
        }
    }

    private mutating func checkRounds(_ load: BookedLoad, _ calls: SettlementClient) throws {
        for (index, id) in BookedWorld.visits.enumerated() {
            var entries = try calls.get(id).secondRounds
            let payments = entries.filter { $0.takesBack == 0 }
            guard let payment = payments.first else {
                lose("\(id) has no second-round entry")
                continue
            }
            doubled += payments.count - 1
            if payments.count > 1 { note("\(id) has \(payments.count) payments of the second round") }
            if payment.amount != shares[id] {
                lose("\(id) is paid \(payment.amount) fen instead of \(shares[id] ?? 0)")
            }
            if let seen = load.rounds[id], seen.sequence != payment.sequence || seen.amount != payment.amount {
                lose("the entry of \(id) that was seen is another one now")
            }
            guard BookedWorld.isTakenBack(visit: index) else { continue }
            let back = try calls.reverse(id, round: 1, reason: "登记错误").sequence
            if let told = load.roundsBack[id], told != back { lose("the entry of \(id) was taken back again") }
            entries = try calls.get(id).secondRounds
            let backs = entries.filter { $0.takesBack != 0 }
            doubled += max(0, backs.count - 1)
            if backs.map(\.sequence) != [back] { note("\(id) was taken back \(backs.count) times") }
        }
    }

    // MARK: Recognitions

    private mutating func checkRecognitions(
        _ load: BookedLoad, _ calls: SettlementClient, _ filings: FilingClient
    ) throws {
        for (index, person) in BookedWorld.ill.enumerated() {
            let before = load.lines[index]
            let steps = RecognitionCall.steps(ofIll: index)
            let taken = load.steps[index]
            let now = try calls.recognitionLines(person)
            // Every step but the application is a line.
            if !now.map(\.sequence).starts(with: before.map(\.sequence)) || now.count < taken - 1 {
                lose("recognition \(index): \(taken) steps were answered, and the year has \(now.count) entries")
            }
            try take(steps, of: person, acknowledged: taken, filings)
            let amounts = try calls.recognitionLines(person).map(\.fundTotal)
            let expected = steps.count == 3 ? [BookedWorld.recognised, -BookedWorld.recognised] : [BookedWorld.recognised]
            doubled += max(0, amounts.count - expected.count)
            if amounts != expected {
                note("recognition \(index) came to \(amounts) fen instead of \(expected)")
                if amounts.count <= expected.count { lost += 1 }
            }
        }
    }

    /// Takes the steps that nobody was told of; what was acknowledged must be refused as taken.
    private mutating func take(
        _ steps: [RecognitionCall], of person: UInt64, acknowledged: Int, _ filings: FilingClient
    ) throws {
        for (place, step) in steps.enumerated() where place >= acknowledged || place == steps.count - 1 {
            let answer = code { () throws(ClientError) in try step.send(person, filings) }
            if answer == 0, place < acknowledged { lose("a step of a recognition that was answered is taken again") }
            if answer != 0, answer != step.codeWhenTaken { lose("a step of a recognition is refused with \(answer)") }
        }
    }
}
