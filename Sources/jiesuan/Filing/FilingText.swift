import ArgumentParser
import Client
import Policy
import Population
import Records
import Registry
import Settlement
import Text

/// Runs one change of the filings, and prints the result.
struct FilingReceiptOptions: ParsableArguments {
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    /// Executes a change and prints its number, and the resulting card or month.
    func carryOut(
        _ what: String, of person: PersonArgument, _ change: (FilingClient) throws(ClientError) -> FilingReceipt
    ) throws {
        let receipt = try address.withClient { client in try change(FilingClient(client)) }
        if json {
            var json = JSONText(indents: false)
            json.object { json in
                json.person(person.name)
                json.field("number", receipt.number)
                json.field("card", receipt.card)
                json.field("due_month", receipt.dueMonth)
            }
            return print(json.text)
        }
        var text = "\(what) \(receipt.number) of person \(person.text)"
        if receipt.card > 0 { text += ", 慢性病证 card \(receipt.card)" }
        if receipt.dueMonth > 0 { text += ", 鉴定月份 appraised in \(FilingText.month(receipt.dueMonth))" }
        print(text)
    }
}

/// Filings as text and as JSON.
enum FilingText {
    static func days(_ range: DateRange) -> String {
        let from = range.from == .none ? "" : range.from.description
        return from + " …" + (range.until == .none ? "" : " " + range.until.description)
    }

    /// The month YYYYMM as text.
    static func month(_ number: UInt32) -> String {
        let month = number % 100
        return "\(number / 100)-" + (month < 10 ? "0\(month)" : "\(month)")
    }

    private static func day(_ date: CalendarDate) -> String { date == .none ? "" : date.description }

    private static func word(_ value: some Any) -> String { "\(value)".snakeCased }

    // MARK: Text

    static func lines(_ filings: [RemoteFiling]) -> [String] {
        var table = TextTable([.right, .left, .left, .left, .left, .left])
        table.add(["no", "disease", "days", "institution", "way", ""])
        for filing in filings {
            var standing = "有效 stands"
            if filing.isWithdrawn { standing = "作废 withdraws \(filing.corrects)" }
            if filing.supersededBy > 0 { standing = "已更正 corrected by \(filing.supersededBy)" }
            table.add([
                "\(filing.number)", filing.disease, days(filing.inForce), filing.institution, word(filing.way),
                standing,
            ])
        }
        return table.lines()
    }

    static func lines(_ applications: [RemoteApplication]) -> [String] {
        var table = TextTable([.right, .right, .left, .left, .left, .left, .left])
        table.add(["person", "no", "disease", "step", "received", "appraised in", "next"])
        for application in applications {
            let due =
                application.decided != .none
                ? application.decided.description
                : application.dueMonth == 0 ? "" : month(application.dueMonth)
            var next = application.nextStep
            if !application.reason.isEmpty { next = "(\(application.reason)) " + next }
            table.add([
                "\(application.person)", "\(application.number)", application.disease, word(application.step),
                day(application.received), due, next,
            ])
        }
        return table.lines()
    }

    static func lines(_ suspicions: [RemoteSuspicion]) -> [String] {
        var table = TextTable([.right, .right, .left, .left, .left, .left, .left])
        table.add(["person", "no", "disease", "source", "month", "reported", "outcome"])
        for entry in suspicions {
            table.add([
                "\(entry.person)", "\(entry.number)", entry.disease, word(entry.source), month(entry.month),
                day(entry.reported), word(entry.outcome) + (entry.reason.isEmpty ? "" : " (\(entry.reason))"),
            ])
        }
        return table.lines()
    }

    private static func lines(_ contracts: [RemoteContract]) -> [String] {
        var table = TextTable([.right, .left, .left, .left])
        table.add(["no", "institution", "days", ""])
        for contract in contracts {
            let standing = contract.stands ? "有效 stands" : contract.isWithdrawn ? "作废 withdrawn" : "已更正 corrected"
            table.add(["\(contract.number)", contract.institution, days(contract.inForce), standing])
        }
        return table.lines()
    }

    private static func lines(_ cards: [RemoteCard]) -> [String] {
        var table = TextTable([.right, .left, .left, .left, .left, .left])
        table.add(["card", "disease", "days", "medium", "way", ""])
        for card in cards {
            table.add([
                "\(card.number)", card.disease, days(card.inForce), word(card.medium), word(card.way),
                card.isWithdrawn ? "作废 withdrawn" : "",
            ])
        }
        return table.lines()
    }

    private static func lines(_ recognitions: [RemoteRecognitionRecord]) -> [String] {
        var table = TextTable([.left, .left, .left, .right, .right, .right, .right])
        table.add(["applied", "decided", "window", "burden W", "entitled", "paid", "outstanding"])
        for record in recognitions {
            let decided =
                record.refused != .none
                ? "refused \(record.refused.description): \(record.reason)"
                : day(record.recognised)
            table.add([
                day(record.applied), decided, record.recognised == .none ? "" : days(record.window),
                MoneyText.yuan(record.burden), MoneyText.yuan(record.entitled), MoneyText.yuan(record.paid),
                MoneyText.yuan(record.outstanding),
            ])
        }
        return table.lines()
    }

