import Client
import Lists
import Policy
import Population
import Records
import Registry
import Settlement
import Text
import YearEnd

/// The clearing as text, as JSON and as rows of a file.
enum ClearingText {
    // MARK: Institutions

    static func rows(_ found: RemoteClearing, month: Int32) -> [ClearingRow] {
        var counts: [String: RemoteClearingCount] = [:]
        for count in found.counts { counts["\(count.institution) \(count.region) \(count.serviceYear)"] = count }
        return found.lines.map { line in
            var row = ClearingRow()
            row.institution = line.institution
            row.month = month
            row.serviceYear = line.serviceYear
            row.region = line.region
            row.fund = line.fund
            row.name = line.name
            if let count = counts["\(line.institution) \(line.region) \(line.serviceYear)"] {
                row.settlements = count.settlements
                row.reversals = count.reversals
                row.uses = count.uses
                row.refunds = count.refunds
                row.total = count.total
            }
            row.owed = line.owed
            row.paidOutside = line.paidOutside
            row.batch = line.batch
            return row
        }
    }

    static func lines(_ found: RemoteClearing) -> [String] {
        guard !found.lines.isEmpty else { return ["没有应付 Nothing is owed."] }
        var table = TextTable([.left, .left, .right, .left, .right, .right, .left])
        table.add(["institution", "region", "year", "fund", "应付 owed", "系统外已支付 outside", "batch"])
        for line in found.lines {
            table.add([
                line.institution, line.region, "\(line.serviceYear)", "\(line.fund) \(line.name)",
                MoneyText.yuan(line.owed), MoneyText.yuan(line.paidOutside), line.batch,
            ])
        }
        table.add([
            "合计 all", "", "", "", MoneyText.yuan(found.lines.reduce(0) { $0 + $1.owed }),
            MoneyText.yuan(found.lines.reduce(0) { $0 + $1.paidOutside }), "",
        ])
        return table.lines() + [found.isOver ? "" : "The month is not over: it may change."].filter { !$0.isEmpty }
    }

