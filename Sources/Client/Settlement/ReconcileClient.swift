import Settlement
import WireMessages

/// Totals of an institution's period, in fen.
package struct RemoteSums: Equatable, Sendable {
    package var settlements: UInt32 = 0
    package var reversals: UInt32 = 0
    package var total: Fen = 0
    package var fundTotal: Fen = 0
    package var accountTotal: Fen = 0
    package var cash: Fen = 0
    /// Within `fundTotal`: paid outside, never owed (G-9).
    package var paidOutside: Fen = 0
    /// Account use outside settlements, and its refunds (CQ-31).
    package var uses: UInt32 = 0
    package var refunds: UInt32 = 0

    package init() {}

    init(_ message: Jiesuan__V1__ReconcileSums?) {
        guard let message else { return }
        settlements = message.settlements
        reversals = message.reversals
        total = message.total
        fundTotal = message.fund_total
        accountTotal = message.account_total
        cash = message.cash
        paidOutside = message.paid_outside
        uses = message.uses
        refunds = message.refunds
    }
}

/// A row of an institution's own books, or of the server's; a reversal's amounts are positive.
package struct RemoteRow: Hashable, Sendable {
    package var id: String
    package var isReversal: Bool
    /// Owner of the account for account use outside settlements; 0, and no `personNo`: a settlement.
    package var person: UInt64
    /// The owner's number at the platform, and the region in which it is meant; empty: not told.
    package var personNo = ""
    package var personRegion = ""
    package var total: Fen
    package var fundTotal: Fen
    package var accountTotal: Fen
    package var cash: Fen

    package init(
        id: String, isReversal: Bool = false, person: UInt64 = 0, total: Fen, fundTotal: Fen, accountTotal: Fen,
        cash: Fen
    ) {
        self.id = id
        self.isReversal = isReversal
        self.person = person
        self.total = total
        self.fundTotal = fundTotal
        self.accountTotal = accountTotal
        self.cash = cash
    }

    init(_ message: Jiesuan__V1__ReconcileRow) {
        self.init(
            id: wireText(message.settlement_id), isReversal: message.is_reversal != 0,
            person: message.person, total: message.total, fundTotal: message.fund_total,
            accountTotal: message.account_total, cash: message.cash)
        personNo = wireText(message.person_no)
        personRegion = wireText(message.person_region)
    }
}

/// The comparison of an institution's totals with the server's.
package struct RemoteTotals: Equatable, Sendable {
    package var isBalanced: Bool
    package var ours: RemoteSums
    /// Theirs − ours, amounts only.
    package var difference: RemoteSums
    package var settlementsDifference: Int32
    package var reversalsDifference: Int32
}

/// The comparison of an institution's rows with the server's.
package struct RemoteDetails {
    package var isBalanced: Bool
    package var equal: Int
    package var onlyThere: [RemoteRow]
    package var onlyHere: [RemoteRow]
    package var differing: [(theirs: RemoteRow, ours: RemoteRow)]

    package init(
        isBalanced: Bool, equal: Int, onlyThere: [RemoteRow], onlyHere: [RemoteRow],
        differing: [(theirs: RemoteRow, ours: RemoteRow)]
    ) {
        self.isBalanced = isBalanced
        self.equal = equal
        self.onlyThere = onlyThere
        self.onlyHere = onlyHere
        self.differing = differing
    }
}

/// An institution's period: a day, or several days of one month.
package struct RemotePeriod: Equatable, Sendable {
    package var institution: String
    package var from: CalendarDate
    package var until: CalendarDate
    /// 0 all, 11 outpatient, 14 special, 21 inpatient, 41 account use at a pharmacy (清算类别, clr_type).
    package var clearingType: UInt32 = 0
    /// `unspecified`: all.
    package var insurance = Insurance.unspecified

    package init(
        institution: String, from: CalendarDate, until: CalendarDate, clearingType: UInt32 = 0,
        insurance: Insurance = .unspecified
    ) {
        self.institution = institution
        self.from = from
        self.until = until
        self.clearingType = clearingType
        self.insurance = insurance
    }
}

