import Policy
import Settlement
import Text

/// A fault in one value of a row.
struct CellProblem: Error {
    var code: DomainCode?
    var rule = ""
    var message: String
}

extension ClaimRow {
    /// A row of these values by column; others are empty.
    package init(_ values: [(column: ClaimColumn, text: String)]) throws(RowProblem) {
        self.init(
            region: "", person: PersonRecord(number: 0, facts: PersonFacts(insurance: .unspecified)),
            claim: ClaimRecord(Claim(kind: .unspecified, serviceDate: .none, cost: CostSplit(total: 0))))
        for (column, text) in values {
            let bytes = Array(text.utf8)
            do throws(CellProblem) { try set(column, to: bytes.span) } catch {
                throw RowProblem(error, line: 0, id: id, column: column, value: text)
            }
        }
    }
}

extension RowProblem {
    init(_ problem: CellProblem, line: Int, id: String, column: ClaimColumn, value: String) {
        self.init(
            line: line, id: id, column: column.rawValue, value: value,
            code: problem.code.map(\.name) ?? RowProblem.malformed, rule: problem.rule,
            message: problem.message)
    }
}

extension CostSplit {
    /// The total of a bill with these parts (rule G-5).
    package var sumOfParts: Fen { outOfCatalog + overLimit + firstSelfPay + inPolicy + specialDrug }
}

/// Reads the values of a row, column by column.
extension ClaimRow {
    /// Bytes of `id` and of codes, which are only returned and compared.
    package static var wordBytesMax: Int { 64 }
    /// Entries of a list of identities or filings of one person.
    package static var listMax: Int { 64 }

    /// Sets the value of `column`.
    mutating func set(_ column: ClaimColumn, to text: borrowing Span<UInt8>) throws(CellProblem) {
        switch column {
        case .id: id = try mark(text)
        case .region: region = try word(text)
        case .person: try setPerson(text)
        case .personNo:
            let no = try mark(text)
            guard PersonNo(no) != nil else { throw CellProblem(message: PersonNo.explanation) }
            guard person.no.isEmpty || person.no == no else {
                throw CellProblem(message: "is another number than in person; keep one")
            }
            person.no = no
        case .insurance: person.facts.insurance = try choice(text, Words.insurance)
        case .membership: person.facts.membership = try choice(text, Words.membership)
        case .status: person.facts.status = try choice(text, Words.status, PlatformCode.psnType)
        case .coveredFrom: person.facts.covered.from = try optionalDate(text)
        case .coveredUntil: person.facts.covered.until = try optionalDate(text)
        case .identities: person.identities = try identities(text)
        case .filings: person.filings = try filings(text)
        case .product: person.product = try word(text)
        case .boughtOn: person.facts.boughtOn = try optionalDate(text)
        case .preExisting: person.facts.hasPreExistingDisease = try choice(text, Words.flag)
        case .accounts: person.accounts = try accounts(text)
        case .kind: claim.claim.kind = try choice(text, Words.kind, PlatformCode.medType)
        case .serviceDate: claim.claim.serviceDate = try date(text)
        case .level: claim.claim.institution.level = try choice(text, Words.level)
        case .chineseMedicine: claim.claim.institution.isChineseMedicine = try choice(text, Words.flag)
        case .countyArea: claim.claim.institution.isCountyArea = try choice(text, Words.flag)
        case .outOfCity: claim.claim.institution.isOutOfCity = try choice(text, Words.flag)
        case .disease: claim.disease = try word(text)
        case .referredFrom: claim.claim.referredFrom = try choice(text, Words.level)
        case .accountUse: claim.claim.accountUse = try choice(text, Words.accountUse, PlatformCode.acctUsedFlag)
        case .printedFund: printed.fund = try printedAmount(text)
        case .printedAccount: printed.account = try printedAmount(text)
        case .printedCash: printed.cash = try printedAmount(text)
        default: try setAmount(column, to: text)
        }
    }

