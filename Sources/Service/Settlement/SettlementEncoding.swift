import Ledger
import LedgerFormat
import Policy
import Records
import Registry
import Settlement
import WireMessages

/// A settlement of the ledger as messages of settlement_service.proto.
///
/// A function of the entry and its pack alone, so that the answer of years ago comes out byte for byte.
extension ServedRegion {
    /// No `SettleResponse` is longer, in bytes.
    var settlementBytesMax: Int { template.bytesMax + SettlementEntry.idBytesMax + 64 }

    /// Writes `entry` as a `SettleResponse` into `room`; returns its size, at most `settlementBytesMax`, and with the
    /// platform's words `platformBytesMax` more.
    func write(
        _ entry: SettlementEntry, withPlatform: Bool = false, to room: UnsafeMutableRawBufferPointer
    ) -> Int {
        var writer = BackwardWriter(room)
        if withPlatform { writePlatform(7, entry, &writer) }
        write(entry, &writer)
        return writer.finish()
    }

    /// The fields of a `SettleResponse`.
    @inline(__always)
    func write(_ entry: SettlementEntry, _ writer: inout BackwardWriter) {
        writer.field(6, entry.needsNoDeposit)
        writer.fixed64(5, UInt64(bitPattern: entry.settledAt.milliseconds))
        writer.fixed64(4, entry.position.number)
        writer.bytes(3, entry.id)
        writeYear(2, entry.yearAfter, entry.year, &writer)
        writeOutcome(1, entry, &writer)
    }

    /// Field `field`: the entry's `Outcome`.
    @inline(__always)
    func writeOutcome(_ field: UInt64, _ entry: SettlementEntry, _ writer: inout BackwardWriter) {
        withUnsafeTemporaryAllocation(of: Fen.self, capacity: CalculatorLimit.slotsMax) { year in
            guard let base = year.baseAddress else { return }
            // A copy on the stack: working out the quotas moves it along.
            base.initialize(from: entry.yearBefore, count: CalculatorLimit.slotsMax)
            writeOutcome(field, entry.outcome, yearBefore: base, &writer) { writer in
                for index in (0..<entry.accountCount).reversed() {
                    let account = entry.accounts[index]
                    writer.accountPayment(
                        15, relation: account.relation, owner: account.owner, paid: account.paid,
                        balance: account.balanceAfter)
                }
            }
        }
    }
}

/// A `SettlementRecord` and its parts.
extension ServedRegion {
    /// No record is longer, in bytes: twice the answer for the answer and the changes, and the request with its texts.
    func recordBytesMax(
        _ entry: SettlementEntry, _ reversal: ReversalEntry?, _ booked: BookedOnSettlement, _ origins: RecordOrigins
    ) -> Int {
        let disease = entry.claim.disease > 0 ? pack.diseases[Int(entry.claim.disease) - 1].code : ""
        let product = entry.facts.product > 0 ? pack.products[Int(entry.facts.product) - 1].id : ""
        let texts =
            entry.extras.documents + [
                entry.extras.referral, entry.extras.prescription, reversal?.reason ?? "", pack.region, disease, product,
            ]
        return booked.bytesMax + origins.bytesMax + 2 * settlementBytesMax + platformBytesMax
            + texts.reduce(0) { $0 + $1.utf8.count + 8 }
            + CalculatorLimit.slotsMax * 32 + CalculatorLimit.accountsMax * 16 + 2 * RegistryLimit.codeBytesMax + 1024
    }

    /// Writes the record; `institution` and `prescribing` are codes, `reversal` is the one that took it back, `eras`
    /// says which times are not to be trusted, `personNo` is the platform's number of the person.
    func write(
        _ entry: SettlementEntry, institution: String, prescribing: String, reversal: ReversalEntry?,
        booked: BookedOnSettlement, origins: RecordOrigins, eras: ClockEras, personNo: String,
        to room: UnsafeMutableRawBufferPointer
    ) -> Int {
        var writer = BackwardWriter(room)
        writer.recordedBy(18, origins.reversal)
        writer.recordedBy(17, origins.settlement)
        writePlatform(16, entry, &writer)
        writer.text(15, personNo)
        writer.field(14, reversal.map { !eras.isTrusted($0.reversedAt, at: $0.position) } ?? false)
        writer.field(13, !eras.isTrusted(entry.settledAt, at: entry.position))
        booked.write(origins, to: &writer)
        writeInstitution(entry.claim.institution, &writer)
        if let reversal {
            writer.text(8, reversal.reason)
            writer.fixed64(7, UInt64(bitPattern: reversal.reversedAt.milliseconds))
            writer.fixed64(6, reversal.position.number)
        }
        writeChanges(entry, &writer)
        writeFacts(entry, &writer)
        writer.text(3, pack.region)
        var end = writer.mark
        write(entry, &writer)
        writer.message(2, from: end)
        end = writer.mark
        writeRequest(entry, institution: institution, prescribing: prescribing, &writer)
        writer.message(1, from: end)
        return writer.finish()
    }

