import Population
import Registry
import Settlement

/// Writes the register's valid records as files, in the table's columns; importing them gives the same register.
package struct RegistryFileWriter {
    package let table: RegistryTable
    /// Whether a row has its record's number, so that an edited row corrects that record when imported.
    private let hasNumbers: Bool
    /// Code of an institution's number, for referrals.
    private let code: (UInt32) -> String

    package init(_ table: RegistryTable, hasNumbers: Bool = false, code: @escaping (UInt32) -> String = { _ in "" }) {
        self.table = table
        self.hasNumbers = hasNumbers
        self.code = code
    }

    /// A row of `areas`.
    package func append(_ record: AreaRecord, to bytes: inout [UInt8]) {
        appendRow(values(record), to: &bytes)
    }

    /// The values of a row of `areas`.
    package func values(_ record: AreaRecord) -> [String] {
        precondition(table == .areas)
        return [record.code, record.name, record.parent, record.region, flag(record.isWithdrawn)]
    }

    /// A row of `institutions`.
    package func append(_ record: InstitutionRecord, to bytes: inout [UInt8]) {
        appendRow(values(record), to: &bytes)
    }

    /// The values of a row of `institutions`.
    package func values(_ record: InstitutionRecord) -> [String] {
        precondition(table == .institutions)
        return [
            record.code, record.region, Words.word(record.kind, FileWords.kind), Words.word(record.level, Words.level),
            flag(record.isChineseMedicine), flag(record.isCountyArea), flag(record.isOutOfCity),
            flag(record.isNetworked), flag(record.treatsSpecialDiseases), flag(record.doesPublicHealthAndPooling),
            day(record.designated.from), day(record.designated.until), day(record.since), record.name, record.area,
            flag(record.isPoolingPharmacy), day(record.pooling.from), day(record.pooling.until),
            day(record.specialDiseases.from), day(record.specialDiseases.until),
        ]
    }

    /// Appends a row for a valid entry; false: the entry belongs to another table.
    ///
    /// - Parameter no: the platform's number of the person; empty: none. A registration uses its own.
    @discardableResult
    package func append(_ entry: PersonEntry, of person: UInt64, no: String = "", to bytes: inout [UInt8]) -> Bool {
        guard let values = values(entry, of: person, no: no) else { return false }
        appendRow(values, to: &bytes)
        return true
    }

    /// The values of a row for an entry; nil: the entry belongs to another table.
    package func values(_ entry: PersonEntry, of person: UInt64, no: String = "") -> [String]? {
        guard let own = values(entry.fact) else { return nil }
        var no = no
        if case .basics(let basics) = entry.fact { no = basics.personNo }
        let row = ["\(person)"] + own + [hasNumbers ? "\(entry.number)" : "", no]
        return row + Array(repeating: "", count: table.columns.count - row.count)
    }

    private func appendRow(_ values: [String], to bytes: inout [UInt8]) {
        var row = CSVLine()
        for (column, value) in zip(table.columns, values) {
            if column.kind == .id { row.add(id: value) } else { row.add(value) }
        }
        row.end(into: &bytes)
    }

    private func values(_ fact: PersonFact) -> [String]? {
        switch (table, fact) {
        case (.persons, .basics(let basics)):
            [basics.region, "\(basics.birthMonth)", day(basics.since), basics.area]
        case (.enrolments, .enrolment(let enrolment)): values(enrolment)
        case (.identities, .identity(let record)):
            [
                Words.word(record.dated.identity, Words.identity), day(record.dated.given), day(record.dated.ended),
                Words.word(record.department, FileWords.department),
            ]
        case (.family, .family(let member)):
            [
                "\(member.other)", Words.word(member.relation, FileWords.relation), day(member.inForce.from),
                day(member.inForce.until),
            ]
        case (.purchases, .purchase(let purchase)):
            [purchase.product, day(purchase.boughtOn), flag(purchase.hasPreExistingDisease), yuan(purchase.premium)]
        case (.special, .special(let registration)):
            [registration.disease, day(registration.inForce.from), day(registration.inForce.until)]
        case (.referrals, .referral(let referral)):
            [
                referral.number, code(referral.from), code(referral.to),
                Words.word(referral.fromLevel, Words.level), Words.word(referral.toLevel, Words.level),
                day(referral.date), flag(referral.isFirstDiagnosis),
            ]
        case (.departures, .departure(let departure)):
            [Words.word(departure.reason, FileWords.departure), day(departure.date)]
        default: nil
        }
    }

    private func values(_ enrolment: Enrolment) -> [String] {
        [
            Words.word(enrolment.insurance, Words.insurance), Words.word(enrolment.membership, Words.membership),
            Words.word(enrolment.status, Words.status), Words.word(enrolment.payer, FileWords.payer),
            day(enrolment.covered.from), day(enrolment.covered.until), day(enrolment.paidOn),
            day(enrolment.lumpSumUntil), yuan(enrolment.contributionBase), yuan(enrolment.premiumDue),
            // The subsidy is derived from the identities; the year and the reason are not kept.
            yuan(enrolment.premiumSubsidised), "", "",
        ]
    }

    private func flag(_ value: Bool) -> String { value ? "1" : "0" }

    private func day(_ date: CalendarDate) -> String { date.number == 0 ? "" : date.description }

    /// The amount in yuan; empty for 0.
    private func yuan(_ amount: Fen) -> String { amount == 0 ? "" : YuanText.text(amount) }
}
