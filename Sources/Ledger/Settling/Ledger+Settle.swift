import Accounts
import LedgerFormat
import LedgerIndex
import Policy
import Records
import Registry
import Settlement

extension Ledger {
    /// Settles a claim durably under the caller's id (结算), or returns the recorded settlement of a repeated request.
    ///
    /// The same id with the same content returns the recorded settlement (`entry.isDuplicate`), with another content it
    /// is refused: `ID_REUSED_WITH_OTHER_CONTENT`. A claim that the calculator refuses is not recorded.
    package func settle(_ id: UnsafeRawBufferPointer, _ command: SettleCommand) throws(DomainRefusal) -> SettledView {
        try ready()
        try Self.check(id)
        let key = books.key(id)
        if let found = try find(id, key) {
            try answerAgain(found, command)
            return SettledView(self)
        }
        let claim = try calculate(command)
        conclude(claim, id, key)
        return SettledView(self, claim.refusal)
    }

    /// A quote (预结算): the present result of `settle`, with nothing recorded. `level` replaces the institution's (SY-9).
    package func quote(_ command: SettleCommand, level: Level? = nil) throws(DomainRefusal) -> SettledView {
        try readyToRead()
        entry.setID(UnsafeRawBufferPointer(start: nil, count: 0))
        let claim = try calculate(command, level: level)
        entry.position = .none
        entry.settledAt = clock.now()
        entry.isDuplicate = false
        return SettledView(self, claim.refusal)
    }

    /// The pack that `entry` was settled with.
    package func pack(of entry: SettlementEntry) throws(DomainRefusal) -> PolicyPack {
        try pack(number: entry.pack)
    }

    package func pack(number: UInt32) throws(DomainRefusal) -> PolicyPack {
        do { return try archive.pack(number) } catch {
            throw DomainRefusal(.storeUnavailable, "", "", error.description)
        }
    }

    /// The ledger's day in China Standard Time (G-16).
    var today: CalendarDate { books.day(of: now) }

    // MARK: Steps

    /// Refuses an id that is not 1 … `idBytesMax` bytes of printable ASCII without blanks: ids pass through files and
    /// logs of many systems.
    static func check(_ id: UnsafeRawBufferPointer) throws(DomainRefusal) {
        guard isValid(id) else {
            let printable = id.prefix(SettlementEntry.idBytesMax).map { $0 > 0x20 && $0 < 0x7f ? $0 : 0x3f }
            let shown = String(decoding: printable, as: UTF8.self)
            throw DomainRefusal(
                .idInvalid, "settlement_id", shown,
                "an id has 1 … \(SettlementEntry.idBytesMax) printable ASCII characters without blanks")
        }
    }

    static func isValid(_ id: UnsafeRawBufferPointer) -> Bool {
        id.count >= 1 && id.count <= SettlementEntry.idBytesMax && isPrintable(id)
    }

