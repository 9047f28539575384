import LedgerFormat
import LedgerStore
import Policy
import Records
import Registry
import Settlement

/// Writes a journal's entries as rows of plain tables, for SQL or a spreadsheet: settlements, reversals, adjustments,
/// second rounds, recognitions' payments. Afterwards it has the register as of the journal's end.
package final class Exporter {
    private let rows: LedgerRows
    let archive: PackArchive
    let sink: any ExportSink
    package private(set) var settlements = 0
    package private(set) var reversals = 0
    /// Adjustments, second-round entries and payments of recognitions.
    package private(set) var bookedBesides = 0
    /// The register as of the journal's end, once `run` is over.
    package var registry: Registry { rows.registry }

    package init(store: any LedgerStore, to sink: any ExportSink) throws(LedgerProblem) {
        rows = LedgerRows(store: store, keepsRegister: true)
        archive = try PackArchive(store: store)
        self.sink = sink
    }

    /// - Parameter progress: called after every block with the blocks done.
    package func run(progress: (Int) -> Void) throws {
        try rows.forEach(progress: progress) { row in
            switch row {
            case .settlement(let entry):
                try write(entry, try archive.pack(entry.pack))
                settlements += 1
            case .reversal(let reversal):
                try write(reversal, try archive.pack(reversal.pack))
                reversals += 1
            case .adjustment(let adjustment): try book { try write(adjustment) }
            case .secondRound(let payment): try book { try write(payment) }
            case .recognition(let payment): try book { try write(payment) }
            case .clock(let era):
                let values: [ExportValue] = [
                    .number(era.position.number), .text(era.accepted.date.description), milliseconds(era.accepted),
                    milliseconds(era.newest),
                ]
                try sink.add(values, to: .clockAcceptance)
            case .recorded(let row):
                let values: [ExportValue] = [
                    .number(row.position.number), .text(row.time.date.description), milliseconds(row.time),
                    word(row.kind), .text(row.origin.caller), .text(row.origin.operatorCode),
                ]
                try sink.add(values, to: .recordedBy)
            }
        }
    }

    private func book(_ write: () throws -> Void) throws {
        try write()
        bookedBesides += 1
    }

    // MARK: Settlements

    private func write(_ entry: SettlementEntry, _ pack: PolicyPack) throws {
        let sequence = ExportValue.number(entry.position.number)
        var values = [sequence]
        values += facts(entry, pack)
        values += amounts(entry)
        try sink.add(values, to: .settlement)
        for position in 0..<entry.outcome.pointee.layerCount {
            let result = entry.outcome.pointee.layers[position]
            var values: [ExportValue] = [sequence, .number(UInt64(position))]
            values += layer(result, pack)
            try sink.add(values, to: .layer)
        }
        for index in 0..<entry.accountCount where entry.accounts[index].paid != 0 {
            try sink.add(payment(sequence, entry.idText, entry.accounts[index], sign: 1), to: .accountPayment)
        }
        for slot in 0..<entry.slotCount where entry.yearBefore[slot] != entry.yearAfter[slot] {
            let values: [ExportValue] = [
                sequence, .number(entry.person), year(entry.year), .text(pack.exportName(ofSlot: slot)),
                .text(pack.exportLabel(ofSlot: slot)), .money(entry.yearBefore[slot]),
                .money(entry.yearAfter[slot]), .money(entry.yearAfter[slot] - entry.yearBefore[slot]),
            ]
            try sink.add(values, to: .accumulatorChange)
        }
    }

    private func facts(_ entry: SettlementEntry, _ pack: PolicyPack) -> [ExportValue] {
        let claim = entry.claim
        let disease = Int(claim.disease) - 1
        let diseaseCode = pack.diseases.indices.contains(disease) ? pack.diseases[disease].code : ""
        return [
            .text(entry.idText), .text(entry.settledAt.date.description), milliseconds(entry.settledAt),
            .text(pack.region), .text(pack.label.zh), .text(pack.digest), .number(entry.person),
            .number(UInt64(max(0, entry.year))), .text(code(entry.institution)),
            .number(UInt64(claim.institution.level.rawValue)), word(claim.kind),
            .text(claim.serviceDate.description), .text(diseaseCode),
            word(entry.facts.insurance), word(entry.facts.membership), word(entry.facts.status),
            word(entry.outcome.pointee.identity), word(entry.channel),
        ]
    }

    private func amounts(_ entry: SettlementEntry) -> [ExportValue] {
        let cost = entry.claim.cost
        let outcome = entry.outcome
        var values: [ExportValue] = [
            .money(cost.total), .money(cost.inPolicy), .money(cost.outOfCatalog), .money(cost.overLimit),
            .money(cost.firstSelfPay), .money(cost.specialDrug),
        ]
        for fund in 0..<CalculatorLimit.fundCategories { values.append(.money(outcome.pointee.funds[fund])) }
        values += [
            .money(outcome.pointee.paidOutside), .money(outcome.pointee.accountPaid),
            .money(outcome.pointee.familyAccountPaid),
            .money(outcome.pointee.cash), .money(outcome.pointee.deductiblePaid),
            .number(outcome.pointee.hasNoRule ? 1 : 0),
        ]
        return values
    }

    private func layer(_ result: LayerResult, _ pack: PolicyPack) -> [ExportValue] {
        let index = Int(result.layer)
        let words = pack.layers.indices.contains(index) ? pack.layers[index] : nil
        let id = words?.id ?? "\(index)"
        let name = words?.label.zh ?? ""
        let first = words?.first.id ?? ""
        let second = words?.second?.id ?? ""
        let quotaLeft: ExportValue = result.quotaLeft < 0 ? .none : .money(result.quotaLeft)
        return [
            .text(id), .text(name), .money(result.base), .money(result.deductible), .money(result.measureBefore),
            .money(result.computed), quotaLeft, .text(first), .money(result.paidFirst), .text(second),
            .money(result.paidSecond),
        ]
    }

    func payment(
        _ sequence: ExportValue, _ id: String, _ account: SettlementEntry.Account, sign: Fen
    ) -> [ExportValue] {
        let relations = ["own", "spouse", "parent", "child"]
        let relation = Int(account.relation)
        return [
            sequence, .text(id), .number(account.owner),
            .text(relations.indices.contains(relation) ? relations[relation] : "\(relation)"),
            .money(sign * account.paid), .money(account.balanceAfter),
        ]
    }

    // MARK: Reversals

    private func write(_ reversal: ReversalEntry, _ pack: PolicyPack) throws {
        let sequence = ExportValue.number(reversal.position.number)
        let values: [ExportValue] = [
            sequence, .number(reversal.settlement.number), .text(reversal.id),
            .text(reversal.reversedAt.date.description), milliseconds(reversal.reversedAt), .text(pack.region),
            .number(reversal.person), .number(UInt64(max(0, reversal.year))), .text(code(reversal.institution)),
            .text(reversal.reason),
        ]
        try sink.add(values, to: .reversal)
        for account in reversal.accounts where account.paid != 0 {
            try sink.add(payment(sequence, reversal.id, account, sign: -1), to: .accountPayment)
        }
    }

    // MARK: Words

    func code(_ institution: UInt32) -> String { rows.institutions[institution]?.code ?? "" }

    func milliseconds(_ moment: Moment) -> ExportValue { .number(UInt64(max(0, moment.milliseconds))) }

    func year(_ year: Int32) -> ExportValue { .number(UInt64(max(0, year))) }

    /// The name of a case as files have it: "low_income".
    func word(_ value: some Any) -> ExportValue {
        .text(
            "\(value)".reduce(into: "") { name, letter in
                if letter.isUppercase { name += "_" }
                name += letter.lowercased()
            })
    }
}
