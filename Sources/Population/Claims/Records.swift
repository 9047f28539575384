import Policy
import Settlement

/// A disease on file, by the code of the pack's table (病种备案).
package struct FilingRecord: Equatable, Sendable {
    package var disease: String
    package var inForce: DateRange

    package init(disease: String, inForce: DateRange) {
        self.disease = disease
        self.inForce = inForce
    }
}

/// A person of a claims file: facts with external codes, no name.
package struct PersonRecord: Equatable, Sendable {
    /// Opaque number (rule G-14).
    package var number: UInt64
    /// The text that names the person where it is no number below 2^63; see `PersonNumbers`.
    package var no = ""
    /// Whether the file gives `number`.
    var isNamed = false
    /// `product` is not used here: `product` of the record names it.
    package var facts: PersonFacts
    package var identities: [DatedIdentity]
    package var filings: [FilingRecord]
    /// Supplementary product; empty: none.
    package var product: String
    /// The accounts' balances when the person's year opens; the person's own account first (rule CQ-31).
    package var accounts: [AccountState]

    package init(
        number: UInt64, facts: PersonFacts, identities: [DatedIdentity] = [], filings: [FilingRecord] = [],
        product: String = "", accounts: [AccountState] = []
    ) {
        self.number = number
        isNamed = true
        self.facts = facts
        self.identities = identities
        self.filings = filings
        self.product = product
        self.accounts = accounts
    }
}

/// A claim of a claims file.
package struct ClaimRecord: Equatable, Sendable {
    /// `disease` is not used here: `disease` of the record names it.
    package var claim: Claim
    /// Code of the pack's table; empty: none.
    package var disease: String

    package init(_ claim: Claim, disease: String = "") {
        self.claim = claim
        self.disease = disease
    }
}

/// The result printed by a source document for a claim, in fen; parts may be missing.
package struct PrintedResult: Equatable, Sendable {
    package var fund: Fen?
    package var account: Fen?
    package var cash: Fen?

    package init(fund: Fen? = nil, account: Fen? = nil, cash: Fen? = nil) {
        self.fund = fund
        self.account = account
        self.cash = cash
    }

    package var isEmpty: Bool { fund == nil && account == nil && cash == nil }

    /// Tolerance of a printed result: the sources round to the yuan, sometimes in between.
    package static var tolerance: Fen { 100 }

    /// True where a settled result equals the printed one within `tolerance`.
    package func agrees(fund: Fen, account: Fen, cash: Fen) -> Bool {
        func isNear(_ printed: Fen?, _ settled: Fen) -> Bool {
            guard let printed else { return true }
            return (printed - settled).magnitude <= Self.tolerance.magnitude
        }
        return isNear(self.fund, fund) && isNear(self.account, account) && isNear(self.cash, cash)
    }
}

/// One row of a claims file: a claim with its person's facts.
package struct ClaimRow: Equatable, Sendable {
    /// Line of the file; 0: not from a file.
    package var line: Int
    /// The caller's id of the row, returned in the results; may be empty.
    package var id: String
    package var region: String
    package var person: PersonRecord
    package var claim: ClaimRecord
    package var printed: PrintedResult

    package init(
        line: Int = 0, id: String = "", region: String, person: PersonRecord, claim: ClaimRecord,
        printed: PrintedResult = PrintedResult()
    ) {
        self.line = line
        self.id = id
        self.region = region
        self.person = person
        self.claim = claim
        self.printed = printed
    }
}

/// The reason why a row is refused.
package struct RowProblem: Error, Equatable, Sendable {
    package var line: Int
    package var id: String
    /// Column of the claims file; empty: the whole row.
    package var column: String
    /// The value, cut to `valueBytesMax`.
    package var value: String
    /// Name of the domain error, or `MALFORMED` where the text itself cannot be read.
    package var code: String
    /// Rule id; may be empty.
    package var rule: String
    /// The fault and the remedy.
    package var message: String

    /// Bytes of a value shown in an error: enough to recognise it.
    package static var valueBytesMax: Int { 80 }
    package static var malformed: String { "MALFORMED" }

    package init(
        line: Int, id: String = "", column: String = "", value: String = "", code: String = RowProblem.malformed,
        rule: String = "", message: String
    ) {
        self.line = line
        self.id = id
        self.column = column
        let value = Self.visible(value)
        let cut = value.utf8.count > Self.valueBytesMax
        self.value = cut ? String(decoding: value.utf8.prefix(Self.valueBytesMax), as: UTF8.self) + "…" : value
        self.code = code
        self.rule = rule
        self.message = message
    }

    /// The value with control characters shown as signs, ␀ for NUL.
    private static func visible(_ value: String) -> String {
        guard SpreadsheetText.hasControl(value.utf8) else { return value }
        var text = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            let isControl = scalar.value < 0x20 || scalar.value == 0x7F
            let sign = scalar.value == 0x7F ? 0x2421 : 0x2400 + scalar.value
            text.append(isControl ? UnicodeScalar(sign) ?? scalar : scalar)
        }
        return String(text)
    }
}
