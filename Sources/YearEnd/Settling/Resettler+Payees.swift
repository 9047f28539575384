import Ledger
import LedgerFormat
import Policy
import Population
import Registry
import Settlement
import Text

/// Who is owed a person's year (G-18): the institutions by month (YE-3), the person and accounts entry by entry, and
/// what is to be recovered.
extension Resettler {
    func countPayees(_ items: [YearItem], _ person: UInt64) throws {
        for item in items where !item.isEarlier {
            if item.isReversed { sums.regions[item.region].reversed += 1 }
            countSettled(item)
            for owed in item.owed { try count(owed, of: item, person) }
        }
        let beside = try recognitionEntries() + booked
        for entry in beside { try count(entry.owed, in: entry.region, entry.id, person) }
        try countRecoveries(items, beside.map { ($0.region, $0.owed) }, person)
    }

    /// What the person's recognitions paid beside settlements in the year, or took back (YT-7): owed to the person.
    private func recognitionEntries() throws(RunProblem) -> [(region: Int, id: String, owed: OwedItem)] {
        var entries: [(region: Int, id: String, owed: OwedItem)] = []
        for payment in reader.recognitionPayments {
            guard let region = source.region(of: payment) else { continue }
            var share = payment.share
            // Payments from before they were entries name no fund.
            if packs.regions[region].fund(share.fund) == nil, let fund = packs.regions[region].recognitionFund {
                share.fund = packs.regions[region].funds[fund].id
            }
            let owed = OwedItem(
                kind: payment.amount < 0 ? .recognitionReversed : .recognition, sequence: payment.position.number,
                month: payment.paidAt.month, shares: [share])
            entries.append((region, "", owed))
        }
        return entries
    }

    /// As it was settled: each settlement in the month in which it was settled, its reversal in that of the reversal.
    private func countSettled(_ item: YearItem) {
        let funds = packs.regions[item.region].funds.count
        if !item.isManual {
            clearing.change(item.institution, item.settledMonth, item.region, funds: funds) { $0.add(item, sign: 1) }
            if item.isReversed {
                clearing.change(item.institution, item.reversedMonth, item.region, funds: funds) {
                    $0.add(item, sign: -1)
                }
            }
        }
        if item.isReversed { return }
        for fund in 0..<funds {
            if item.isManual {
                sums.regions[item.region].payees[fund].outsideOfPersons += item.outside[fund]
            } else {
                sums.regions[item.region].payees[fund].outside += item.outside[fund]
                sums.regions[item.region].payees[fund].institutions += item.settled[fund] - item.outside[fund]
            }
        }
        if !item.isManual { sums.regions[item.region].accountPayees.institutions += item.settledAccounts }
    }

    private func count(_ owed: OwedItem, of item: YearItem, _ person: UInt64) throws {
        let region = packs.regions[item.region]
        try count(owed, in: item.region, String(decoding: item.id, as: UTF8.self), person)
        guard owed.kind == .adjustment || owed.kind == .adjustmentReversed, !item.isManual else { return }
        clearing.change(item.institution, item.settledMonth, item.region, funds: region.funds.count) { cell in
            for share in owed.shares { cell.adjusted += share.change }
        }
    }

    private func count(_ owed: OwedItem, in index: Int, _ settlementID: String, _ person: UInt64) throws {
        let region = packs.regions[index]
        for share in owed.shares {
            guard share.fund != ClearingFunds.account else {
                sums.regions[index].accountPayees.persons += share.toPerson
                try write(owed, share, "个人账户", in: region, settlementID, person)
                continue
            }
            guard let fund = region.fund(share.fund) else {
                throw RunProblem("an entry names the fund '\(share.fund)', which no pack of the region has")
            }
            // What is booked beside settlements was counted with the funds.
            if !owed.kind.isBesideSettlements {
                sums.regions[index].payees[fund].persons += share.toPerson
                sums.regions[index].payees[fund].accounts += share.toAccounts
                sums.regions[index].payees[fund].recoverable += share.recoverable
            }
            try write(owed, share, region.funds[fund].zh, in: region, settlementID, person)
        }
    }

    private func write(
        _ owed: OwedItem, _ share: FundShare, _ name: String, in region: YearRegion, _ settlementID: String,
        _ person: UInt64
    ) throws {
        guard share.toPerson != 0 || share.toAccounts != 0 else { return }
        var row = OwedRow()
        row.sequence = owed.sequence
        row.month = owed.month
        row.kind = "\(owed.kind)".snakeCased.uppercased()
        row.person = source.text(ofPerson: person)
        row.region = region.pack.region
        row.serviceYear = options.year
        row.settlementID = settlementID
        row.fund = share.fund
        row.name = name
        row.toPerson = share.toPerson
        row.toAccounts = share.toAccounts
        row.batch = batch(of: owed.sequence)
        row.personNo = source.personNo(of: person, in: region.pack.region)
        row.write(into: &output[.owed].bytes)
        try output[.owed].flushIfFull()
    }

    // MARK: 应退

    /// What the person has to pay back, against what adjustments owe to the same person and was not handed over yet.
    /// What is credited back to accounts stands beside it: the account fund has it, and it pays nobody's debt.
    private func countRecoveries(
        _ items: [YearItem], _ payments: [(region: Int, owed: OwedItem)], _ person: UInt64
    ) throws {
        var entries = payments
        for item in items where !item.isEarlier { entries += item.owed.map { (item.region, $0) } }
        for region in Set(entries.map(\.region)).sorted() {
            var due: Fen = 0
            var owed: Fen = 0
            var handedOver: Fen = 0
            var toAccounts: Fen = 0
            for (_, entry) in entries.filter({ $0.region == region }) {
                due += entry.recoverable
                // A claim that the person had paid in advance is no correction: it is paid as it comes.
                if entry.kind == .manual || entry.kind == .manualReversed { continue }
                owed += entry.toPerson
                toAccounts += entry.toAccounts
                if !batch(of: entry.sequence).isEmpty { handedOver += entry.toPerson }
            }
            guard due > 0 else { continue }
            let net = max(0, due - (owed - handedOver))
            var recovery = RecoverySums()
            recovery.persons = 1
            recovery.netPersons = net > 0 ? 1 : 0
            recovery.due = due
            recovery.owed = owed - handedOver
            recovery.net = net
            sums.regions[region].recoveries += recovery
            var row = CSVLine()
            row.add(id: source.text(ofPerson: person))
            row.add(packs.regions[region].pack.region)
            for amount in [due, owed, handedOver, net, toAccounts] { row.add(yuan: amount) }
            row.add(personNo: source.personNo(of: person, in: packs.regions[region].pack.region))
            row.end(into: &output[.recoveries].bytes)
            try output[.recoveries].flushIfFull()
        }
    }
}
