import Lists
import Population
import Records
import Registry
import Settlement
import WireMessages

/// The server's state of a recognition (YT-7); amounts in fen.
package struct RemoteRecognition: Equatable, Sendable {
    package var burden: Fen
    package var paid: Fen
    package var outstanding: Fen
    package var overpaid: Fen
    /// Payment of this step; negative: taken back.
    package var paidNow: Fen
    /// The settlements whose cash it lowers, the oldest first (I-39).
    package var shares: [Share] = []

    /// The share of a step's payment in one settlement's cash.
    package struct Share: Equatable, Sendable {
        package var settlement: String
        package var amount: Fen
    }

    package init(burden: Fen, paid: Fen, outstanding: Fen, overpaid: Fen, paidNow: Fen) {
        self.burden = burden
        self.paid = paid
        self.outstanding = outstanding
        self.overpaid = overpaid
        self.paidNow = paidNow
    }
}

/// A list made by the server.
package struct RemoteList: Sendable {
    /// CSV with headings, without a byte-order mark.
    package var csv: String
    package var rows: Int
    package var columns: [TableColumn]
}

extension FilingClient {
    /// Applications awaiting the appraisal of `month` (YYYYMM), and decided ones whose notice is outstanding.
    package func applications(
        region: String, month: UInt32 = 0
    ) throws(ClientError) -> (awaiting: [RemoteApplication], untold: [RemoteApplication]) {
        let answer = try call("ListApplications", jiesuan__v1__list_applications_request__init) { request, objects in
            request.region = objects.string(region)
            request.month = month
        }
        return try unpacked(
            answer, jiesuan__v1__list_applications_response__unpack,
            jiesuan__v1__list_applications_response__free_unpacked
        ) { message throws(ClientError) in
            (
                every(message.n_awaiting, message.awaiting, RemoteApplication.init),
                every(message.n_untold, message.untold, RemoteApplication.init)
            )
        }
    }

    /// Screens the settled claims of `month` (YYYYMM); the open entries of the list, and how many were added.
    package func screen(
        region: String, month: UInt32
    ) throws(ClientError) -> (entries: [RemoteSuspicion], added: UInt32) {
        try list(
            try call("Screen", jiesuan__v1__screen_request__init) { request, objects in
                request.region = objects.string(region)
                request.month = month
            })
    }

    /// The open entries of the list up to `month` (YYYYMM).
    package func suspects(region: String, month: UInt32 = 0) throws(ClientError) -> [RemoteSuspicion] {
        try list(
            try call("ListSuspects", jiesuan__v1__list_suspects_request__init) { request, objects in
                request.region = objects.string(region)
                request.month = month
            }
        ).entries
    }

    private func list(_ answer: [UInt8]) throws(ClientError) -> (entries: [RemoteSuspicion], added: UInt32) {
        guard let unpacked = jiesuan__v1__suspicion_list__unpack(nil, answer.count, answer) else {
            throw .badAnswer("SuspicionList does not parse")
        }
        defer { jiesuan__v1__suspicion_list__free_unpacked(unpacked, nil) }
        let entries = every(unpacked.pointee.n_entries, unpacked.pointee.entries, RemoteSuspicion.init)
        return (entries, unpacked.pointee.added)
    }

    /// A table as CSV; `table` by its number in the proto, `costFrom` in fen.
    package func table(
        region: String, _ table: UInt32, day: CalendarDate = .none, costFrom: Fen = 0, staysFrom: UInt32 = 0
    ) throws(ClientError) -> String {
        let list = OfficeList(rawValue: UInt8(clamping: table)) ?? .chronicLedger
        var question = ListQuestion(list, region: region)
        question.day = day
        question.costFrom = costFrom
        question.staysFrom = staysFrom
        return try self.list(question).csv
    }

