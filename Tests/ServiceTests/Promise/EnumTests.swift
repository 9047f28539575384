import Accounts
import Foundation
import Ledger
import Lists
import Records
import Registry
import Settlement
import TestSupport
import Testing

/// Values cross the wire by their numbers: the same number must have the same name on both sides.
@Suite struct `The enums of the wire are ours` {
    /// Ours of an enum of Proto/: names by numbers.
    static let ours: [String: [Int: String]] = [
        "ClaimKind": names(ClaimKind.self), "Level": names(Level.self, ["one": "1", "two": "2", "three": "3"]),
        "AccountUse": names(AccountUse.self, ["standard": "DEFAULT"]),
        "Insurance": names(Insurance.self),
        "Membership": names(Membership.self, ["tier1": "TIER_1", "tier2": "TIER_2"]),
        "WorkStatus": names(WorkStatus.self), "Identity": names(Identity.self),
        "Relation": names(FamilyRelation.self),
        "AccountStatus": names(AccountStatus.self), "CreditBasis": names(CreditBasis.self),
        "NoCreditReason": names(NoCredit.self), "UsePurpose": names(UsePurpose.self),
        "CreditKind": names(OtherCredit.self).merging([1: "MONTHLY"]) { ours, _ in ours },
        "OwedKind": names(OwedKind.self), "PayList": names(PaymentBatch.List.self),
        "ClearingType": names(ClearingType.self), "Channel": names(Channel.self),
        "FilingWay": names(FilingWay.self), "ApplicationStep": names(ApplicationStep.self),
        "CardMedium": names(CardMedium.self), "FeedbackRecipient": names(FeedbackRecipient.self),
        "SuspicionSource": names(SuspicionSource.self), "SuspicionOutcome": names(SuspicionOutcome.self),
        "SurveyAnswer": names(SurveyAnswer.self),
        "FilingTable": names(OfficeList.self, ["contracts": "CONTRACT_REGISTER", "problems": "PROBLEM_LEDGER"]),
        "InstitutionKind": names(InstitutionKind.self), "PremiumPayer": names(PremiumPayer.self),
        "Department": names(Department.self), "DepartureReason": names(DepartureReason.self),
        "LimitKind": names([YearLimit.Kind.deductible, .cap, .fund]),
        "DomainError": names(DomainCode.self, ["none": "UNSPECIFIED"]),
    ]

    /// Enums whose values the services write one by one, by their names in the generated code.
    static let written: Set = ["EntryKind", "CellKind", "RecognitionStep", "YearEndStage"]

    @Test func `by number and by name, every one`() throws {
        let wire = try Self.wire()
        #expect(wire.count >= 35)
        #expect(Set(wire.keys) == Self.written.union(Self.ours.keys), "an enum is compared with nothing of ours")
        for (name, values) in wire {
            guard let ours = Self.ours[name] else { continue }
            #expect(differences(values, ours) == [], "\(name)")
        }
    }

    @Test func `canary: a value that changed its number, or has none of ours, is found`() throws {
        let values = try #require(try Self.wire()["ClaimKind"])
        let ours = try #require(Self.ours["ClaimKind"])
        var swapped = values
        (swapped[1], swapped[2]) = (values[2], values[1])
        #expect(differences(swapped, ours).count == 2)
        var more = values
        more[8] = "DENTAL"
        #expect(differences(more, ours) == ["8: DENTAL on the wire, nothing here"])
    }

    private func differences(_ wire: [Int: String], _ ours: [Int: String]) -> [String] {
        Set(wire.keys).union(ours.keys).sorted().compactMap { number in
            if wire[number] == ours[number] { return nil }
            // Proto's zero is "not said"; some of ours have no such case.
            if number == 0, ours[0] == nil, ["UNSPECIFIED", "NONE", "ALL", "SELF"].contains(wire[0]) { return nil }
            return "\(number): \(wire[number] ?? "nothing") on the wire, \(ours[number] ?? "nothing") here"
        }
    }

    /// The enums of Proto/jiesuan/v1, their values without the prefix that is the enum's own name.
    private static func wire() throws -> [String: [Int: String]] {
        let folder = Project.root.appendingPathComponent("Proto/jiesuan/v1")
        var enums: [String: [Int: String]] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) where file.hasSuffix(".proto") {
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            for match in text.matches(of: /(?ms)^enum (\w+) \{(.*?)^\}/) {
                let prefix = snake(String(match.1)) + "_"
                var values: [Int: String] = [:]
                for value in match.2.matches(of: /(?m)^\s*([A-Z][A-Z0-9_]*) = (\d+)/) {
                    let name = String(value.1)
                    values[Int(value.2)!] = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
                }
                enums[String(match.1)] = values
            }
        }
        return enums
    }

    private static func names<Ours: CaseIterable & RawRepresentable>(
        _ type: Ours.Type, _ others: [String: String] = [:]
    ) -> [Int: String] where Ours.RawValue: BinaryInteger {
        names(Array(type.allCases), others)
    }

    /// - Parameter others: what cases are called on the wire that are not called there as here.
    private static func names<Ours: RawRepresentable>(
        _ cases: [Ours], _ others: [String: String] = [:]
    ) -> [Int: String] where Ours.RawValue: BinaryInteger {
        Dictionary(uniqueKeysWithValues: cases.map { (Int($0.rawValue), others["\($0)"] ?? snake("\($0)")) })
    }

    /// "twoDisease" as "TWO_DISEASE".
    private static func snake(_ name: String) -> String {
        name.replacing(/(?<before>[a-z0-9])(?<capital>[A-Z])/) { "\($0.before)_\($0.capital)" }.uppercased()
    }
}