    static func json(_ found: RemoteClearing) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.field("is_over", found.isOver)
            json.array("lines") { json in
                for line in found.lines {
                    json.object { json in
                        json.field("institution", line.institution)
                        json.field("region", line.region)
                        json.field("service_year", line.serviceYear)
                        json.field("fund", line.fund)
                        json.field("name", line.name)
                        json.field("owed", line.owed)
                        json.field("paid_outside", line.paidOutside)
                        json.field("batch", line.batch)
                    }
                }
            }
            json.array("counts") { json in
                for count in found.counts {
                    json.object { json in
                        json.field("institution", count.institution)
                        json.field("region", count.region)
                        json.field("service_year", count.serviceYear)
                        json.field("settlements", count.settlements)
                        json.field("reversals", count.reversals)
                        json.field("uses", count.uses)
                        json.field("refunds", count.refunds)
                        json.field("total", count.total)
                    }
                }
            }
        }
        return json.text
    }

    // MARK: Persons

    /// The columns of those rows.
    static func columns(_ found: [RemoteOwed]) -> [TableColumn] {
        ClearingColumns.persons + (hasPersonNos(found) ? [.personNo] : [])
    }

    /// Whether anybody in the list has a number of the platform's.
    private static func hasPersonNos(_ found: [RemoteOwed]) -> Bool { found.contains { !$0.personNo.isEmpty } }

    /// Makes a row for each fund; the rows add up to the list's sums.
    static func rows(_ found: [RemoteOwed]) -> [OwedRow] {
        let isNamed = hasPersonNos(found)
        return found.flatMap { entry in
            entry.shares.filter { $0.toPerson != 0 || $0.toAccounts != 0 }.map { share in
                var row = OwedRow()
                row.sequence = entry.sequence
                row.month = entry.recordedAt.date.number / 100
                row.kind = entry.kind
                row.person = "\(entry.person)"
                row.region = entry.region
                row.serviceYear = entry.serviceYear
                row.settlementID = entry.settlementID
                row.fund = share.fund
                row.name = share.name
                row.toPerson = share.toPerson
                row.toAccounts = share.toAccounts
                row.batch = entry.batch
                row.personNo = isNamed ? entry.personNo : nil
                return row
            }
        }
    }

    static func lines(_ found: [RemoteOwed]) -> [String] {
        guard !found.isEmpty else { return ["没有应付 Nothing is owed to persons."] }
        let isNamed = hasPersonNos(found)
        /// The cell behind the person's number, where there is such a column.
        func named(_ text: String) -> [String] { isNamed ? [text] : [] }
        var table = TextTable(
            [.right, .left, .left, .right] + (isNamed ? [.left] : []) + [.left, .right, .right, .left])
        table.add(
            ["number", "time", "kind", "person"] + named("平台编号 person_no")
                + ["settlement", "个人 person", "账户 accounts", "batch"])
        for entry in found {
            table.add(
                [
                    "\(entry.sequence)", SettlementText.time(entry.recordedAt.milliseconds), entry.kind,
                    "\(entry.person)",
                ] + named(entry.personNo) + [
                    entry.settlementID, MoneyText.yuan(entry.toPerson), MoneyText.yuan(entry.toAccounts), entry.batch,
                ])
        }
        table.add(
            ["", "合计 all", "", ""] + named("") + [
                "", MoneyText.yuan(found.reduce(0) { $0 + $1.toPerson }),
                MoneyText.yuan(found.reduce(0) { $0 + $1.toAccounts }), "",
            ])
        return table.lines()
    }

    static func json(_ found: [RemoteOwed]) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.array("entries") { json in
                for entry in found {
                    json.object { json in
                        json.field("sequence", entry.sequence)
                        json.field("recorded_at", entry.recordedAt.milliseconds)
                        json.field("kind", entry.kind)
                        json.person(PersonName(entry.person, no: entry.personNo))
                        json.field("region", entry.region)
                        json.field("service_year", entry.serviceYear)
                        json.field("settlement_id", entry.settlementID)
                        json.array("shares") { json in
                            for share in entry.shares {
                                json.object { json in
                                    json.field("fund", share.fund)
                                    json.field("name", share.name)
                                    json.field("to_person", share.toPerson)
                                    json.field("to_accounts", share.toAccounts)
                                }
                            }
                        }
                        json.field("batch", entry.batch)
                    }
                }
            }
        }
        return json.text
    }

    // MARK: Batches

    static func lines(_ found: [RemoteBatch]) -> [String] {
        guard !found.isEmpty else { return ["没有拨付批次 No batch was handed over."] }
        var table = TextTable([.left, .left, .left, .right, .right, .right])
        table.add(["batch", "day", "list", "month", "entries", "金额 total"])
        for batch in found {
            table.add([
                batch.id, batch.day.description, batch.isOfInstitutions ? "机构 institutions" : "个人 persons",
                "\(batch.month)", "\(batch.entries)", MoneyText.yuan(batch.total),
            ])
        }
        return table.lines()
    }

    static func json(_ found: [RemoteBatch]) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.array("batches") { json in
                for batch in found { json.object { add(batch, to: &$0) } }
            }
        }
        return json.text
    }

    static func json(_ batch: RemoteBatch, wasPaidBefore: Bool) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            add(batch, to: &json)
            json.field("was_paid_before", wasPaidBefore)
        }
        return json.text
    }

    private static func add(_ batch: RemoteBatch, to json: inout JSONText) {
        json.field("batch", batch.id)
        json.field("day", batch.day.description)
        json.field("list", batch.isOfInstitutions ? "institutions" : "persons")
        json.field("month", batch.month)
        json.field("entries", batch.entries)
        json.field("total", batch.total)
        json.field("sequence", batch.sequence)
        json.field("recorded_at", batch.recordedAt.milliseconds)
    }
}