    /// A list with the kinds of its columns.
    package func list(_ question: ListQuestion) throws(ClientError) -> RemoteList {
        let answer = try call("Table", jiesuan__v1__filing_table_request__init) { request, objects in
            request.region = objects.string(question.region)
            request.table = Jiesuan__V1__FilingTable(rawValue: UInt32(question.list.rawValue))
            request.area = objects.string(question.area)
            request.by_county = question.byCounty ? 1 : 0
            request.day = number(question.day)
            request.month = question.month == 0 ? 0 : UInt32(question.month / 12 * 100 + question.month % 12 + 1)
            request.year = question.year
            request.campaign_from = number(question.campaign.from)
            request.campaign_until = number(question.campaign.until)
            request.cost_from = question.costFrom
            request.stays_from = question.staysFrom
            request.department = Jiesuan__V1__Department(rawValue: UInt32(question.department.rawValue))
            request.disposable_income = question.disposableIncome
            request.chinese = question.language == .chinese ? 1 : 0
        }
        guard let unpacked = jiesuan__v1__filing_table_response__unpack(nil, answer.count, answer) else {
            throw .badAnswer("FilingTableResponse does not parse")
        }
        defer { jiesuan__v1__filing_table_response__free_unpacked(unpacked, nil) }
        let columns = (0..<unpacked.pointee.n_columns).compactMap { index in
            unpacked.pointee.columns[index].map {
                TableColumn(text($0.pointee.name), text($0.pointee.chinese), Self.kind($0.pointee.kind.rawValue))
            }
        }
        return RemoteList(csv: text(unpacked.pointee.csv), rows: Int(unpacked.pointee.rows), columns: columns)
    }

    /// The kind of a column by its number; unknown, of a newer server: text.
    private static func kind(_ number: UInt32) -> TableColumn.Kind {
        switch number {
        case 2: .id
        case 3: .yuan
        case 4: .number
        case 5: .decimal
        case 6: .date
        default: .text
        }
    }

    /// Records that a year's statement of premium subsidies was handed over (YT-12); its number within the year.
    package func handOverSubsidies(
        region: String, year: Int32, on day: CalendarDate = .none
    ) throws(ClientError) -> UInt32 {
        try change("HandOverSubsidies", jiesuan__v1__hand_over_subsidies_request__init) { request, objects in
            request.region = objects.string(region)
            request.year = year
            request.on = number(day)
        }.number
    }

    /// An entry of the survey: `answers` in the order of 002 附件2's questions, 1 yes, 2 no, 0 open.
    package func survey(
        person: UInt64, area: String, surveyed: CalendarDate, answers: [UInt32], solved: String = "",
        unsolved: String = ""
    ) throws(ClientError) -> FilingReceipt {
        try change("Survey", jiesuan__v1__survey_request__init) { request, objects in
            func answer(_ index: Int) -> Jiesuan__V1__SurveyAnswer {
                Jiesuan__V1__SurveyAnswer(rawValue: answers.indices.contains(index) ? answers[index] : 0)
            }
            request.person = person
            request.area = objects.string(area)
            request.surveyed = number(surveyed)
            request.knows_policy = answer(0)
            request.needs_two_disease = answer(1)
            request.needs_chronic_outpatient = answer(2)
            request.covered = answer(3)
            request.solved = objects.string(solved)
            request.unsolved = objects.string(unsolved)
        }
    }

