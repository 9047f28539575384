import LedgerFormat
import Records
import Registry
import Settlement

/// The kind of a journal row: its first byte.
package enum RowKind: UInt8, CaseIterable, Sendable {
    case settlement = 1
    case reversal = 2
    case registry = 3
    case accounts = 4
    case recognition = 5
    /// The first append after a store failure.
    case mark = 6
    /// A year-end adjustment of a settlement (G-13).
    case adjustment = 7
    /// A second-round payment, or one taken back (SY-4).
    case secondRound = 8
    /// A recognition's payment beside settlements, or one taken back (YT-7).
    case recognitionPayment = 9
    /// A batch handed over for payment (G-18).
    case payment = 12
    /// A new era of the clock: some times before are not to be trusted, see `ClockEra`.
    case clock = 13
    /// In whose name the rows that follow in its block are recorded, see `OriginRow`.
    case origin = 14
}

/// A settlement as a row of the journal: the request, its facts and its pack, the outcome with its layers, and the
/// changes of accumulators and accounts.
enum SettlementRow {
    /// 1: without a prescription. 2: one follows the extras (CQ-16); written only where there is one.
    private static let versions: ClosedRange<UInt8> = 1...2

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let manual = Flags(rawValue: 1)
        static let noDeposit = Flags(rawValue: 2)
        static let extras = Flags(rawValue: 4)
        static let costParts = Flags(rawValue: 8)
        static let external = Flags(rawValue: 16)
        static let product = Flags(rawValue: 32)
        static let prescribing = Flags(rawValue: 64)
    }

    static func write(_ entry: SettlementEntry, to writer: inout ByteWriter) {
        writer.byte(RowKind.settlement.rawValue)
        writer.byte(entry.extras.hasPrescription ? 2 : 1)
        writer.sized(entry.id)
        writer.number(entry.person)
        writer.number(UInt64(entry.institution))
        writer.number(UInt64(entry.pack))
        writer.number(entry.previousStanding.number)
        writer.number(entry.previousRecord.number)
        let flags = flags(entry)
        writer.byte(flags.rawValue)
        if flags.contains(.prescribing) { writer.number(UInt64(entry.prescribing)) }
        if flags.contains(.extras) { write(entry.extras, to: &writer) }
        if entry.extras.hasPrescription {
            writer.text(entry.extras.prescription)
            writer.date(entry.extras.prescriptionDate)
        }
        writer.append(upTo: restBytesMax) { cursor in
            writeClaim(entry.claim, flags, to: &cursor)
            writeFacts(entry.facts, flags, to: &cursor)
            writeOutcome(entry.outcome, to: &cursor)
            writeYear(entry, to: &cursor)
            writeAccounts(entry, to: &cursor)
        }
    }

    /// Upper bound of the bytes behind the extras: ten for each number of the claim, the facts, the outcome with its
    /// layers, the year and the accounts.
    private static let restBytesMax =
        10 * (32 + 16 + 8 * CalculatorLimit.layersMax + 2 * CalculatorLimit.slotsMax + 5 * CalculatorLimit.accountsMax)

    @inline(__always)
    private static func writeAccounts(_ entry: SettlementEntry, to writer: inout ByteCursor) {
        writer.byte(UInt8(entry.accountCount))
        for index in 0..<entry.accountCount {
            let account = entry.accounts[index]
            writer.byte(account.relation)
            if account.relation != 0 { writer.number(account.owner) }
            writer.number(UInt64(account.paid))
            writer.number(UInt64(account.balanceAfter))
            writer.number(account.previous)
        }
    }

    private static func flags(_ entry: SettlementEntry) -> Flags {
        let cost = entry.claim.cost
        var flags: Flags = []
        if entry.channel == .manual { flags.insert(.manual) }
        if entry.needsNoDeposit { flags.insert(.noDeposit) }
        if !entry.extras.isEmpty { flags.insert(.extras) }
        if cost.outOfCatalog | cost.overLimit | cost.firstSelfPay | cost.specialDrug | cost.inPolicyDrug != 0 {
            flags.insert(.costParts)
        }
        if entry.claim.externalBasic | entry.claim.externalLargeAmount != 0 { flags.insert(.external) }
        if entry.facts.product != 0 { flags.insert(.product) }
        if entry.prescribing != 0 { flags.insert(.prescribing) }
        return flags
    }

    // MARK: Writing parts

    private static func write(_ extras: SettlementEntry.Extras, to writer: inout ByteWriter) {
        writer.number(extras.familyAccounts.count)
        for owner in extras.familyAccounts { writer.number(owner) }
        writer.number(extras.documents.count)
        for document in extras.documents { writer.text(document) }
        writer.number(UInt64(extras.prescriptionWeeks))
        writer.text(extras.referral)
    }

    @inline(__always)
    private static func writeClaim(_ claim: Claim, _ flags: Flags, to writer: inout ByteCursor) {
        writer.byte(claim.kind.rawValue | claim.accountUse.rawValue << 4)
        write(claim.serviceDate, to: &writer)
        let institution = claim.institution
        writer.byte(
            institution.level.rawValue | (institution.isChineseMedicine ? 4 : 0) | (institution.isCountyArea ? 8 : 0)
                | (institution.isOutOfCity ? 16 : 0) | claim.referredFrom.rawValue << 5)
        writer.byte(claim.disease)
        writer.number(UInt64(claim.cost.total))
        writer.number(UInt64(claim.cost.inPolicy))
        if flags.contains(.costParts) {
            writer.number(UInt64(claim.cost.outOfCatalog))
            writer.number(UInt64(claim.cost.overLimit))
            writer.number(UInt64(claim.cost.firstSelfPay))
            writer.number(UInt64(claim.cost.inPolicyDrug))
            writer.number(UInt64(claim.cost.specialDrug))
        }
        if flags.contains(.external) {
            writer.number(UInt64(claim.externalBasic))
            writer.number(UInt64(claim.externalLargeAmount))
        }
    }

    @inline(__always)
    private static func writeFacts(_ facts: PersonFacts, _ flags: Flags, to writer: inout ByteCursor) {
        writer.byte(
            facts.insurance.rawValue | facts.membership.rawValue << 2 | facts.status.rawValue << 4
                | (facts.hasPreExistingDisease ? 64 : 0))
        write(facts.covered.from, to: &writer)
        write(facts.covered.until, to: &writer)
        if flags.contains(.product) {
            writer.byte(facts.product)
            write(facts.boughtOn, to: &writer)
        }
    }

    /// Writes a date as `ByteWriter.date` does.
    @inline(__always)
    private static func write(_ date: CalendarDate, to writer: inout ByteCursor) {
        writer.number(UInt64(UInt32(bitPattern: date.number)))
    }

    @inline(__always)
    private static func writeOutcome(_ outcome: UnsafePointer<Outcome>, to writer: inout ByteCursor) {
        writer.byte(outcome.pointee.identity.rawValue | (outcome.pointee.hasNoRule ? 16 : 0))
        for fund in 0..<CalculatorLimit.fundCategories { writer.number(UInt64(outcome.pointee.funds[fund])) }
        writer.number(UInt64(outcome.pointee.accountPaid))
        writer.number(UInt64(outcome.pointee.familyAccountPaid))
        writer.number(UInt64(outcome.pointee.cash))
        writer.number(UInt64(outcome.pointee.deductiblePaid))
        writer.number(UInt64(outcome.pointee.plan))
        writer.byte(UInt8(outcome.pointee.layerCount))
        for position in 0..<outcome.pointee.layerCount {
            let result = outcome.pointee.layers[position]
            writer.number(UInt64(result.layer))
            writer.number(UInt64(result.base))
            writer.number(UInt64(result.deductible))
            writer.number(UInt64(result.measureBefore))
            writer.number(UInt64(result.computed))
            writer.signed(result.quotaLeft)
            writer.number(UInt64(result.paidFirst))
            writer.number(UInt64(result.paidSecond))
        }
    }

    /// Writes a bit map of the slots that are not 0 before or after, then the amount before and the change of each.
    @inline(__always)
    private static func writeYear(_ entry: SettlementEntry, to writer: inout ByteCursor) {
        var mask: UInt64 = 0
        for slot in 0..<entry.slotCount where entry.yearBefore[slot] | entry.yearAfter[slot] != 0 {
            mask |= 1 << UInt64(slot)
        }
        writer.byte(UInt8(entry.slotCount))
        writer.number(mask)
        for slot in 0..<entry.slotCount where mask & 1 << UInt64(slot) != 0 {
            writer.number(UInt64(entry.yearBefore[slot]))
            writer.signed(entry.yearAfter[slot] - entry.yearBefore[slot])
        }
    }

    // MARK: Reading

    /// Reads a row into `entry`; `position` and `settledAt` are the caller's to set.
    static func read(_ bytes: UnsafeRawBufferPointer, into entry: SettlementEntry) throws(DamagedBytes) {
        var reader = ByteReader(bytes)
        guard try reader.byte() == RowKind.settlement.rawValue else { throw DamagedBytes() }
        let version = try reader.byte()
        guard versions.contains(version) else { throw DamagedBytes() }
        let id = try reader.sized()
        guard id.count <= SettlementEntry.idBytesMax else { throw DamagedBytes() }
        entry.setID(id)
        entry.person = try reader.number()
        entry.institution = UInt32(try reader.count(upTo: Int(UInt32.max)))
        entry.pack = UInt32(try reader.count(upTo: Int(UInt32.max)))
        entry.previousStanding = Position(number: try reader.number())
        entry.previousRecord = Position(number: try reader.number())
        let flags = Flags(rawValue: try reader.byte())
        entry.channel = flags.contains(.manual) ? .manual : .online
        entry.needsNoDeposit = flags.contains(.noDeposit)
        entry.prescribing =
            flags.contains(.prescribing) ? UInt32(try reader.count(upTo: Int(UInt32.max))) : 0
        if flags.contains(.extras) {
            entry.extras = try readExtras(&reader)
        } else if !entry.extras.isEmpty {
            entry.extras = SettlementEntry.Extras()
        }
        if version > 1 {
            entry.extras.prescription = try reader.text()
            entry.extras.prescriptionDate = try reader.date()
        }
        entry.claim = try readClaim(&reader, flags)
        entry.facts = try readFacts(&reader, flags)
        try readOutcome(&reader, entry.outcome, total: entry.claim.cost.total)
        entry.outcome.pointee.paidOutside = entry.claim.paidOutside
        try readYear(&reader, entry)
        entry.accountCount = Int(try reader.byte())
        guard entry.accountCount <= CalculatorLimit.accountsMax else { throw DamagedBytes() }
        for index in 0..<entry.accountCount {
            entry.accounts[index].relation = try reader.byte()
            entry.accounts[index].owner =
                entry.accounts[index].relation == 0 ? entry.person : try reader.number()
            entry.accounts[index].paid = try amount(&reader)
            entry.accounts[index].balanceAfter = try amount(&reader)
            entry.accounts[index].previous = try reader.number()
            entry.outcome.pointee.accounts[index] = entry.accounts[index].paid
        }
        guard reader.isAtEnd else { throw DamagedBytes() }
    }

    @inline(__always)
    private static func amount(_ reader: inout ByteReader) throws(DamagedBytes) -> Fen {
        guard let amount = Fen(exactly: try reader.number()) else { throw DamagedBytes() }
        return amount
    }

    private static func readExtras(_ reader: inout ByteReader) throws(DamagedBytes) -> SettlementEntry.Extras {
        var extras = SettlementEntry.Extras()
        for _ in 0..<(try reader.count(upTo: reader.left)) { extras.familyAccounts.append(try reader.number()) }
        for _ in 0..<(try reader.count(upTo: reader.left)) { extras.documents.append(try reader.text()) }
        extras.prescriptionWeeks = UInt32(try reader.count(upTo: Int(UInt32.max)))
        extras.referral = try reader.text()
        return extras
    }

    private static func readClaim(_ reader: inout ByteReader, _ flags: Flags) throws(DamagedBytes) -> Claim {
        let kinds = try reader.byte()
        guard let kind = ClaimKind(rawValue: kinds & 15), let use = AccountUse(rawValue: kinds >> 4) else {
            throw DamagedBytes()
        }
        var claim = Claim(
            kind: kind, serviceDate: try reader.date(), cost: CostSplit(total: 0), accountUse: use)
        let institution = try reader.byte()
        guard let level = Level(rawValue: institution & 3), let referredFrom = Level(rawValue: institution >> 5) else {
            throw DamagedBytes()
        }
        claim.institution = Institution(
            level: level, isChineseMedicine: institution & 4 != 0, isCountyArea: institution & 8 != 0,
            isOutOfCity: institution & 16 != 0)
        claim.referredFrom = referredFrom
        claim.disease = try reader.byte()
        claim.cost.total = try amount(&reader)
        claim.cost.inPolicy = try amount(&reader)
        if flags.contains(.costParts) {
            claim.cost.outOfCatalog = try amount(&reader)
            claim.cost.overLimit = try amount(&reader)
            claim.cost.firstSelfPay = try amount(&reader)
            claim.cost.inPolicyDrug = try amount(&reader)
            claim.cost.specialDrug = try amount(&reader)
        }
        if flags.contains(.external) {
            claim.externalBasic = try amount(&reader)
            claim.externalLargeAmount = try amount(&reader)
        }
        return claim
    }

    private static func readFacts(_ reader: inout ByteReader, _ flags: Flags) throws(DamagedBytes) -> PersonFacts {
        let byte = try reader.byte()
        guard let insurance = Insurance(rawValue: byte & 3), let membership = Membership(rawValue: byte >> 2 & 3),
            let status = WorkStatus(rawValue: byte >> 4 & 3)
        else { throw DamagedBytes() }
        var facts = PersonFacts(insurance: insurance, membership: membership, status: status)
        facts.hasPreExistingDisease = byte & 64 != 0
        facts.covered = DateRange(from: try reader.date(), until: try reader.date())
        if flags.contains(.product) {
            facts.product = try reader.byte()
            facts.boughtOn = try reader.date()
        }
        return facts
    }

    private static func readOutcome(
        _ reader: inout ByteReader, _ outcome: UnsafeMutablePointer<Outcome>, total: Fen
    ) throws(DamagedBytes) {
        let byte = try reader.byte()
        guard let identity = Identity(rawValue: byte & 15) else { throw DamagedBytes() }
        outcome.pointee.total = total
        outcome.pointee.identity = identity
        outcome.pointee.hasNoRule = byte & 16 != 0
        for fund in 0..<CalculatorLimit.fundCategories { outcome.pointee.funds[fund] = try amount(&reader) }
        outcome.pointee.accountPaid = try amount(&reader)
        outcome.pointee.familyAccountPaid = try amount(&reader)
        outcome.pointee.cash = try amount(&reader)
        outcome.pointee.deductiblePaid = try amount(&reader)
        outcome.pointee.plan = UInt32(try reader.count(upTo: Int(UInt32.max)))
        outcome.pointee.layerCount = Int(try reader.byte())
        guard outcome.pointee.layerCount <= CalculatorLimit.layersMax else { throw DamagedBytes() }
        for position in 0..<outcome.pointee.layerCount {
            var result = LayerResult()
            result.layer = UInt32(try reader.count(upTo: Int(UInt32.max)))
            result.base = try amount(&reader)
            result.deductible = try amount(&reader)
            result.measureBefore = try amount(&reader)
            result.computed = try amount(&reader)
            result.quotaLeft = try reader.signed()
            result.paidFirst = try amount(&reader)
            result.paidSecond = try amount(&reader)
            outcome.pointee.layers[position] = result
        }
    }

    private static func readYear(_ reader: inout ByteReader, _ entry: SettlementEntry) throws(DamagedBytes) {
        entry.slotCount = Int(try reader.byte())
        guard entry.slotCount <= CalculatorLimit.slotsMax else { throw DamagedBytes() }
        let mask = try reader.number()
        for slot in 0..<entry.slotCount {
            if mask & 1 << UInt64(slot) == 0 {
                entry.yearBefore[slot] = 0
                entry.yearAfter[slot] = 0
            } else {
                let before = try amount(&reader)
                let (after, overflow) = before.addingReportingOverflow(try reader.signed())
                guard !overflow else { throw DamagedBytes() }
                entry.yearBefore[slot] = before
                entry.yearAfter[slot] = after
            }
        }
    }
}
