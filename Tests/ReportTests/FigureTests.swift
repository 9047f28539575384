import Foundation
import HTMLReport
import Measurement
import Report
import Testing

@Suite struct `The report's arithmetic` {
    private static func point(
        _ workload: String, _ contender: String, _ round: Int, _ value: Double, group: String = "peers",
        unit: String = "calls/s"
    ) -> BenchPoint {
        BenchPoint(group: group, workload: workload, contender: contender, round: round, value: value, unit: unit)
    }

    private func results(_ points: [BenchPoint]) -> RunResults {
        var results = RunResults()
        results.points = points
        return results
    }

    private func settling(_ rates: [Double]) -> RunResults {
        results(
            rates.enumerated().map {
                Self.point("settle-batch", "jiesuan", $0.offset + 1, $0.element, group: "durable", unit: "claims/s")
            })
    }

    @Test func `rounds span from the least to the greatest, the median in between`() throws {
        #expect(Spread([]) == nil)
        let odd = try #require(Spread([5, 1, 3]))
        #expect((odd.min, odd.median, odd.max, odd.rounds) == (1, 3, 5, 3))
        #expect(try #require(Spread([4, 1, 3, 2])).median == 2.5)
    }

    @Test func `claims of a year over the rate are the hours of the night`() throws {
        let question = Projection.Question(population: 3_600_000, claimsPerPerson: 12, nightHours: 8)
        let results = settling([4_000, 2_000, 3_000])
        let projection = Projection(question, results, PointTable(results.points))
        let way = try #require(projection.basis)
        #expect(way.seconds(question) == 14_400 && way.secondsMost(question) == 21_600)
        #expect(projection.share == 0.5)
        // 21,600 s of 28,800: within the night, beyond its half.
        #expect(projection.verdict == .tight)
    }

    @Test(arguments: [
        (4_000.0, Projection.Verdict.fits), (3_999, .tight), (2_000, .tight), (1_999, .doesNotFit), (0, .unknown),
    ])
    func `the slowest round decides`(slowest: Double, verdict: Projection.Verdict) {
        // 14,400 s of claims at 4,000 a second, half of the night.
        let question = Projection.Question(population: 5_760_000, claimsPerPerson: 10, nightHours: 8)
        let results = settling([9_000, slowest, 8_000])
        #expect(Projection(question, results, PointTable(results.points)).verdict == verdict)
    }

    @Test func `without a rate of settling for keeps nothing is promised`() {
        let rates = results([Self.point("batch-65536", "jiesuan", 1, 8e6, unit: "claims/s")])
        let projection = Projection(.init(), rates, PointTable(rates.points))
        #expect(projection.verdict == .unknown && projection.ways.map(\.kind) == [.calculateBatch])
        // Calls of batches are not claims.
        let calls = results([Self.point("settle-batch", "jiesuan", 1, 6, group: "durable")])
        #expect(Projection(.init(), calls, PointTable(calls.points)).verdict == .unknown)
        // Nor is another's rate ours.
        let other = results([Self.point("settle-batch", "store", 1, 9e6, group: "durable", unit: "claims/s")])
        #expect(Projection(.init(), other, PointTable(other.points)).ways.isEmpty)
    }

    @Test func `one wrong answer anywhere voids the verdict`() {
        var whole = Sample.results()
        #expect(BenchReport(whole).projection.verdict == .fits)
        whole.loads[2].record.wrong = 1
        #expect(BenchReport(whole).projection.verdict == .void)
        var ramped = Sample.results()
        ramped.ramp?.overload[3].run.wrong = 2
        #expect(BenchReport(ramped).projection.verdict == .void && ramped.wrongAnswers == 2)
    }

    @Test func `ratios are of one round each, so that a machine that drifts does not show`() throws {
        var points: [BenchPoint] = []
        // The machine halves, then doubles: ours stays 20, 21, 22 times as fast.
        for (round, (drift, ratio)) in [(1.0, 20.0), (0.5, 21.0), (2.0, 22.0)].enumerated() {
            points.append(Self.point("unary-4x64", "grpc-cpp", round + 1, 10_000 * drift))
            points.append(Self.point("unary-4x64", "jiesuan", round + 1, 10_000 * drift * ratio))
        }
        // A round that only one of them has counts for nothing.
        points.append(Self.point("unary-4x64", "jiesuan", 4, 1))
        let ratio = try #require(Headline.all(results(points), PointTable(points)).last)
        #expect(ratio.figure.name == "unary-4x64/grpc-cpp")
        #expect((ratio.spread.min, ratio.spread.median, ratio.spread.max) == (20, 21, 22))
    }

    private func goal(_ text: String) throws -> Goal { try JSONDecoder().decode(Goal.self, from: Data(text.utf8)) }

