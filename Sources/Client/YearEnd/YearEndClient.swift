import Population
import RPC
import Settlement
import WireMessages

/// The progress of a year-end run at a server.
package struct RemoteYearEnd: Equatable, Sendable {
    package enum Stage: UInt32, Sendable {
        case unspecified, reading, posting, done, failed, stopped

        package var isUnderWay: Bool { self == .reading || self == .posting }
    }

    package var stage: Stage
    /// The current step.
    package var step: String
    /// The finished share, 0 … 1.
    package var share: Double
    package var done: Int
    package var posted: Int
    package var postedBefore: Int
    package var waiting: Int
    package var message: String
}

/// A run kept by a server.
package struct RemoteYearEndRun: Equatable, Sendable {
    package var name: String
    package var year: Int32
    package var isDryRun: Bool
    package var isAudit: Bool
    /// Milliseconds since 1970, UTC.
    package var startedAt: UInt64
    /// Time of its last change of stage.
    package var changedAt: UInt64
    package var status: RemoteYearEnd
}

/// A file of a run at a server.
package struct RemoteYearEndFile: Equatable, Sendable {
    package var name: String
    /// Bytes.
    package var size: UInt64
    /// Hexadecimal.
    package var sha256: String
}

/// The parameters of a run.
package struct YearEndOrder: Sendable {
    package var name: String
    package var year: Int32
    package var isDryRun = false
    package var isAudit = false
    /// In fen, by region.
    package var surplus: [(region: String, amount: Fen)] = []
    /// In fen; 0: none.
    package var disposableIncome: Fen = 0
    /// In fen, by the institution's code (YE-3).
    package var institutionTotals: [String: Fen] = [:]
    /// First and last day of the campaign for chronic patients (YE-6); nil: none.
    package var campaign: (from: CalendarDate, until: CalendarDate)?
    /// Language of the files' header lines.
    package var headings = TableHeadings.english

    package init(name: String, year: Int32) {
        self.name = name
        self.year = year
    }
}

