import Accounts
import Client
import Policy
import Records
import Registry
import Settlement
import Text

/// Accounts as text and as JSON.
enum AccountText {
    static func lines(_ answer: RemoteAccountAnswer) -> [String] {
        var table = TextTable([.left, .right])
        table.add(["请求 request", answer.requestID])
        table.add(["序号 number", "\(answer.sequence)"])
        table.add(["时间 recorded at", SettlementText.time(answer.recordedAt.milliseconds)])
        for change in answer.changes {
            table.add(["账户 account \(text(change.person, change.personNo))", MoneyText.yuan(change.amount)])
            table.add(["  余额 balance", MoneyText.yuan(change.balance)])
        }
        if answer.cash != 0 { table.add(["现金 cash", MoneyText.yuan(answer.cash)]) }
        return table.lines()
    }

    static func json(_ answer: RemoteAccountAnswer) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.field("request_id", answer.requestID)
            json.field("sequence", answer.sequence)
            json.field("recorded_at", answer.recordedAt.milliseconds)
            json.array("changes") { json in
                for change in answer.changes {
                    json.object { json in
                        json.person(PersonName(change.person, no: change.personNo))
                        json.field("amount", change.amount)
                        json.field("balance", change.balance)
                    }
                }
            }
            json.field("cash", answer.cash)
        }
        return json.text
    }

    /// A person in a line: 101, or 101 (A17) where the platform's number is known.
    private static func text(_ person: UInt64, _ no: String) -> String {
        no.isEmpty ? "\(person)" : "\(person) (\(no))"
    }

    // MARK: Statement

    static func lines(_ statement: RemoteStatement) -> [String] {
        var table = TextTable([.right, .left, .left, .right, .right, .left])
        table.add(["number", "time", "kind", "amount", "balance", ""])
        for entry in statement.entries {
            table.add([
                "\(entry.sequence)", SettlementText.time(entry.recordedAt.milliseconds), entry.kind,
                MoneyText.yuan(entry.amount), MoneyText.yuan(entry.balance), remark(entry),
            ])
        }
        var sums = TextTable([.left, .right])
        sums.add(["期初 opening", MoneyText.yuan(statement.opening)])
        sums.add(["收入 credits", MoneyText.yuan(statement.credits)])
        sums.add(["支出 uses", MoneyText.yuan(statement.uses)])
        sums.add(["期末 closing", MoneyText.yuan(statement.closing)])
        let more = statement.before > 0 ? ["There are earlier entries: --before \(statement.before)"] : []
        return table.lines() + [""] + sums.lines() + more
    }

    private static func remark(_ entry: RemoteStatement.Entry) -> String {
        var parts: [String] = []
        if let month = entry.month { parts.append(month.description) }
        if let purpose = entry.purpose { parts.append(purpose.name) }
        if entry.otherPerson > 0 { parts.append("person \(text(entry.otherPerson, entry.otherPersonNo))") }
        if !entry.text.isEmpty { parts.append(entry.text) }
        return parts.joined(separator: ", ")
    }

    static func json(_ statement: RemoteStatement) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.array("entries") { json in
                for entry in statement.entries {
                    json.object { json in
                        json.field("sequence", entry.sequence)
                        json.field("recorded_at", entry.recordedAt.milliseconds)
                        json.field("kind", entry.kind)
                        json.field("amount", entry.amount)
                        json.field("balance", entry.balance)
                        json.field("text", remark(entry))
                        if entry.otherPerson > 0 {
                            json.person(PersonName(entry.otherPerson, no: entry.otherPersonNo), "other_person")
                        }
                    }
                }
            }
            json.field("opening", statement.opening)
            json.field("credits", statement.credits)
            json.field("uses", statement.uses)
            json.field("closing", statement.closing)
            json.field("before", statement.before)
        }
        return json.text
    }

    // MARK: Monthly run

    static func line(_ detail: RemoteCreditDetail) -> String {
        let what: String
        if let code = detail.code {
            what = "\(code.name): \(detail.message)"
        } else if let none = detail.none {
            what = "no credit (\(none))"
        } else {
            what = MoneyText.yuan(detail.amount) + (detail.wasCredited ? " credited before" : "")
        }
        return "person \(text(detail.person, detail.personNo)): \(what)"
    }

    static func lines(_ sums: CreditSums) -> [String] {
        var table = TextTable([.left, .right, .right])
        table.add(["人数 persons", "\(sums.persons)"])
        table.add(["计入 credited", "\(sums.credited)", MoneyText.yuan(sums.creditedFen)])
        table.add(["已计入 credited before", "\(sums.already)", MoneyText.yuan(sums.alreadyFen)])
        table.add(["不计入 without a credit", "\(sums.none)"])
        table.add(["拒绝 refused", "\(sums.refused)"])
        return table.lines()
    }

    static func json(_ sums: CreditSums) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.field("persons", sums.persons)
            json.field("credited", sums.credited)
            json.field("credited_fen", sums.creditedFen)
            json.field("already", sums.already)
            json.field("already_fen", sums.alreadyFen)
            json.field("none", sums.none)
            json.field("refused", sums.refused)
        }
        return json.text
    }
}
