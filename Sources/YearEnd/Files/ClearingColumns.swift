import Population
import Settlement

/// The clearing as files have it (YE-3): of the year's end and of one month alike.
package enum ClearingColumns {
    package static let institutions = [
        TableColumn("institution", "机构编号", .id), TableColumn("month", "清算月份", .number),
        TableColumn("service_year", "服务年度", .number), TableColumn("region", "统筹区"),
        TableColumn("fund", "基金"), TableColumn("name", "基金名称"), TableColumn("settlements", "结算笔数", .number),
        TableColumn("reversals", "撤销笔数", .number), TableColumn("uses", "账户直接支付笔数", .number),
        TableColumn("refunds", "账户退费笔数", .number), TableColumn("total", "医疗费总额", .yuan),
        TableColumn("owed", "应付金额", .yuan), TableColumn("paid_outside", "系统外已支付", .yuan),
        TableColumn("batch", "拨付批次", .id),
    ]

    package static let persons = [
        TableColumn("sequence", "序号", .id), TableColumn("month", "月份", .number),
        TableColumn("kind", "应付事由"), TableColumn("person", "人员编号", .id), TableColumn("region", "统筹区"),
        TableColumn("service_year", "服务年度", .number), TableColumn("settlement_id", "结算编号", .id),
        TableColumn("fund", "基金"), TableColumn("name", "基金名称"), TableColumn("to_person", "应付个人", .yuan),
        TableColumn("to_accounts", "应付个人账户", .yuan), TableColumn("batch", "拨付批次", .id),
    ]
}

/// A line of an institution's clearing as a row; amounts in fen.
package struct ClearingRow {
    package var institution = ""
    /// YYYYMM.
    package var month: Int32 = 0
    package var serviceYear: Int32 = 0
    package var region = ""
    package var fund = ""
    package var name = ""
    package var settlements = 0
    package var reversals = 0
    package var uses = 0
    package var refunds = 0
    package var total: Fen = 0
    package var owed: Fen = 0
    package var paidOutside: Fen = 0
    package var batch = ""

    package init() {}

    package func write(into target: inout [UInt8]) {
        var row = CSVLine()
        row.add(id: institution)
        row.add(number: month)
        row.add(number: serviceYear)
        for text in [region, fund, name] { row.add(text) }
        for count in [settlements, reversals, uses, refunds] { row.add(number: count) }
        for amount in [total, owed, paidOutside] { row.add(yuan: amount) }
        row.add(id: batch)
        row.end(into: &target)
    }
}

/// What one fund owes a person and accounts for one entry, as a row; amounts in fen.
package struct OwedRow {
    /// 0: booked by the run itself, which has not posted it.
    package var sequence: UInt64 = 0
    /// YYYYMM in which the entry was made; 0: not yet.
    package var month: Int32 = 0
    package var kind = ""
    /// As the input names the person.
    package var person = ""
    package var region = ""
    package var serviceYear: Int32 = 0
    package var settlementID = ""
    package var fund = ""
    package var name = ""
    package var toPerson: Fen = 0
    package var toAccounts: Fen = 0
    package var batch = ""
    /// The person's number at the platform (psn_no); nil: the table has no column of it, see `TableColumn.personNo`.
    package var personNo: String?

    package init() {}

    package func write(into target: inout [UInt8]) {
        var row = CSVLine()
        if sequence == 0 { row.add("") } else { row.add(id: "\(sequence)") }
        if month == 0 { row.add("") } else { row.add(number: month) }
        row.add(kind)
        row.add(id: person)
        row.add(region)
        row.add(number: serviceYear)
        row.add(id: settlementID)
        row.add(fund)
        row.add(name)
        row.add(yuan: toPerson)
        row.add(yuan: toAccounts)
        row.add(id: batch)
        row.add(personNo: personNo)
        row.end(into: &target)
    }
}