    private func writeInstitution(_ institution: Institution, _ writer: inout BackwardWriter) {
        let end = writer.mark
        writer.field(4, institution.isOutOfCity)
        writer.field(3, institution.isCountyArea)
        writer.field(2, institution.isChineseMedicine)
        writer.field(1, Int64(institution.level.rawValue))
        writer.message(9, from: end)
    }

    private func writeChanges(_ entry: SettlementEntry, _ writer: inout BackwardWriter) {
        for slot in (0..<entry.slotCount).reversed() where entry.yearBefore[slot] != entry.yearAfter[slot] {
            let end = writer.mark
            writer.field(3, entry.yearAfter[slot])
            writer.field(2, entry.yearBefore[slot])
            writer.encoded(template.accumulators[slot])
            writer.message(5, from: end)
        }
    }

    private func writeFacts(_ entry: SettlementEntry, _ writer: inout BackwardWriter) {
        let facts = entry.facts
        let end = writer.mark
        if facts.product > 0 {
            let end = writer.mark
            writer.field(3, facts.hasPreExistingDisease)
            writer.fixed32(2, UInt32(bitPattern: facts.boughtOn.number))
            writer.bytes(1, bytes(products[Int(facts.product) - 1]))
            writer.message(9, from: end)
        }
        if entry.outcome.pointee.identity != .none {
            let end = writer.mark
            writer.field(1, Int64(entry.outcome.pointee.identity.rawValue))
            writer.message(7, from: end)
        }
        writer.fixed32(6, UInt32(bitPattern: facts.covered.until.number))
        writer.fixed32(5, UInt32(bitPattern: facts.covered.from.number))
        writer.field(4, Int64(facts.status.rawValue))
        writer.field(3, Int64(facts.membership.rawValue))
        writer.field(2, Int64(facts.insurance.rawValue))
        writer.fixed64(1, entry.person)
        writer.message(4, from: end)
    }

    /// The fields of the `SettleRequest` as it was sent.
    private func writeRequest(
        _ entry: SettlementEntry, institution: String, prescribing: String, _ writer: inout BackwardWriter
    ) {
        let extras = entry.extras
        writer.fixed32(12, UInt32(bitPattern: extras.prescriptionDate.number))
        writer.text(11, extras.prescription)
        writer.text(10, extras.referral)
        writer.field(9, Int64(extras.prescriptionWeeks))
        for document in extras.documents.reversed() { writer.text(8, document) }
        writer.field(7, Int64(entry.channel.rawValue))
        writer.fixed64s(6, extras.familyAccounts)
        writer.text(5, prescribing)
        writeClaim(entry.claim, &writer)
        writer.text(3, institution)
        writer.fixed64(2, entry.person)
        writer.bytes(1, entry.id)
    }

    private func writeClaim(_ claim: Claim, _ writer: inout BackwardWriter) {
        let end = writer.mark
        writer.field(8, Int64(claim.accountUse.rawValue))
        writer.field(7, claim.externalLargeAmount)
        writer.field(6, claim.externalBasic)
        if claim.disease > 0 { writer.bytes(5, bytes(diseases[Int(claim.disease) - 1])) }
        let costEnd = writer.mark
        writer.field(7, claim.cost.specialDrug)
        writer.field(6, claim.cost.inPolicyDrug)
        writer.field(5, claim.cost.inPolicy)
        writer.field(4, claim.cost.firstSelfPay)
        writer.field(3, claim.cost.overLimit)
        writer.field(2, claim.cost.outOfCatalog)
        writer.field(1, claim.cost.total)
        writer.message(3, from: costEnd)
        writer.fixed32(2, UInt32(bitPattern: claim.serviceDate.number))
        writer.field(1, Int64(claim.kind.rawValue))
        writer.message(4, from: end)
    }
}

extension BackwardWriter {
    /// A packed repeated field of fixed 64-bit numbers; none: left out.
    mutating func fixed64s(_ number: UInt64, _ values: [UInt64]) {
        if values.isEmpty { return }
        values.map(\.littleEndian).withUnsafeBytes { bytes(number, $0) }
    }
}
