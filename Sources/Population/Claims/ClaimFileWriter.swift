import Policy
import Settlement

/// Writes claims as rows of a claims file, all columns in the order of `ClaimColumn`.
package struct ClaimFileWriter {
    /// The columns that are written.
    package let columns: [ClaimColumn]

    /// - Parameter hasPrinted: adds the columns of results printed by a source document.
    package init(hasPrinted: Bool = false) {
        let printed: [ClaimColumn] = [.printedFund, .printedAccount, .printedCash]
        columns = ClaimColumn.allCases.filter { $0 != .personNo && (hasPrinted || !printed.contains($0)) }
    }

    /// Appends the header, after a byte-order mark where `hasMark` (for spreadsheets).
    package func appendHeader(to bytes: inout [UInt8], hasMark: Bool = false, isChinese: Bool = false) {
        if hasMark { bytes.append(contentsOf: CSVText.mark) }
        CSVText.appendRow(columns.map { isChinese ? $0.chinese : $0.rawValue }, to: &bytes)
    }

    /// Appends one row.
    package func append(_ row: ClaimRow, to bytes: inout [UInt8]) {
        for (index, column) in columns.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(column, of: row, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// The text of `column` as written for `row`.
    package func text(_ column: ClaimColumn, of row: ClaimRow) -> String {
        var bytes: [UInt8] = []
        append(column, of: row, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func append(_ column: ClaimColumn, of row: ClaimRow, to bytes: inout [UInt8]) {
        let facts = row.person.facts
        let claim = row.claim.claim
        switch column {
        case .id: CSVText.append(row.id, to: &bytes)
        case .region: CSVText.append(row.region, to: &bytes)
        case .person: append(row.person.text, to: &bytes)
        case .personNo: append(row.person.no, to: &bytes)
        case .insurance: append(Words.word(facts.insurance, Words.insurance), to: &bytes)
        case .membership: append(Words.word(facts.membership, Words.membership), to: &bytes)
        case .status: append(Words.word(facts.status, Words.status), to: &bytes)
        case .coveredFrom: DateText.append(facts.covered.from, to: &bytes)
        case .coveredUntil: DateText.append(facts.covered.until, to: &bytes)
        case .identities: appendIdentities(row.person.identities, to: &bytes)
        case .filings: appendFilings(row.person.filings, to: &bytes)
        case .product: CSVText.append(row.person.product, to: &bytes)
        case .boughtOn: DateText.append(facts.boughtOn, to: &bytes)
        case .preExisting: append(flag(facts.hasPreExistingDisease), to: &bytes)
        case .accounts: appendAccounts(row.person.accounts, to: &bytes)
        case .kind: append(Words.word(claim.kind, Words.kind), to: &bytes)
        case .serviceDate: DateText.append(claim.serviceDate, to: &bytes)
        case .level: append(Words.word(claim.institution.level, Words.level), to: &bytes)
        case .chineseMedicine: append(flag(claim.institution.isChineseMedicine), to: &bytes)
        case .countyArea: append(flag(claim.institution.isCountyArea), to: &bytes)
        case .outOfCity: append(flag(claim.institution.isOutOfCity), to: &bytes)
        case .disease: CSVText.append(row.claim.disease, to: &bytes)
        case .referredFrom: append(Words.word(claim.referredFrom, Words.level), to: &bytes)
        case .accountUse:
            if claim.accountUse != .standard { append(Words.word(claim.accountUse, Words.accountUse), to: &bytes) }
        case .total: YuanText.append(claim.cost.total, to: &bytes)
        case .outOfCatalog: appendAmount(claim.cost.outOfCatalog, to: &bytes)
        case .overLimit: appendAmount(claim.cost.overLimit, to: &bytes)
        case .firstSelfPay: appendAmount(claim.cost.firstSelfPay, to: &bytes)
        case .inPolicy: appendAmount(claim.cost.inPolicy, to: &bytes)
        case .inPolicyDrug: appendAmount(claim.cost.inPolicyDrug, to: &bytes)
        case .specialDrug: appendAmount(claim.cost.specialDrug, to: &bytes)
        case .externalBasic: appendAmount(claim.externalBasic, to: &bytes)
        case .externalLargeAmount: appendAmount(claim.externalLargeAmount, to: &bytes)
        case .printedFund: if let amount = row.printed.fund { YuanText.append(amount, to: &bytes) }
        case .printedAccount: if let amount = row.printed.account { YuanText.append(amount, to: &bytes) }
        case .printedCash: if let amount = row.printed.cash { YuanText.append(amount, to: &bytes) }
        }
    }

    /// Appends an amount; 0 stays empty.
    private func appendAmount(_ amount: Fen, to bytes: inout [UInt8]) {
        if amount != 0 { YuanText.append(amount, to: &bytes) }
    }

    private func append(_ word: String, to bytes: inout [UInt8]) { bytes.append(contentsOf: word.utf8) }

    private func flag(_ isSet: Bool) -> String { isSet ? "1" : "" }

    private func appendIdentities(_ list: [DatedIdentity], to bytes: inout [UInt8]) {
        for (index, entry) in list.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ";")) }
            append(Words.word(entry.identity, Words.identity), to: &bytes)
            appendRange(DateRange(from: entry.given, until: entry.ended), to: &bytes)
        }
    }

    private func appendFilings(_ list: [FilingRecord], to bytes: inout [UInt8]) {
        for (index, entry) in list.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ";")) }
            append(entry.disease, to: &bytes)
            appendRange(entry.inForce, to: &bytes)
        }
    }

    private func appendRange(_ range: DateRange, to bytes: inout [UInt8]) {
        if range == DateRange() { return }
        bytes.append(UInt8(ascii: ":"))
        DateText.append(range.from, to: &bytes)
        if range.until != .none {
            append("..", to: &bytes)
            DateText.append(range.until, to: &bytes)
        }
    }

    private func appendAccounts(_ list: [AccountState], to bytes: inout [UInt8]) {
        for (index, entry) in list.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ";")) }
            append(Words.word(entry.relation, Words.relation), to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            YuanText.append(entry.balance, to: &bytes)
        }
    }
}
