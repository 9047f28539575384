import Service
import Settlement
import Text

/// Callers of a list, for people and for programs.
enum AccessText {
    static func table(_ entries: [AccessEntry]) -> [String] {
        var table = TextTable([.left, .left, .left, .left, .left, .left])
        table.add(["调用方 caller", "角色 role", "范围 reach", "截止 until", "限速 rates", "凭据 known by"])
        for entry in entries {
            table.add([
                entry.name, "\(entry.role.chinese) \(entry.role.rawValue)", reach(entry),
                entry.until?.description ?? "-", rates(entry),
                entry.certificate.isEmpty ? "token" : "certificate \(entry.certificate)",
            ])
        }
        return table.lines()
    }

    private static func reach(_ entry: AccessEntry) -> String {
        if entry.role.hasInstitutions { return entry.institutions.joined(separator: ", ") }
        guard entry.role == .office else { return "-" }
        return entry.area.isEmpty ? entry.region : "\(entry.region) \(entry.area)"
    }

    private static func rates(_ entry: AccessEntry) -> String {
        let calls = entry.calls.map { "\($0.perSecond)/\($0.burst) calls" }
        let items = entry.items.map { "\($0.perSecond)/\($0.burst) claims" }
        let both = [calls, items].compactMap(\.self)
        return both.isEmpty ? "-" : both.joined(separator: ", ")
    }

    static func json(_ entries: [AccessEntry]) -> String {
        var json = JSONText()
        json.object { json in
            json.array("callers") { json in
                for entry in entries {
                    json.object { json in
                        json.field("name", entry.name)
                        json.field("role", entry.role.rawValue)
                        json.field("institutions", entry.institutions.joined(separator: ","))
                        json.field("region", entry.region)
                        json.field("area", entry.area)
                        json.field("until", entry.until?.description ?? "")
                        json.field("rates", rates(entry))
                        json.field("certificate", entry.certificate)
                    }
                }
            }
        }
        return json.text
    }
}