    /// All filings of a person; empty parts are left out.
    static func lines(_ all: RemoteFilings) -> [String] {
        var blocks: [[String]] = []
        func add(_ title: String, _ isEmpty: Bool, _ lines: @autoclosure () -> [String]) {
            if !isEmpty { blocks.append([title] + lines()) }
        }
        add("备案 filings", all.filings.isEmpty, lines(all.filings))
        add("申请 applications", all.applications.isEmpty, lines(all.applications))
        add("慢性病证 cards", all.cards.isEmpty, lines(all.cards))
        add("签约 contracts", all.contracts.isEmpty, lines(all.contracts))
        add("疑似 suspected", all.suspicions.isEmpty, lines(all.suspicions))
        add("因病致贫 recognitions", all.recognitions.isEmpty, lines(all.recognitions))
        return blocks.isEmpty ? ["nothing is on file"] : Array(blocks.joined(separator: [""]))
    }

    // MARK: JSON

    static func add(_ applications: [RemoteApplication], to json: inout JSONText) {
        for application in applications {
            json.object { json in
                json.field("person", application.person)
                json.field("number", application.number)
                json.field("disease", application.disease)
                json.array("papers") { json in for paper in application.papers { json.value(paper) } }
                json.field("service_point", application.servicePoint)
                json.field("step", word(application.step))
                json.field("received", application.received.number)
                json.field("checked", application.checked.number)
                json.field("passed_on", application.passedOn.number)
                json.field("due_month", application.dueMonth)
                json.field("decided", application.decided.number)
                json.field("green_channel", application.isGreenChannel)
                json.array("experts") { json in for expert in application.experts { json.value(expert) } }
                json.field("reason", application.reason)
                json.field("card", application.card)
                json.field("told_family", application.toldFamily.number)
                json.field("told_village", application.toldVillage.number)
                json.field("next_step", application.nextStep)
            }
        }
    }

    private static func add(_ suspicions: [RemoteSuspicion], to json: inout JSONText) {
        for entry in suspicions {
            json.object { json in
                json.field("person", entry.person)
                json.field("number", entry.number)
                json.field("disease", entry.disease)
                json.field("source", word(entry.source))
                json.field("month", entry.month)
                json.field("reported", entry.reported.number)
                json.field("outcome", word(entry.outcome))
                json.field("settled", entry.settled.number)
                json.field("reason", entry.reason)
            }
        }
    }

    static func json(_ suspicions: [RemoteSuspicion], added: UInt32) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.field("added", added)
            json.array("entries") { add(suspicions, to: &$0) }
        }
        return json.text
    }

    private static func add(_ range: DateRange, to json: inout JSONText) {
        json.field("from", range.from.number)
        json.field("until", range.until.number)
    }

    /// Writes the parts of a person's filings into a JSON object.
    static func add(_ all: RemoteFilings, to json: inout JSONText) {
        json.array("filings") { json in
            for filing in all.filings {
                json.object { json in
                    json.field("number", filing.number)
                    json.field("disease", filing.disease)
                    add(filing.inForce, to: &json)
                    json.field("institution", filing.institution)
                    json.field("way", word(filing.way))
                    json.field("corrects", filing.corrects)
                    json.field("superseded_by", filing.supersededBy)
                    json.field("withdrawn", filing.isWithdrawn)
                    json.field("stands", filing.stands)
                    json.field("recorded_at", filing.recordedAt.milliseconds)
                }
            }
        }
        json.array("applications") { add(all.applications, to: &$0) }
        json.array("cards") { json in
            for card in all.cards {
                json.object { json in
                    json.field("number", card.number)
                    json.field("disease", card.disease)
                    add(card.inForce, to: &json)
                    json.field("medium", word(card.medium))
                    json.field("way", word(card.way))
                    json.field("withdrawn", card.isWithdrawn)
                }
            }
        }
        json.array("contracts") { json in
            for contract in all.contracts {
                json.object { json in
                    json.field("number", contract.number)
                    json.field("institution", contract.institution)
                    add(contract.inForce, to: &json)
                    json.field("stands", contract.stands)
                }
            }
        }
        json.array("suspicions") { add(all.suspicions, to: &$0) }
        json.array("recognitions") { json in
            for record in all.recognitions { json.object { add(record, to: &$0) } }
        }
    }

    private static func add(_ record: RemoteRecognitionRecord, to json: inout JSONText) {
        json.field("applied", record.applied.number)
        json.field("recognised", record.recognised.number)
        json.field("refused", record.refused.number)
        json.field("reason", record.reason)
        json.field("window_from", record.window.from.number)
        json.field("window_until", record.window.until.number)
        json.field("burden", record.burden)
        json.field("entitled", record.entitled)
        json.field("paid", record.paid)
        json.field("outstanding", record.outstanding)
        json.field("overpaid", record.overpaid)
    }
}