    /// Sets the person: a number below 2^63 in its shortest form is our number, other text is the platform's.
    private mutating func setPerson(_ text: borrowing Span<UInt8>) throws(CellProblem) {
        let isShortest = text.count == 1 || !text.isEmpty && text[0] != UInt8(ascii: "0")
        if isShortest, let number = Decimal.number(text), number < PersonNumbers.firstOfTexts {
            person.number = number
            person.isNamed = true
            return
        }
        let digits = try mark(text)
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), PersonNo(digits) != nil else {
            throw CellProblem(
                message:
                    "not a number, nor up to \(PersonNo.charactersMax) digits of the platform; other numbers of the "
                    + "platform stand in person_no")
        }
        guard person.no.isEmpty || person.no == digits else {
            throw CellProblem(message: "is another number than in person_no; keep one")
        }
        person.no = digits
    }

    private mutating func setAmount(_ column: ClaimColumn, to text: borrowing Span<UInt8>) throws(CellProblem) {
        if text.isEmpty, column != .total { return }
        let amount = try amount(text)
        switch column {
        case .total: claim.claim.cost.total = amount
        case .outOfCatalog: claim.claim.cost.outOfCatalog = amount
        case .overLimit: claim.claim.cost.overLimit = amount
        case .firstSelfPay: claim.claim.cost.firstSelfPay = amount
        case .inPolicy: claim.claim.cost.inPolicy = amount
        case .inPolicyDrug: claim.claim.cost.inPolicyDrug = amount
        case .specialDrug: claim.claim.cost.specialDrug = amount
        case .externalBasic: claim.claim.externalBasic = amount
        case .externalLargeAmount: claim.claim.externalLargeAmount = amount
        default: preconditionFailure("\(column.rawValue) is no amount")
        }
    }

    private func amount(_ text: borrowing Span<UInt8>) throws(CellProblem) -> Fen {
        do throws(YuanText.Problem) { return try YuanText.fen(text) } catch {
            throw CellProblem(code: error == .tooLarge ? .amountOutOfRange : nil, rule: "G-1", message: error.message)
        }
    }

    private func printedAmount(_ text: borrowing Span<UInt8>) throws(CellProblem) -> Fen? {
        text.isEmpty ? nil : try amount(text)
    }

    private func date(_ text: borrowing Span<UInt8>) throws(CellProblem) -> CalendarDate {
        do throws(DateText.Problem) { return try DateText.date(text) } catch {
            throw CellProblem(code: error == .doesNotExist ? .dateInvalid : nil, message: error.message)
        }
    }

    private func optionalDate(_ text: borrowing Span<UInt8>) throws(CellProblem) -> CalendarDate {
        text.isEmpty ? .none : try date(text)
    }

    /// - Parameter codes: the platform's codes, accepted as well.
    private func choice<Value>(
        _ text: borrowing Span<UInt8>, _ list: [(Value, [String])], _ codes: [(Value, [String])] = []
    ) throws(CellProblem) -> Value {
        if let value = Words.value(text, list) ?? Words.value(text, codes) { return value }
        _ = try string(text)
        throw CellProblem(code: .factInvalid, message: "not in the list; write one of: \(Words.choices(list))")
    }

    private func word(_ text: borrowing Span<UInt8>) throws(CellProblem) -> String {
        if text.isEmpty { return "" }
        if text.count > Self.wordBytesMax {
            throw CellProblem(message: "longer than \(Self.wordBytesMax) bytes; shorten it")
        }
        let word = try string(text)
        if SpreadsheetText.hasControl(word.utf8) { throw CellProblem(message: SpreadsheetText.controlMessage) }
        return word
    }

    /// An identifier, which is refused if a spreadsheet shortened a long number.
    private func mark(_ text: borrowing Span<UInt8>) throws(CellProblem) -> String {
        let mark = try word(text)
        if SpreadsheetText.isScientific(mark.utf8) { throw CellProblem(message: SpreadsheetText.scientificMessage) }
        return mark
    }

    private func string(_ text: borrowing Span<UInt8>) throws(CellProblem) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for index in text.indices { bytes.append(text[index]) }
        if let string = String(validating: bytes, as: UTF8.self) { return string }
        throw CellProblem(message: SpreadsheetText.encodingMessage)
    }

    private func identities(_ text: borrowing Span<UInt8>) throws(CellProblem) -> [DatedIdentity] {
        var list: [DatedIdentity] = []
        var rest = 0..<text.count
        while let entry = try nextEntry(text, &rest, taken: list.count) {
            let (name, range) = try dated(text.extracting(entry))
            let identity = try choice(text.extracting(entry.lowerBound..<entry.lowerBound + name), Words.identity)
            if range.from == .none {
                throw CellProblem(
                    code: .factMissing, rule: "G-11",
                    message: "the day on which the identity was given is missing; write low_income:2023-02-10")
            }
            list.append(DatedIdentity(identity, given: range.from, ended: range.until))
        }
        return list
    }

    private func filings(_ text: borrowing Span<UInt8>) throws(CellProblem) -> [FilingRecord] {
        var list: [FilingRecord] = []
        var rest = 0..<text.count
        while let entry = try nextEntry(text, &rest, taken: list.count) {
            let (name, range) = try dated(text.extracting(entry))
            let code = try word(text.extracting(entry.lowerBound..<entry.lowerBound + name))
            list.append(FilingRecord(disease: code, inForce: range))
        }
        return list
    }

    private func accounts(_ text: borrowing Span<UInt8>) throws(CellProblem) -> [AccountState] {
        var list: [AccountState] = []
        var rest = 0..<text.count
        while let entry = try nextEntry(text, &rest, taken: list.count) {
            if list.count == CalculatorLimit.accountsMax {
                throw CellProblem(message: "more than \(CalculatorLimit.accountsMax) accounts; name fewer")
            }
            guard let colon = entry.first(where: { text[$0] == UInt8(ascii: ":") }) else {
                throw CellProblem(message: "not relation:balance; write self:1260.00")
            }
            let relation = try choice(text.extracting(entry.lowerBound..<colon), Words.relation)
            if list.isEmpty, relation != .own {
                throw CellProblem(
                    rule: "CQ-31", message: "the person's own account comes first; write self:0.00 before it")
            }
            let balance = try amount(text.extracting(colon + 1..<entry.upperBound))
            list.append(AccountState(relation: relation, balance: balance))
        }
        return list
    }

    /// The next of the entries joined by `;`, as positions in `text`; nil: no more.
    private func nextEntry(
        _ text: borrowing Span<UInt8>, _ rest: inout Range<Int>, taken: Int
    ) throws(CellProblem) -> Range<Int>? {
        if rest.isEmpty { return nil }
        if taken == Self.listMax { throw CellProblem(message: "more than \(Self.listMax) entries; name fewer") }
        let end = rest.first { text[$0] == UInt8(ascii: ";") } ?? rest.upperBound
        let entry = rest.lowerBound..<end
        rest = min(end + 1, rest.upperBound)..<rest.upperBound
        return entry
    }

    /// Splits `name:from..until`: the length of the name, and the days.
    private func dated(_ text: borrowing Span<UInt8>) throws(CellProblem) -> (name: Int, range: DateRange) {
        var colon = text.count
        for index in text.indices where text[index] == UInt8(ascii: ":") {
            colon = index
            break
        }
        if colon == text.count { return (colon, DateRange()) }
        var dots = text.count
        var afterDots = text.count
        var index = colon + 1
        while index + 1 < text.count {
            if text[index] == UInt8(ascii: "."), text[index + 1] == UInt8(ascii: ".") {
                dots = index
                afterDots = index + 2
                break
            }
            index += 1
        }
        let from = try optionalDate(text.extracting(colon + 1..<dots))
        let until = try optionalDate(text.extracting(afterDots..<text.count))
        return (colon, DateRange(from: from, until: until))
    }
}