    /// Whether all bytes are from 0x21 to 0x7e; eight at a time.
    package static func isPrintable(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var wrong: UInt64 = 0
        var offset = 0
        while offset + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            // Flags a byte with its top bit set, above 0x7e (adding 1 sets it) or below 0x21 (subtracting borrows it).
            let low = word & ~tops
            wrong |= word | (low &+ ones) | ~((low | tops) &- 0x21 &* ones)
            offset += 8
        }
        if wrong & tops != 0 { return false }
        for byte in bytes[offset...] where byte <= 0x20 || byte >= 0x7f { return false }
        return true
    }

    /// The settlement of an id, read into `entry`; nil: there is none.
    func find(
        _ id: UnsafeRawBufferPointer, _ key: (high: UInt64, low: UInt64)
    ) throws(DomainRefusal) -> Position? {
        var found: Position?
        try eachRecord(under: key) { position throws(LedgerDamage) in
            try load(position, into: entry)
            if entry.id.elementsEqual(id) { found = position }
            return found == nil
        }
        return found
    }

    /// Calls `body` with the records under a key of the ids' index, the newest first, until it returns false.
    @inline(__always)
    func eachRecord(
        under key: (high: UInt64, low: UInt64), _ body: (Position) throws(LedgerDamage) -> Bool
    ) throws(DomainRefusal) {
        var damage: LedgerDamage?
        let ids = books.ids
        do throws(DerivedFailure) {
            try ids.find(high: key.high, low: key.low) { value in
                do throws(LedgerDamage) {
                    return try body(Position(number: value))
                } catch {
                    damage = error
                    return false
                }
            }
        } catch {
            damage = .index(error)
        }
        if let damage { throw Self.unreadable(damage) }
    }

    /// Reads the settlement at `position`.
    func load(_ position: Position, into entry: SettlementEntry) throws(LedgerDamage) {
        try journal.load(position, into: entry)
    }

    /// Answers a repeated request: `entry` was found under the id of `command`.
    func answerAgain(_ found: Position, _ command: SettleCommand) throws(DomainRefusal) {
        let id = entry.idText
        guard try entry.isSame(as: command, pack: pack(of: entry)) else {
            throw DomainRefusal(
                .idReusedWithOtherContent, "settlement_id", id,
                "this id stands for another settlement, number \(found.number): "
                    + "send a new claim under an id of its own")
        }
        if let reversal = try reversal(of: entry.id, found) {
            throw DomainRefusal(
                .settlementReversed, "settlement_id", id, rule: "G-12",
                "the settlement was taken back by number \(reversal.number) and stays so: settle under a new id")
        }
        entry.isDuplicate = true
        if let layout = books.layouts[entry.pack], layout.isServed {
            counters.add(.repeated, entry.claim.kind, region: layout.region)
        }
    }

    /// A calculated claim; the rest of its result is in `entry`.
    struct CalculatedClaim {
        var refusal: Refusal
        /// Index of its region.
        var region: Int
        /// Index of the person's year in the region; nil: there is none yet.
        var year: Int?
    }

    /// Calculates `command` into `entry`; changes nothing else.
    private func calculate(
        _ command: SettleCommand, level: Level? = nil
    ) throws(DomainRefusal) -> CalculatedClaim {
        try books.registry.admit(
            command, at: level.map { Institution(level: $0) }, today: today, into: admission)
        if !command.prescription.isEmpty { try checkUnused(command) }
        return withUnsafePointer(to: command) { calculate($0, admission.result) }
    }

    /// The same for a claim admitted by the register. Takes pointers, because values of this size would be copied.
    func calculate(
        _ command: UnsafePointer<SettleCommand>, _ admission: UnsafePointer<Admitted>
    ) -> CalculatedClaim {
        let books = self.books
        var identities = admission.pointee.identities
        if let state = books.recognitions[command.pointee.person] { identities += state.identities }
        let index = admission.pointee.region
        let region = regions[index]
        let person = command.pointee.person
        entry.person = person
        entry.institution = command.pointee.institution
        entry.prescribing = command.pointee.prescribing
        entry.channel = command.pointee.channel
        entry.needsNoDeposit = admission.pointee.needsNoDeposit
        entry.setExtras(command)
        entry.pack = region.number
        entry.claim = admission.pointee.claim
        entry.facts = admission.pointee.facts
        entry.slotCount = region.tables.slotCount
        let year = entry.year
        let found = books.years.find(person, year, region: index)
        if let found {
            entry.yearBefore.update(from: books.years.years[found].slots, count: entry.slotCount)
        } else {
            entry.yearBefore.update(repeating: 0, count: entry.slotCount)
        }
        entry.yearAfter.update(from: entry.yearBefore, count: entry.slotCount)
        readAccounts(command, region, admission)
        let refusal = settle(region, year: year, identities, admission.pointee.filings)
        return CalculatedClaim(refusal: refusal, region: index, year: found)
    }

    /// Reads the person's own account, then the family's accounts named by the command (CQ-31).
    private func readAccounts(
        _ command: UnsafePointer<SettleCommand>, _ region: RegionPack, _ admission: UnsafePointer<Admitted>
    ) {
        entry.accountCount = region.usesAccounts ? 1 + command.pointee.familyAccounts.count : 0
        guard entry.accountCount > 0 else { return }
        for index in 0..<entry.accountCount {
            let owner = index == 0 ? command.pointee.person : command.pointee.familyAccounts[index - 1]
            entry.accounts[index].owner = owner
            entry.accounts[index].relation = index == 0 ? 0 : admission.pointee.relations[index - 1]
            entry.accounts[index].previous = 0
            balances[index] = books.accounts.balance(of: owner)
        }
    }

    private func settle(
        _ region: RegionPack, year: Int32, _ identities: [DatedIdentity], _ filings: [DatedFiling]
    ) -> Refusal {
        let rows = PersonRows(
            year: year, identities: 0..<identities.count, filings: 0..<filings.count,
            accounts: 0..<entry.accountCount)
        let refusal = region.tables.settle(
            entry.claim, entry.facts, rows, identities, filings, year: entry.yearAfter, accounts: balances,
            outcome: entry.outcome)
        guard refusal.isNone else { return refusal }
        books.addRecognition(to: entry)
        for index in 0..<entry.accountCount {
            entry.accounts[index].paid = entry.outcome.pointee.accounts[index]
            entry.accounts[index].balanceAfter = balances[index]
        }
        return .none
    }

    /// Records the claim in `entry`, or only counts it where the calculator refuses it.
    @inline(__always)
    func conclude(_ claim: CalculatedClaim, _ id: UnsafeRawBufferPointer, _ key: (high: UInt64, low: UInt64)) {
        guard claim.refusal.isNone else { return counters.add(.refused, entry.claim.kind, region: claim.region) }
        record(claim, id, key)
        counters.addSettled(entry.outcome, entry.claim.kind, region: claim.region)
    }

    /// Writes `entry`, the result of `claim`, into the journal and applies it.
    private func record(_ claim: CalculatedClaim, _ id: UnsafeRawBufferPointer, _ key: (high: UInt64, low: UInt64)) {
        let (books, journal) = (self.books, self.journal)
        let yearIndex =
            claim.year
            ?? books.years.index(entry.person, entry.year, region: claim.region, slotCount: entry.slotCount)
        entry.setID(id)
        entry.isDuplicate = false
        entry.previousStanding = books.years.years[yearIndex].lastStanding
        entry.previousRecord = books.years.years[yearIndex].lastRecord
        entry.settledAt = journal.time
        entry.position = journal.nextPosition
        books.useAccounts(entry, nil)
        journal.append { SettlementRow.write(entry, to: &$0) }
        books.moveYear(
            entry, Layouts.Layout(region: claim.region, slots: nil, slotCount: entry.slotCount), at: yearIndex)
        books.moveRecognition(entry)
        books.file(entry, key, nil)
    }
}

