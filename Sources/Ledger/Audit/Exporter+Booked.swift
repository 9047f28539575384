import LedgerFormat
import Policy
import Records
import Registry
import Settlement

/// Rows of the entries beside settlements and reversals.
extension Exporter {
    func write(_ adjustment: AdjustmentEntry) throws {
        let pack = try archive.pack(adjustment.pack)
        let sequence = ExportValue.number(adjustment.position.number)
        let values: [ExportValue] = [
            sequence, .number(adjustment.settlement.number), .text(adjustment.id),
            .text(adjustment.adjustedAt.date.description), milliseconds(adjustment.adjustedAt), .number(adjustment.run),
            .text(pack.region), .number(adjustment.person), year(adjustment.year), .text(code(adjustment.institution)),
            .money(adjustment.cash), .money(adjustment.recoverable), .text(adjustment.reason),
        ]
        try sink.add(values, to: .adjustment)
        try write(adjustment.funds, sequence)
        for account in adjustment.accounts where account.paid != 0 {
            try sink.add(payment(sequence, adjustment.id, account, sign: -1), to: .accountPayment)
        }
        for (slot, change) in adjustment.yearChange.enumerated() where change != 0 {
            let values: [ExportValue] = [
                sequence, .number(adjustment.person), year(adjustment.year), .text(pack.exportName(ofSlot: slot)),
                .text(pack.exportLabel(ofSlot: slot)), .none, .none, .money(change),
            ]
            try sink.add(values, to: .accumulatorChange)
        }
    }

    func write(_ payment: SecondRoundPayment) throws {
        let sequence = ExportValue.number(payment.position.number)
        let values: [ExportValue] = [
            sequence, .number(payment.settlement.number), .text(payment.id), .text(payment.paidAt.date.description),
            milliseconds(payment.paidAt), .number(payment.run), .number(UInt64(payment.round)),
            .text(try archive.pack(payment.pack).region), .number(payment.person), year(payment.year),
            .money(payment.cash), .money(payment.recoverable),
            payment.takesBack == .none ? .none : .number(payment.takesBack.number), .text(payment.reason),
        ]
        try sink.add(values, to: .secondRound)
        try write([payment.fund], sequence)
    }

    func write(_ payment: RecognitionPayment) throws {
        let sequence = ExportValue.number(payment.position.number)
        // Older ledgers have such payments without an entry and a pack: the region is the person's.
        let region =
            payment.pack == 0
            ? registry.people.basics(of: payment.person, on: payment.paidAt.date)?.region ?? ""
            : try archive.pack(payment.pack).region
        let values: [ExportValue] = [
            sequence, .text(payment.paidAt.date.description), milliseconds(payment.paidAt),
            payment.run == 0 ? .none : .number(payment.run), .text(region), .number(payment.person),
            year(payment.year), year(payment.event.year), name(payment.event), .money(payment.cash),
            .money(payment.recoverable),
        ]
        try sink.add(values, to: .recognitionPayment)
        try write([payment.fund], sequence)
        for part in payment.parts {
            try sink.add(
                [sequence, .number(part.settlement.number), .text(part.id), .money(part.amount)],
                to: .recognitionPart)
        }
    }

    private func write(_ funds: [FundChange], _ sequence: ExportValue) throws {
        for change in funds where change.amount != 0 {
            try sink.add([sequence, word(change.category), .text(change.fund), .money(change.amount)], to: .fundChange)
        }
    }

    /// The name of the event's case without its associated values.
    private func name(_ event: RecognitionEvent) -> ExportValue { word("\(event)".prefix { $0 != "(" }) }
}

extension PolicyPack {
    /// The name of an accumulator; its number where the pack has no name for it.
    func exportName(ofSlot slot: Int) -> String {
        accumulators.indices.contains(slot) ? accumulators[slot].name : "\(slot)"
    }

    func exportLabel(ofSlot slot: Int) -> String {
        accumulators.indices.contains(slot) ? accumulators[slot].label.zh : ""
    }
}
