import Population
import Registry
import Settlement
import Text

/// A fault in one value of a row.
struct ValueProblem: Error {
    var column: String
    var value: String
    var message: String
}

/// The values of one row, by the names of the table's columns.
struct RowValues {
    let table: RegistryTable
    let positions: [Int]
    let cells: CSVRow

    /// The text of a column; empty where the file lacks it.
    func text(_ name: String) throws(ValueProblem) -> String {
        let columns = table.columns
        guard let index = columns.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("\(table.rawValue) have no column \(name)")
        }
        guard positions[index] >= 0 else { return "" }
        let range = cells.range(positions[index])
        guard let text = String(validating: cells.bytes[range], as: UTF8.self) else {
            throw ValueProblem(
                column: name, value: cells.text(positions[index]), message: SpreadsheetText.encodingMessage)
        }
        if SpreadsheetText.hasControl(text.utf8) { throw problem(name, text, SpreadsheetText.controlMessage) }
        if columns[index].kind == .id, SpreadsheetText.isScientific(text.utf8) {
            throw problem(name, text, SpreadsheetText.scientificMessage)
        }
        if text.isEmpty, columns[index].isRequired {
            throw ValueProblem(column: name, value: "", message: "is empty; \(columns[index].explanation)")
        }
        return text
    }

    private func problem(_ name: String, _ text: String, _ message: String) -> ValueProblem {
        ValueProblem(column: name, value: text, message: message)
    }

    func day(_ name: String) throws(ValueProblem) -> CalendarDate {
        let text = try text(name)
        if text.isEmpty { return .none }
        do throws(DateText.Problem) { return try DateText.date(text) } catch {
            throw problem(name, text, error.message)
        }
    }

    func range(_ from: String, _ until: String) throws(ValueProblem) -> DateRange {
        DateRange(from: try day(from), until: try day(until))
    }

    /// A month: 196005, 1960-05 or 1960/5.
    func month(_ name: String) throws(ValueProblem) -> Int32 {
        let text = try text(name)
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "/" }
        var digits = text
        if parts.count == 2, parts[0].utf8.count == 4, (1...2).contains(parts[1].utf8.count) {
            digits = parts[0] + (parts[1].utf8.count == 1 ? "0" : "") + parts[1]
        }
        if digits.utf8.count == 6, digits.utf8.allSatisfy({ (48...57).contains($0) }), let month = Int32(digits),
            (1...12).contains(month % 100)
        {
            return month
        }
        throw problem(name, text, "not a month; write it as 1960-05 or 196005")
    }

    /// Number of the record that the row corrects; empty: 0, none.
    func corrects() throws(ValueProblem) -> UInt16 {
        let text = try text("corrects")
        if text.isEmpty { return 0 }
        if text.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt16(text) { return number }
        throw problem("corrects", text, "not the number of a record; `person` shows the numbers")
    }

    func year(_ name: String) throws(ValueProblem) -> Int32 {
        let text = try text(name)
        if text.isEmpty { return 0 }
        let isYear = text.utf8.count == 4 && text.utf8.allSatisfy { (48...57).contains($0) }
        if isYear, let year = Int32(text) { return year }
        throw problem(name, text, "not a year; write it as 2023")
    }

    /// An amount in yuan; empty: 0.
    func amount(_ name: String) throws(ValueProblem) -> Fen {
        let text = try text(name)
        if text.isEmpty { return 0 }
        do throws(YuanText.Problem) { return try YuanText.fen(text) } catch { throw problem(name, text, error.message) }
    }

    /// - Parameter codes: the platform's codes, accepted as well.
    func choice<Value>(
        _ name: String, _ list: [(Value, [String])], _ codes: [(Value, [String])] = []
    ) throws(ValueProblem) -> Value {
        let text = try text(name)
        for (value, words) in list + codes where words.contains(text) { return value }
        let words = list.compactMap { $0.1.first { !$0.isEmpty } }.joined(separator: ", ")
        throw problem(name, text, "none of: \(words); correct it")
    }
}

/// A row as a request to the register.
extension RowValues {
    func request() throws(ValueProblem) -> RegistryRequest {
        guard table.isOfPersons else { return try request(PersonNames(PersonName())) }
        let person = try name(.person, .personNo, .personRegion)
        let other = table == .family ? try name(.other, .otherNo, .otherRegion) : PersonName()
        let names = PersonNames(person, other: other)
        return try request(names).named(names)
    }

    /// The person named by two columns, by our number and by the platform's.
    private func name(
        _ number: RegistryColumn, _ no: RegistryColumn, _ region: RegistryColumn
    ) throws(ValueProblem) -> PersonName {
        let digits = try text(number.name)
        let text = try self.text(no.name)
        guard !digits.isEmpty || !text.isEmpty else {
            throw problem(number.name, "", "is empty, and so is \(no.name); say who it is by one of them")
        }
        var name = PersonName()
        if !digits.isEmpty {
            guard let found = PersonName(digits: digits) else {
                throw problem(
                    number.name, digits,
                    "not a number from 0 to 18446744073709551615, nor up to \(PersonNo.charactersMax) digits of the "
                        + "platform; other numbers of the platform stand in \(no.name)")
            }
            name = found
        }
        if !text.isEmpty {
            let isTakenAway = table == .persons && text == PersonBasics.noPersonNo
            guard isTakenAway || PersonNo(text) != nil else { throw problem(no.name, text, PersonNo.explanation) }
            guard name.no.isEmpty || name.no == text else {
                throw problem(no.name, text, "is another number than \(digits) in \(number.name); keep one")
            }
            name.no = text
        }
        name.region = try self.text(region.name)
        return name
    }