    /// A step of a recognition (YT-7): 1 apply, 2 refuse, 3 recognise, 4 pay what is outstanding, 5 take it back.
    package func recognise(
        person: UInt64, step: UInt32, year: Int32 = 0, on day: CalendarDate = .none, reason: String = "",
        outside: [(serviceDate: CalendarDate, burden: Fen)] = []
    ) throws(ClientError) -> RemoteRecognition {
        let answer = try call("Recognise", jiesuan__v1__recognise_request__init) { request, objects in
            request.person = person
            request.step = Jiesuan__V1__RecognitionStep(rawValue: step)
            request.year = year
            request.on = number(day)
            request.reason = objects.string(reason)
            let burdens = outside.map { entry in
                let burden = objects.make(jiesuan__v1__outside_burden__init)
                burden.pointee.service_date = number(entry.serviceDate)
                burden.pointee.burden = entry.burden
                return burden
            }
            request.n_outside = burdens.count
            request.outside = objects.array(burdens)
        }
        guard let unpacked = jiesuan__v1__recognition_answer__unpack(nil, answer.count, answer) else {
            throw .badAnswer("RecognitionAnswer does not parse")
        }
        defer { jiesuan__v1__recognition_answer__free_unpacked(unpacked, nil) }
        let record = unpacked.pointee.recognition?.pointee
        var recognition = RemoteRecognition(
            burden: record?.burden ?? 0, paid: record?.paid ?? 0, outstanding: record?.outstanding ?? 0,
            overpaid: record?.overpaid ?? 0, paidNow: unpacked.pointee.paid_now)
        recognition.shares = (0..<unpacked.pointee.n_shares).compactMap { index in
            unpacked.pointee.shares[index].map {
                RemoteRecognition.Share(settlement: text($0.pointee.settlement_id), amount: $0.pointee.amount)
            }
        }
        return recognition
    }

    /// All filings of a person; filings and their corrections as known at `moment`, nil: now.
    package func show(_ person: UInt64, knownAt moment: Moment? = nil) throws(ClientError) -> RemoteFilings {
        let answer = try call("Show", jiesuan__v1__show_filings_request__init) { request, _ in
            request.person = person
            request.known_at = moment?.milliseconds ?? 0
        }
        return try unpacked(
            answer, jiesuan__v1__show_filings_response__unpack, jiesuan__v1__show_filings_response__free_unpacked
        ) { message throws(ClientError) in RemoteFilings(message) }
    }

    /// Persons with filings, ascending: numbers above `after`, of `region` where one is named.
    package func filedPersons(
        region: String = "", after: UInt64? = nil, limit: UInt32 = 0
    ) throws(ClientError) -> (persons: [UInt64], hasMore: Bool) {
        let answer = try call("ListPersons", jiesuan__v1__list_filed_persons_request__init) { request, objects in
            request.region = objects.string(region)
            request.after = after ?? 0
            request.has_after = after == nil ? 0 : 1
            request.limit = limit
        }
        return try unpacked(
            answer, jiesuan__v1__list_filed_persons_response__unpack,
            jiesuan__v1__list_filed_persons_response__free_unpacked
        ) { message throws(ClientError) in
            ((0..<message.n_persons).map { message.persons[$0] }, message.more != 0)
        }
    }

    /// The experts of the register, by code.
    package func experts() throws(ClientError) -> [RemoteExpert] {
        let answer = try call("ListExperts", jiesuan__v1__list_experts_request__init) { _, _ in }
        return try unpacked(
            answer, jiesuan__v1__list_experts_response__unpack, jiesuan__v1__list_experts_response__free_unpacked
        ) { message throws(ClientError) in every(message.n_experts, message.experts, RemoteExpert.init) }
    }

    /// The institutions with a present or past task in filing, by code.
    package func designations() throws(ClientError) -> [RemoteDesignation] {
        let answer = try call("ListDesignations", jiesuan__v1__list_designations_request__init) { _, _ in }
        return try unpacked(
            answer, jiesuan__v1__list_designations_response__unpack,
            jiesuan__v1__list_designations_response__free_unpacked
        ) { message throws(ClientError) in
            every(message.n_institutions, message.institutions, RemoteDesignation.init)
        }
    }

    /// Corrects a contract's days (`until` `none`: open) and, where one is named, its institution.
    package func correctContract(
        person: UInt64, contract: UInt32, isWithdrawn: Bool = false, institution: String = "",
        since: CalendarDate = .none, until: CalendarDate = .none
    ) throws(ClientError) -> FilingReceipt {
        try change("CorrectContract", jiesuan__v1__correct_contract_request__init) { request, objects in
            request.person = person
            request.number = contract
            request.withdraw = isWithdrawn ? 1 : 0
            request.institution = objects.string(institution)
            request.since = number(since)
            request.until = number(until)
        }
    }

    private func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
}
