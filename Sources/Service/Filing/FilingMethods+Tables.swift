import Lists
import Population
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// The lists that offices take (AH-4, AH-8, SY-8, SY-10, YT-9, YT-12, YE-6).
extension FilingMethods {
    @Sendable func table(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__filing_table_request__unpack)?.pointee else {
            return unreadable("FilingTableRequest", context)
        }
        return answering(context) { view throws(DomainRefusal) in
            let table = try FilingWire.question(request).answer(view.registry, view.visits, today: view.today)
            let csv = table.csv
            let columnBytes = table.columns.reduce(0) { $0 + $1.name.utf8.count + $1.chinese.utf8.count + 32 }
            guard let room = reply.reserve(csv.utf8.count + columnBytes + 64) else {
                throw DomainRefusal(
                    .factInvalid, "table", "\(request.table.rawValue)",
                    "the list has \(table.rowCount) rows, more than one answer holds: ask for one area after the other")
            }
            var writer = BackwardWriter(room)
            for column in table.columns.reversed() {
                let end = writer.mark
                writer.field(3, FilingWire.number(column.kind))
                writer.text(2, column.chinese)
                writer.text(1, column.name)
                writer.message(3, from: end)
            }
            writer.fixed32(2, UInt32(clamping: table.rowCount))
            writer.text(1, csv)
            reply.commit(writer.finish())
            return .ok
        }
    }

    /// 参保资助: the statement as it stands was handed over (YT-12).
    @Sendable func handOverSubsidies(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__hand_over_subsidies_request__unpack)?.pointee else {
            return unreadable("HandOverSubsidiesRequest", context)
        }
        return FilingWire.guarded { () throws(DomainRefusal) in
            let pack = try registry.pack(region: string(request.region))
            return try answer(
                [try filings.handOver(request.year, on: try day(request.on), pack, today: today)], &reply)
        }
    }
}

extension FilingWire {
    static func question(_ request: Jiesuan__V1__FilingTableRequest) throws(DomainRefusal) -> ListQuestion {
        let list: OfficeList = try value(request.table.rawValue, "table")
        var question = ListQuestion(list, region: string(request.region))
        question.area = string(request.area)
        question.byCounty = request.by_county != 0
        question.day = try optionalDay(request.day, "day")
        if request.month != 0 { question.month = try monthIndex(request.month, "month") }
        question.year = request.year
        question.campaign.from = try optionalDay(request.campaign_from, "campaign_from")
        question.campaign.until = try optionalDay(request.campaign_until, "campaign_until")
        question.costFrom = request.cost_from
        question.staysFrom = request.stays_from
        question.department = try value(request.department.rawValue, "department")
        question.disposableIncome = request.disposable_income
        question.language = request.chinese != 0 ? .chinese : .english
        return question
    }

    /// As `CellKind` of the proto.
    static func number(_ kind: TableColumn.Kind) -> Int64 {
        switch kind {
        case .text: 1
        case .id: 2
        case .yuan: 3
        case .number: 4
        case .decimal: 5
        case .date: 6
        }
    }
}