/// `YearEndService` at a server.
package struct YearEndClient {
    private static let service = ServiceName.yearEnd

    private let client: Client

    package init(_ client: Client) { self.client = client }

    package func start(_ order: YearEndOrder) throws(ClientError) -> RemoteYearEnd {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__start_year_end_request__init)
        request.pointee.name = objects.string(order.name)
        request.pointee.year = order.year
        request.pointee.dry_run = order.isDryRun ? 1 : 0
        request.pointee.audit = order.isAudit ? 1 : 0
        request.pointee.disposable_income = order.disposableIncome
        let surplus = order.surplus.map { item in
            let message = objects.make(jiesuan__v1__region_surplus__init)
            message.pointee.region = objects.string(item.region)
            message.pointee.surplus = item.amount
            return message
        }
        request.pointee.n_surplus = surplus.count
        request.pointee.surplus = objects.array(surplus)
        let totals = order.institutionTotals.sorted { $0.key < $1.key }.map { item in
            let message = objects.make(jiesuan__v1__institution_total__init)
            message.pointee.institution = objects.string(item.key)
            message.pointee.total = item.value
            return message
        }
        request.pointee.n_institution_totals = totals.count
        request.pointee.institution_totals = objects.array(totals)
        if let campaign = order.campaign {
            request.pointee.campaign_from = UInt32(campaign.from.number)
            request.pointee.campaign_until = UInt32(campaign.until.number)
        }
        request.pointee.headings = objects.string(order.headings.rawValue)
        let bytes = packed(
            request, jiesuan__v1__start_year_end_request__get_packed_size, jiesuan__v1__start_year_end_request__pack)
        return try status(try call("Start", bytes))
    }

    package func progress(_ name: String) throws(ClientError) -> RemoteYearEnd {
        try status(try call("GetProgress", Self.request(name)))
    }

    /// Requests a run to stop; its stage tells when it has.
    package func stop(_ name: String) throws(ClientError) -> RemoteYearEnd {
        try status(try call("Stop", Self.request(name)))
    }

    /// Resumes a stopped, failed or interrupted run with its parameters.
    package func resume(_ name: String) throws(ClientError) -> RemoteYearEnd {
        try status(try call("Resume", Self.request(name)))
    }

    /// All runs of the server, the newest first.
    package func runs() throws(ClientError) -> [RemoteYearEndRun] {
        let answer = try call("ListRuns", [])
        return try unpacked(
            answer, jiesuan__v1__list_year_end_runs_response__unpack,
            jiesuan__v1__list_year_end_runs_response__free_unpacked
        ) { message throws(ClientError) in
            var runs: [RemoteYearEndRun] = []
            for index in 0..<message.n_runs {
                guard let run = message.runs[index]?.pointee, let status = run.status else {
                    throw .badAnswer("a run of ListYearEndRunsResponse has no status")
                }
                runs.append(
                    RemoteYearEndRun(
                        name: wireText(run.name), year: run.year, isDryRun: run.dry_run != 0, isAudit: run.audit != 0,
                        startedAt: run.started_at, changedAt: run.changed_at, status: RemoteYearEnd(status.pointee)))
            }
            return runs
        }
    }

    /// The files of a run.
    package func files(_ name: String) throws(ClientError) -> [RemoteYearEndFile] {
        let answer = try call("ListFiles", Self.request(name))
        return try unpacked(
            answer, jiesuan__v1__list_year_end_files_response__unpack,
            jiesuan__v1__list_year_end_files_response__free_unpacked
        ) { message throws(ClientError) in
            (0..<message.n_files).compactMap { index in
                message.files[index].map { file in
                    RemoteYearEndFile(
                        name: wireText(file.pointee.name), size: file.pointee.size,
                        sha256: wireText(file.pointee.sha256))
                }
            }
        }
    }

    /// The next part of a run's file, of the server's size; empty at the end.
    package func read(_ name: String, file: String, from offset: UInt64) throws(ClientError) -> [UInt8] {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__read_year_end_file_request__init)
        request.pointee.name = objects.string(name)
        request.pointee.file = objects.string(file)
        request.pointee.offset = offset
        let bytes = packed(
            request, jiesuan__v1__read_year_end_file_request__get_packed_size,
            jiesuan__v1__read_year_end_file_request__pack)
        return try unpacked(
            try call("ReadFile", bytes), jiesuan__v1__read_year_end_file_response__unpack,
            jiesuan__v1__read_year_end_file_response__free_unpacked
        ) { message throws(ClientError) in
            [UInt8](UnsafeBufferPointer(start: message.data.data, count: message.data.len))
        }
    }

    /// The result of a finished run, as JSON.
    package func result(_ name: String) throws(ClientError) -> [UInt8] {
        let answer = try call("GetResult", Self.request(name))
        return try unpacked(
            answer, jiesuan__v1__year_end_response__unpack, jiesuan__v1__year_end_response__free_unpacked
        ) { message throws(ClientError) in
            [UInt8](UnsafeBufferPointer(start: message.result_json.data, count: message.result_json.len))
        }
    }

    private static func request(_ name: String) -> [UInt8] {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__year_end_request__init)
        request.pointee.name = objects.string(name)
        return packed(
            request, jiesuan__v1__year_end_request__get_packed_size, jiesuan__v1__year_end_request__pack)
    }

    private func call(_ method: String, _ message: [UInt8]) throws(ClientError) -> [UInt8] {
        let method = RemoteMethod(service: Self.service, method: method)
        return try message.reading { bytes throws(ClientError) in try client.call(method, bytes) }
    }

    private func status(_ answer: [UInt8]) throws(ClientError) -> RemoteYearEnd {
        try unpacked(
            answer, jiesuan__v1__year_end_status__unpack, jiesuan__v1__year_end_status__free_unpacked
        ) { message throws(ClientError) in
            RemoteYearEnd(message)
        }
    }
}

extension RemoteYearEnd {
    fileprivate init(_ message: Jiesuan__V1__YearEndStatus) {
        self.init(
            stage: Stage(rawValue: message.stage.rawValue) ?? .unspecified, step: wireText(message.step),
            share: Double(message.share) / 10_000, done: Int(message.done), posted: Int(message.posted),
            postedBefore: Int(message.posted_before), waiting: Int(message.waiting),
            message: wireText(message.message))
    }
}