    private func request(_ names: PersonNames) throws(ValueProblem) -> RegistryRequest {
        switch table {
        case .areas:
            .area(
                AreaRecord(
                    code: try text("code"), name: try text("name"), parent: try text("parent"),
                    region: try text("region"), isWithdrawn: try choice("withdrawn", Words.flag)))
        case .institutions: .institution(try institution())
        case .persons:
            .person(
                names.person.number,
                PersonBasics(
                    region: try text("region"), birthMonth: try month("birth_month"), since: try day("since"),
                    area: try text("area"), personNo: names.person.no),
                corrects: try corrects())
        case .enrolments: .enrol(names.person.number, try enrolment())
        case .identities:
            .identity(
                names.person.number,
                IdentityRecord(
                    DatedIdentity(
                        try choice("identity", Words.identity), given: try day("given"), ended: try day("ended")),
                    department: try choice("department", FileWords.department)),
                corrects: try corrects())
        case .changes:
            .change(
                names.person.number,
                EnrolmentChange(
                    on: try day("date"), status: try choice("status", Words.status, PlatformCode.psnType),
                    membership: try choice("membership", Words.membership),
                    contributionBase: try text("contribution_base").isEmpty ? nil : try amount("contribution_base"),
                    lumpSumUntil: try text("lump_sum_until").isEmpty ? nil : try day("lump_sum_until")))
        case .departures:
            .endPerson(
                names.person.number, Departure(try choice("reason", FileWords.departure), on: try day("date")),
                corrects: try corrects())
        case .family:
            .family(
                names.person.number,
                FamilyMember(
                    try choice("relation", FileWords.relation), names.other.number,
                    inForce: try range("from", "until")),
                corrects: try corrects())
        case .purchases:
            .buy(
                names.person.number,
                SupplementaryPurchase(
                    product: try text("product"), boughtOn: try day("bought_on"),
                    hasPreExistingDisease: try choice("pre_existing", Words.flag), premium: try amount("premium")),
                corrects: try corrects())
        case .special:
            .special(
                names.person.number,
                SpecialRegistration(disease: try text("disease"), inForce: try range("from", "until")),
                corrects: try corrects())
        case .referrals: .referral(names.person.number, try referral(), corrects: try corrects())
        case .feedback: .feedback(names.person.number, try feedback())
        case .chronicReports:
            .chronicReport(
                names.person.number,
                ChronicReportRequest(
                    institution: try text("institution"), disease: try text("disease"), reported: try day("reported"),
                    letter: try day("letter"), isWithdrawn: try choice("withdrawn", Words.flag)))
        }
    }

    private func feedback() throws(ValueProblem) -> DepartmentFeedback {
        let month = try month("month")
        return DepartmentFeedback(
            department: try choice("department", FileWords.department), month: month / 100 * 12 + month % 100 - 1,
            received: try day("received"), isTakenIn: try choice("taken_in", Words.flag),
            identity: try text("identity").isEmpty ? .none : try choice("identity", Words.identity),
            from: try day("from"), reason: try text("reason"))
    }

    private func institution() throws(ValueProblem) -> InstitutionRecord {
        var record = InstitutionRecord(
            code: try text("code"), region: try text("region"), kind: try choice("kind", FileWords.kind),
            level: try choice("level", Words.level), isChineseMedicine: try choice("chinese_medicine", Words.flag),
            isCountyArea: try choice("county_area", Words.flag), isOutOfCity: try choice("out_of_city", Words.flag),
            isNetworked: try choice("networked", FileWords.networked),
            treatsSpecialDiseases: try choice("special_diseases", Words.flag),
            doesPublicHealthAndPooling: try choice("public_health_and_pooling", Words.flag),
            designated: try range("designated_from", "designated_until"), since: try day("since"),
            name: try text("name"), area: try text("area"))
        record.isPoolingPharmacy = try choice("outpatient_pooling", Words.flag)
        record.pooling = try range("outpatient_pooling_from", "outpatient_pooling_until")
        record.specialDiseases = try range("special_diseases_from", "special_diseases_until")
        return record
    }

    private func enrolment() throws(ValueProblem) -> EnrolmentRequest {
        EnrolmentRequest(
            Enrolment(
                try choice("insurance", Words.insurance), membership: try choice("membership", Words.membership),
                status: try choice("status", Words.status, PlatformCode.psnType),
                covered: try range("covered_from", "covered_until"),
                payer: try choice("payer", FileWords.payer), paidOn: try day("paid_on"),
                lumpSumUntil: try day("lump_sum_until"), contributionBase: try amount("contribution_base"),
                premiumDue: try amount("premium_due"), premiumSubsidised: try amount("premium_subsidised")),
            year: try year("year"), isStatusChange: try choice("status_change", Words.flag),
            corrects: try corrects())
    }

    private func referral() throws(ValueProblem) -> ReferralRequest {
        ReferralRequest(
            number: try text("number"), from: try text("from"), to: try text("to"),
            fromLevel: try choice("from_level", Words.level), toLevel: try choice("to_level", Words.level),
            date: try day("date"), isFirstDiagnosis: try choice("first_diagnosis", Words.flag))
    }
}