extension SettlementClient {
    /// Compares an institution's own totals of a period with the server's (对总账, 3201).
    package func reconcile(_ period: RemotePeriod, sums theirs: RemoteSums) throws(ClientError) -> RemoteTotals {
        let objects = WireObjects()
        let sums = objects.make(jiesuan__v1__reconcile_sums__init)
        sums.pointee.settlements = theirs.settlements
        sums.pointee.reversals = theirs.reversals
        sums.pointee.total = theirs.total
        sums.pointee.fund_total = theirs.fundTotal
        sums.pointee.account_total = theirs.accountTotal
        sums.pointee.cash = theirs.cash
        sums.pointee.paid_outside = theirs.paidOutside
        sums.pointee.uses = theirs.uses
        sums.pointee.refunds = theirs.refunds
        let request = objects.make(jiesuan__v1__reconcile_totals_request__init)
        request.pointee.institution = objects.string(period.institution)
        request.pointee.from = UInt32(bitPattern: period.from.number)
        request.pointee.until = UInt32(bitPattern: period.until.number)
        request.pointee.clearing_type = Jiesuan__V1__ClearingType(rawValue: period.clearingType)
        request.pointee.insurance = Jiesuan__V1__Insurance(rawValue: UInt32(period.insurance.rawValue))
        request.pointee.sums = sums
        let answer = try call(
            RemoteMethod(service: ServiceName.settlement, method: "ReconcileTotals"),
            packed(
                request, jiesuan__v1__reconcile_totals_request__get_packed_size,
                jiesuan__v1__reconcile_totals_request__pack))
        return try unpacked(
            answer, jiesuan__v1__reconcile_totals_response__unpack,
            jiesuan__v1__reconcile_totals_response__free_unpacked
        ) { message throws(ClientError) in
            RemoteTotals(
                isBalanced: message.balanced != 0, ours: RemoteSums(message.ours?.pointee),
                difference: RemoteSums(message.difference?.pointee),
                settlementsDifference: message.settlements_difference,
                reversalsDifference: message.reversals_difference)
        }
    }

    /// Compares an institution's own rows of a period with the server's (对明细账, 3202).
    package func reconcile(_ period: RemotePeriod, rows: [RemoteRow]) throws(ClientError) -> RemoteDetails {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__reconcile_details_request__init)
        request.pointee.institution = objects.string(period.institution)
        request.pointee.from = UInt32(bitPattern: period.from.number)
        request.pointee.until = UInt32(bitPattern: period.until.number)
        request.pointee.clearing_type = Jiesuan__V1__ClearingType(rawValue: period.clearingType)
        request.pointee.insurance = Jiesuan__V1__Insurance(rawValue: UInt32(period.insurance.rawValue))
        request.pointee.n_rows = rows.count
        request.pointee.rows = objects.array(rows.map { objects.row($0) })
        let answer = try call(
            RemoteMethod(service: ServiceName.settlement, method: "ReconcileDetails"),
            packed(
                request, jiesuan__v1__reconcile_details_request__get_packed_size,
                jiesuan__v1__reconcile_details_request__pack))
        return try unpacked(
            answer, jiesuan__v1__reconcile_details_response__unpack,
            jiesuan__v1__reconcile_details_response__free_unpacked
        ) { message throws(ClientError) in RemoteDetails(message) }
    }
}

extension RemoteDetails {
    fileprivate init(_ message: Jiesuan__V1__ReconcileDetailsResponse) {
        isBalanced = message.balanced != 0
        equal = Int(message.equal)
        onlyThere = (0..<message.n_only_there).compactMap { message.only_there[$0].map { RemoteRow($0.pointee) } }
        onlyHere = (0..<message.n_only_here).compactMap { message.only_here[$0].map { RemoteRow($0.pointee) } }
        differing = (0..<message.n_differing).compactMap { index in
            guard let pair = message.differing[index]?.pointee, let theirs = pair.theirs, let ours = pair.ours
            else { return nil }
            return (RemoteRow(theirs.pointee), RemoteRow(ours.pointee))
        }
    }
}

extension WireObjects {
    fileprivate func row(_ row: RemoteRow) -> UnsafeMutablePointer<Jiesuan__V1__ReconcileRow> {
        let message = make(jiesuan__v1__reconcile_row__init)
        message.pointee.settlement_id = string(row.id)
        message.pointee.is_reversal = row.isReversal ? 1 : 0
        message.pointee.person = row.person
        message.pointee.person_no = string(row.personNo)
        message.pointee.person_region = string(row.personRegion)
        message.pointee.total = row.total
        message.pointee.fund_total = row.fundTotal
        message.pointee.account_total = row.accountTotal
        message.pointee.cash = row.cash
        return message
    }
}