    @Test func `a goal is met in every round, by the median, not, or not measured`() throws {
        let goal = try goal(
            """
            {"id": "g", "measure": "m", "measureZh": "z", "atLeast": 10, "unit": "calls/s",
             "value": {"from": "points", "workloads": ["w"], "contender": "jiesuan", "field": "value"}}
            """)
        func state(_ values: [Double]) -> GoalResult.State {
            let points = values.enumerated().map { Self.point("w", "jiesuan", $0.offset + 1, $0.element) }
            return GoalResult(goal, results(points), PointTable(points)).state
        }
        #expect(state([10, 11, 12]) == .met)
        #expect(state([9.99, 11, 12]) == .metByMedian)
        #expect(state([9, 9.99, 12]) == .notMet)
        #expect(state([]) == .notMeasured)
        #expect(goal.boundText == "≥ 10 calls/s")
    }

    @Test func `a goal of at most is met where no round is above it`() throws {
        let goal = try goal(
            """
            {"id": "g", "measure": "m", "measureZh": "z", "atMost": 2, "unit": "mallocs",
             "value": {"from": "points", "workloads": ["w"], "field": "value"}}
            """)
        func state(_ values: [Double]) -> GoalResult.State {
            let points = values.enumerated().map {
                Self.point("w", "jiesuan", $0.offset + 1, $0.element, unit: "mallocs")
            }
            return GoalResult(goal, results(points), PointTable(points)).state
        }
        #expect(state([0, 1, 2]) == .met)
        #expect(state([1, 2, 3]) == .metByMedian)
        #expect(state([2, 2.1, 3]) == .notMet)
    }

    @Test func `of several sizes a goal takes the better of each side and round`() throws {
        let goal = try goal(
            """
            {"id": "g", "measure": "m", "measureZh": "z", "atLeast": 7, "unit": "× gRPC C++",
             "value": {"from": "points", "workloads": ["a", "b"], "contender": "jiesuan", "field": "value"},
             "per": {"from": "points", "workloads": ["a", "b"], "contender": "grpc-cpp", "field": "value"}}
            """)
        let points = [
            Self.point("a", "jiesuan", 1, 80), Self.point("b", "jiesuan", 1, 50), Self.point("a", "grpc-cpp", 1, 4),
            Self.point("b", "grpc-cpp", 1, 10),
        ]
        let result = GoalResult(goal, results(points), PointTable(points))
        #expect(result.found?.median == 8 && result.state == .met)
    }

    @Test func `the overload's goals are of the step that they name and of the peak of all`() throws {
        let report = BenchReport(Sample.results())
        let ramp = try #require(report.results.ramp)
        let goodput = try #require(report.goals.first { $0.goal.id == "overload-goodput" }?.found?.median)
        let ten = try #require(ramp.overload.first { $0.factor == 10 }).run
        let peak = try #require((ramp.steps + ramp.overload).map(\.run.good).max())
        #expect(goodput == ten.good / peak)
        let memory = try #require(report.goals.first { $0.goal.id == "overload-memory" }?.found?.median)
        let one = try #require(ramp.overload.first { $0.factor == 1 }).run
        let (most, first) = (try #require(ten.server).residentBytes, try #require(one.server).residentBytes)
        #expect(memory == Double(most) / Double(first))
    }

    @Test func `figures keep their thousands, their sign and as many digits as they need`() {
        let figures: [(Double, String)] = [
            (0, "0"), (0.0003, "0.0003"), (0.0512, "0.05"), (2, "2.00"), (45.67, "45.7"), (123.6, "124"),
            (1_234_567.5, "1,234,568"), (-3_000, "−3,000"), (1e18, "—"), (.infinity, "—"), (.nan, "—"),
        ]
        for (value, text) in figures { #expect(NumberText.figure(value) == text) }
        #expect(NumberText.milliseconds(1_234_567) == "1.235")
        #expect(NumberText.percent(0.27) == "27.0 %" && NumberText.percent(0.0001) == "<0.1 %")
        #expect(NumberText.percent(0) == "0.0 %" && NumberText.change(0.031) == "+3.1 %")
        #expect(NumberText.change(-0.031) == "−3.1 %" && NumberText.change(0.0001) == "0.0 %")
        #expect(NumberText.chosen(20) == "20" && NumberText.chosen(0.8) == "0.8" && NumberText.chosen(100) == "100")
        #expect(NumberText.significant(951_246_720) == 951_000_000 && NumberText.significant(987.6) == 987)
    }

    @Test(arguments: [
        (0.04, "0.0 s"), (14.2, "14.2 s"), (59.94, "59.9 s"), (59.96, "1 min 00 s"), (84, "1 min 24 s"),
        (3_599.4, "59 min 59 s"), (3_600, "1 h 00 min"), (7_500, "2 h 05 min"), (3_599_970, "1,000 h 00 min"),
    ])
    func `a time is written as people say it`(seconds: Double, text: String) {
        #expect(NumberText.duration(seconds) == text)
    }
}