extension SettlementEntry {
    func setExtras(_ command: UnsafePointer<SettleCommand>) {
        let hasExtras =
            !command.pointee.familyAccounts.isEmpty || !command.pointee.documents.isEmpty
            || command.pointee.prescriptionWeeks != 0 || !command.pointee.referral.isEmpty
            || !command.pointee.prescription.isEmpty || command.pointee.prescriptionDate != .none
        if !hasExtras {
            if !extras.isEmpty { extras = Extras() }
            return
        }
        extras.familyAccounts = command.pointee.familyAccounts
        extras.documents = command.pointee.documents
        extras.prescriptionWeeks = command.pointee.prescriptionWeeks
        extras.referral = command.pointee.referral
        extras.prescription = command.pointee.prescription
        extras.prescriptionDate = command.pointee.prescriptionDate
    }

    /// Whether `command` has the content of the recorded request; facts added by the register are not compared.
    func isSame(as command: SettleCommand, pack: PolicyPack) -> Bool {
        var sent = command.claim
        sent.institution = claim.institution
        sent.referredFrom = claim.referredFrom
        sent.disease = claim.disease
        // For a manual claim the default account use is none (G-18), and recorded as none.
        if command.channel == .manual, sent.accountUse == .standard, claim.accountUse == .none {
            sent.accountUse = .none
        }
        let code = claim.disease == 0 ? "" : pack.diseases[Int(claim.disease) - 1].code
        var own = Extras()
        own.familyAccounts = command.familyAccounts
        own.documents = command.documents
        own.prescriptionWeeks = command.prescriptionWeeks
        own.referral = command.referral
        own.prescription = command.prescription
        own.prescriptionDate = command.prescriptionDate
        return sent == claim && command.disease == code && command.person == person
            && command.institution == institution && command.prescribing == prescribing
            && command.channel == channel && own == extras
    }
}
