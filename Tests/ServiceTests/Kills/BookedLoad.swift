import Client
import ClientTesting
import Foundation
import Glibc
import Settlement

/// A step of a recognition (YT-7) as an office takes it.
enum RecognitionCall: CaseIterable {
    case apply, recognise, takeBack

    /// Those of a person, in their order.
    static func steps(ofIll index: Int) -> [RecognitionCall] {
        BookedWorld.isTakenBack(ill: index) ? [.apply, .recognise, .takeBack] : [.apply, .recognise]
    }

    /// How the step is answered when it was taken before: one application and one recognition a year, and nothing to
    /// take back.
    var codeWhenTaken: Int32 { self == .takeBack ? 4211 : 4207 }

    func send(_ person: UInt64, _ client: FilingClient) throws(ClientError) {
        let year = BookedWorld.yearOfRecognition
        switch self {
        case .apply: _ = try client.recognise(person: person, step: 1, on: CalendarDate(2024_04_02))
        case .recognise: _ = try client.recognise(person: person, step: 3, year: year, on: CalendarDate(2024_04_02))
        case .takeBack:
            _ = try client.recognise(person: person, step: 5, year: year, on: CalendarDate(2024_06_01), reason: "财产核查")
        }
    }
}

/// One office that lets a year's end pay the second round and takes some of it back, and one that decides recognitions,
/// until the server is gone; what they were told is remembered.
final class BookedLoad: @unchecked Sendable {
    // Safe to share: each part is changed by one thread, and others look when that has ended.
    /// Whether the run's start was answered.
    private(set) var isStarted = false
    /// The second-round payment of a visit, as somebody has seen it.
    private(set) var rounds: [String: RemoteSecondRound] = [:]
    /// Number of the entry that took a visit's payment back, as the office was told.
    private(set) var roundsBack: [String: UInt64] = [:]
    private(set) var roundProblem: String?

    /// Steps of each ill person's recognition that were answered.
    private(set) var steps = [Int](repeating: 0, count: BookedWorld.ill.count)
    /// What the person's year had of it then.
    private(set) var lines = [[RemoteYearLine]](repeating: [], count: BookedWorld.ill.count)
    private(set) var recognitionProblem: String?

    var problem: String? { roundProblem ?? recognitionProblem }

    /// Things that somebody was told.
    var acknowledged: Int { rounds.count + roundsBack.count + steps.reduce(0, +) }

    /// The parts that run at once, each until it is through or the connection is lost.
    var parts: [@Sendable (Int) -> Void] { [{ self.payRounds($0) }, { self.recognise($0) }] }

    private func payRounds(_ port: Int) {
        roundProblem = Self.run {
            let runs = YearEndClient(try Client.connect(host: "127.0.0.1", port: port))
            let calls = SettlementClient(try Client.connect(host: "127.0.0.1", port: port))
            _ = try runs.start(BookedWorld.order())
            isStarted = true
            for (index, id) in BookedWorld.visits.enumerated() {
                var entries = try calls.get(id).secondRounds
                while entries.isEmpty {
                    let status = try runs.progress(BookedWorld.order().name)
                    if status.stage == .failed { throw ServerProcess.Failure("the run failed: \(status.message)") }
                    usleep(500)
                    entries = try calls.get(id).secondRounds
                }
                rounds[id] = entries[0]
                guard BookedWorld.isTakenBack(visit: index) else { continue }
                roundsBack[id] = try calls.reverse(id, round: 1, reason: "登记错误").sequence
            }
        }
    }

    private func recognise(_ port: Int) {
        recognitionProblem = Self.run {
            let filings = FilingClient(try Client.connect(host: "127.0.0.1", port: port))
            let calls = SettlementClient(try Client.connect(host: "127.0.0.1", port: port))
            for (index, person) in BookedWorld.ill.enumerated() {
                for step in RecognitionCall.steps(ofIll: index) {
                    try step.send(person, filings)
                    steps[index] += 1
                    lines[index] = try calls.recognitionLines(person)
                }
            }
        }
    }

    /// What is wrong, besides that the server was killed: then what is not acknowledged may be there or not.
    private static func run(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch ClientError.connectionLost, ClientError.cannotConnect {
            return nil
        } catch { return "\(error)" }
    }
}

extension SettlementClient {
    /// What recognitions of the year paid the person beside settlements, and took back.
    func recognitionLines(_ person: UInt64) throws(ClientError) -> [RemoteYearLine] {
        try listYear(person: person, year: BookedWorld.yearOfRecognition).lines.filter(\.isRecognition)
    }
}
