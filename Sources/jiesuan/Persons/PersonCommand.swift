import ArgumentParser
import Client
import Policy
import Population
import Records
import Registry
import Settlement
import Text

struct PersonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person",
        abstract: "A registered person: what stands, and every change and correction of it (人员信息).",
        discussion: """
            EXAMPLES:
              jiesuan person 101 --server :8123
              jiesuan person retire 101 --on 2024-05-01 --server :8123
              jiesuan person correct 101 1 birth_month=1964-06 --server :8123
              jiesuan person end 101 3 --on 2024-06-30 --server :8123
              jiesuan person died 101 --on 2024-06-03 --server :8123
              jiesuan person withdraw 101 4 --server :8123

            \(Exit.help)
            """,
        subcommands: [
            PersonShow.self, PersonRegister.self, PersonMove.self, PersonRetire.self, PersonChange.self,
            PersonCorrect.self, PersonEnd.self, PersonWithdraw.self, PersonDied.self, PersonDeregister.self,
        ],
        defaultSubcommand: PersonShow.self)
}

struct PersonShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a registered person: what stands, and what a year has left (人员信息, 年度累计 5206).",
        discussion: """
            EXAMPLES:
              jiesuan person 101 --server :8123
              jiesuan person 101 --year 2024 --server :8123
              jiesuan person 101 --history --known-on 2024-06-30 --ledger ./ledger.db --json

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Option(help: "Also this year's accumulators with what is left, and its settlements.") var year: Int32?
    @Option(help: ArgumentHelp("What was known at the end of this day.", valueName: "DATE")) var knownOn: Day?
    @Flag(help: "Every record that was ever made, corrected ones included.") var history = false
    @Flag(help: "As JSON, amounts in fen.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        try address.withClient { client in
            let number = try person.number(client)
            let entries = try RegistryClient(client).person(
                number, knownOn: knownOn?.date ?? CalendarDate.none, history: history)
            let state = try year.map { year throws in try RegistryClient(client).year(number, year) }
            let lines = try year.map { year throws in try Self.lines(SettlementClient(client), number, year) }
            if json {
                print(PersonText.json(number, entries, state, lines ?? []))
            } else {
                var text = PersonText.lines(entries)
                if let state { text += [""] + PersonText.lines(state) }
                if let lines { text += [""] + PersonText.lines(lines) }
                print(text.joined(separator: "\n"))
            }
        }
    }

    /// All settlements, reversals and other bookings of a year, in order.
    private static func lines(_ client: SettlementClient, _ person: UInt64, _ year: Int32) throws -> [RemoteYearLine] {
        var all: [RemoteYearLine] = []
        var before: UInt64 = 0
        while true {
            let part = try client.listYear(person: person, year: year, before: before)
            all = part.lines + all
            guard part.more, let first = part.lines.first else { return all }
            before = first.sequence
        }
    }
}

/// A person's record and year as text and as JSON.
enum PersonText {
    static func lines(_ entries: [RemoteEntry]) -> [String] {
        var table = TextTable([.right, .left, .left, .left, .left])
        table.add(["no", "recorded", "", "", ""])
        for remote in entries {
            let entry = remote.entry
            var standing = entry.supersedes > 0 ? "corrects \(entry.supersedes)" : ""
            if entry.supersededBy > 0 { standing += " superseded by \(entry.supersededBy)" }
            table.add([
                "\(entry.number)", SettlementText.time(entry.recorded.milliseconds), kind(entry.fact), what(remote),
                standing,
            ])
        }
        return table.lines()
    }

    /// The result of a change: the new record, or the equal one already in force.
    static func line(_ receipt: RegistryReceipt) -> String {
        guard let remote = receipt.entry else { return receipt.isUnchanged ? "unchanged" : "recorded" }
        let what = [kind(remote.entry.fact), what(remote)].filter { !$0.isEmpty }.joined(separator: " ")
        let replaced = remote.entry.supersedes > 0 ? ", in the place of \(remote.entry.supersedes)" : ""
        return receipt.isUnchanged
            ? "unchanged: record \(remote.entry.number), \(what)"
            : "recorded: record \(remote.entry.number)\(replaced), \(what)"
    }

    private static func kind(_ fact: PersonFact) -> String {
        switch fact {
        case .basics: "登记 person"
        case .enrolment: "参保 enrolment"
        case .purchase: "补充保险 purchase"
        case .identity: "救助身份 identity"
        case .family: "家庭共济 family"
        case .special: "特病登记 special"
        case .referral: "转诊 referral"
        case .departure: "终止 departure"
        case .withdrawn: "作废 withdrawn"
        }
    }

    private static func what(_ remote: RemoteEntry) -> String {
        switch remote.entry.fact {
        case .basics(let basics):
            let area = basics.area.isEmpty ? "" : ", area \(basics.area)"
            let no = basics.personNo.isEmpty ? "" : ", person_no \(basics.personNo)"
            return "\(basics.region), born \(basics.birthMonth)\(area)\(no)" + since(basics.since)
        case .enrolment(let enrolment):
            let words = [
                Words.word(enrolment.insurance, Words.insurance), Words.word(enrolment.membership, Words.membership),
                Words.word(enrolment.status, Words.status),
            ]
            return words.filter { !$0.isEmpty }.joined(separator: " ") + ", " + days(enrolment.covered)
        case .purchase(let purchase): return "\(purchase.product), bought \(purchase.boughtOn.description)"
        case .identity(let record):
            let range = DateRange(from: record.dated.given, until: record.dated.ended)
            return Words.word(record.dated.identity, Words.identity) + ", " + days(range)
        case .family(let member): return "\(member.relation) \(member.other), " + days(member.inForce)
        case .special(let special): return "\(special.disease), " + days(special.inForce)
        case .referral(let referral):
            let from = remote.from.isEmpty ? "level \(referral.fromLevel.rawValue)" : remote.from
            let to = remote.to.isEmpty ? "level \(referral.toLevel.rawValue)" : remote.to
            return "\(referral.number): \(from) to \(to), \(referral.date.description)"
        case .departure(let departure): return "\(departure.reason), \(departure.date.description)"
        case .withdrawn: return ""
        }
    }

    private static func since(_ date: CalendarDate) -> String {
        date.number == 0 ? "" : ", since \(date.description)"
    }

    private static func days(_ range: DateRange) -> String {
        let from = range.from.number == 0 ? "" : range.from.description
        return from + " …" + (range.until.number == 0 ? "" : " " + range.until.description)
    }

    // MARK: A year

    static func lines(_ year: RemoteYear) -> [String] {
        var table = TextTable([.left, .right, .right, .left])
        table.add(["累计 accumulator", "amount", "left", ""])
        for accumulator in year.accumulators {
            table.add(["\(accumulator.label) \(accumulator.name)", MoneyText.yuan(accumulator.amount)])
            for (limit, kinds) in grouped(accumulator.limits) {
                table.add([
                    "  " + name(of: limit), MoneyText.yuan(limit.limit), MoneyText.yuan(limit.left),
                    scope(of: limit, kinds: kinds),
                ])
            }
        }
        return ["地区 region \(year.region), \(year.date.description)"] + table.lines()
    }

    /// Groups equal limits of several kinds of claim, with the kinds.
    private static func grouped(_ limits: [RemoteYear.Limit]) -> [(limit: RemoteYear.Limit, kinds: Set<UInt8>)] {
        var groups: [(limit: RemoteYear.Limit, kinds: Set<UInt8>)] = []
        for limit in limits {
            let index = groups.firstIndex { group in
                group.limit.kind == limit.kind && group.limit.limit == limit.limit && group.limit.left == limit.left
                    && group.limit.level == limit.level && group.limit.rule == limit.rule
            }
            if let index {
                groups[index].kinds.insert(limit.claimKind)
            } else {
                groups.append((limit, [limit.claimKind]))
            }
        }
        return groups
    }

    private static func name(of limit: RemoteYear.Limit) -> String {
        let names = ["", "起付线 deductible", "封顶线 cap", "基金限额 fund's limit"]
        return names.indices.contains(limit.kind) ? names[limit.kind] : "\(limit.kind)"
    }

    /// The rule, and the scope of a limit that does not apply to everything the accumulator counts.
    private static func scope(of limit: RemoteYear.Limit, kinds: Set<UInt8>) -> String {
        var parts = [limit.rule]
        if kinds.count == 1, let kind = ClaimKind(rawValue: limit.claimKind) {
            parts.append(Words.word(kind, Words.kind))
        }
        if limit.level > 0 { parts.append("level \(limit.level)") }
        return parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }

    static func lines(_ lines: [RemoteYearLine]) -> [String] {
        var table = TextTable([.left, .left, .left, .left, .right, .right, .right, .right, .left])
        table.add(["settlement", "service date", "kind", "institution", "total", "funds", "accounts", "cash", ""])
        for line in lines {
            table.add([
                line.id, line.serviceDate == .none ? "" : line.serviceDate.description,
                Words.word(line.kind, Words.kind), line.institution,
                SettlementText.signed(line.total), SettlementText.signed(line.fundTotal),
                SettlementText.signed(line.accountTotal), SettlementText.signed(line.cash), standing(line),
            ])
        }
        return table.lines()
    }

    private static func standing(_ line: RemoteYearLine) -> String {
        let owed = line.recoverable == 0 ? "" : ", 应退 to be paid back \(SettlementText.signed(line.recoverable))"
        let back = line.isTakenBack ? ", 撤销 taken back" : ""
        if line.isAdjustment { return "年终调整 adjustment" + owed }
        if line.round > 0 { return "二次报销 second round, entry \(line.round)" + back + owed }
        if line.isRecognition { return "因病致贫 recognition (YT-7)" + back + owed }
        return line.isReversal ? "撤销 reversal" : line.isReversed ? "已撤销 reversed" : ""
    }

    // MARK: JSON

    static func json(
        _ person: UInt64, _ entries: [RemoteEntry], _ year: RemoteYear?, _ lines: [RemoteYearLine]
    ) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.field("person", person)
            let no = entries.map(\.entry).personNo
            if !no.isEmpty { json.field("person_no", no) }
            json.array("records") { json in
                for remote in entries { json.object { add(remote, to: &$0) } }
            }
            guard let year else { return }
            json.field("region", year.region)
            json.array("accumulators") { json in
                for accumulator in year.accumulators { json.object { add(accumulator, to: &$0) } }
            }
            json.array("settlements") { json in
                for line in lines { json.object { add(line, to: &$0) } }
            }
        }
        return json.text
    }

    static func json(_ receipt: RegistryReceipt, of request: RegistryRequest) -> String {
        json(receipt, of: request.names?.person ?? request.person.map { PersonName($0) })
    }

    /// - Parameter name: the person's name as given; nil: a record of no person.
    static func json(_ receipt: RegistryReceipt, of name: PersonName?) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            if let name { json.person(name) }
            json.field("unchanged", receipt.isUnchanged)
            if let remote = receipt.entry { json.object("record") { add(remote, to: &$0) } }
        }
        return json.text
    }

    private static func add(_ remote: RemoteEntry, to json: inout JSONText) {
        json.field("number", remote.entry.number)
        json.field("recorded_at", remote.entry.recorded.milliseconds)
        json.field("kind", kind(remote.entry.fact).split(separator: " ").last.map(String.init) ?? "")
        json.field("what", what(remote))
        json.field("supersedes", remote.entry.supersedes)
        json.field("superseded_by", remote.entry.supersededBy)
    }

    private static func add(_ accumulator: RemoteYear.Accumulator, to json: inout JSONText) {
        json.field("name", accumulator.name)
        json.field("amount", accumulator.amount)
        json.array("limits") { json in
            for limit in accumulator.limits {
                json.object { json in
                    json.field("kind", limit.kind == 1 ? "deductible" : limit.kind == 2 ? "cap" : "fund")
                    json.field("limit", limit.limit)
                    json.field("left", limit.left)
                    json.field("layer", limit.layer)
                    json.field("claim_kind", limit.claimKind)
                    json.field("level", limit.level)
                    json.field("rule", limit.rule)
                }
            }
        }
    }

    private static func add(_ line: RemoteYearLine, to json: inout JSONText) {
        json.field("settlement_id", line.id)
        json.field("sequence", line.sequence)
        json.field("is_reversal", line.isReversal)
        json.field("is_reversed", line.isReversed)
        json.field("is_adjustment", line.isAdjustment)
        json.field("round", line.round)
        json.field("is_recognition", line.isRecognition)
        json.field("is_taken_back", line.isTakenBack)
        json.field("service_date", line.serviceDate.number)
        json.field("institution", line.institution)
        json.field("total", line.total)
        json.field("fund_total", line.fundTotal)
        json.field("account_total", line.accountTotal)
        json.field("cash", line.cash)
        json.field("recoverable", line.recoverable)
    }
}
