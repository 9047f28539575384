import RPC
import Records
import Registry
import Settlement
import WireMessages

/// The amount owed by one fund to an institution for a month and a service year; in fen.
package struct RemoteClearingLine: Equatable, Sendable {
    package var institution: String
    package var region: String
    package var serviceYear: Int32
    /// The pack's id and the name.
    package var fund: String
    package var name: String
    package var owed: Fen
    /// Paid outside, never owed (G-9).
    package var paidOutside: Fen
    /// The payment batch; empty: not yet handed over.
    package var batch: String
}

/// Counts of an institution's month, of a region and service year; `total` in fen.
package struct RemoteClearingCount: Equatable, Sendable {
    package var institution: String
    package var region: String
    package var serviceYear: Int32
    package var settlements: Int
    package var reversals: Int
    package var uses: Int
    package var refunds: Int
    package var total: Fen
}

package struct RemoteClearing: Equatable, Sendable {
    package var lines: [RemoteClearingLine] = []
    package var counts: [RemoteClearingCount] = []
    /// Whether the month is over and its figures final.
    package var isOver = false
}

/// An amount owed to a person or accounts; in fen, negative where it was taken back.
package struct RemoteOwed: Equatable, Sendable {
    package struct Share: Equatable, Sendable {
        package var fund: String
        package var name: String
        package var toPerson: Fen
        package var toAccounts: Fen
    }

    package var sequence: UInt64
    package var recordedAt: Moment
    /// "MANUAL", "ADJUSTMENT" …
    package var kind: String
    package var person: UInt64
    package var region: String
    package var serviceYear: Int32
    package var settlementID: String
    package var shares: [Share]
    package var batch: String
    /// The platform's number of the person; empty: none.
    package var personNo = ""

    package var toPerson: Fen { shares.reduce(0) { $0 + $1.toPerson } }
    package var toAccounts: Fen { shares.reduce(0) { $0 + $1.toAccounts } }
}

/// A batch handed over for payment; `total` in fen.
package struct RemoteBatch: Equatable, Sendable {
    package var id: String
    package var day: CalendarDate
    /// True: of institutions; false: of persons.
    package var isOfInstitutions: Bool
    /// YYYYMM.
    package var month: Int32
    package var entries: Int
    package var total: Fen
    package var sequence: UInt64
    package var recordedAt: Moment
}

/// Filter on the clearing's lines; empty, 0: no restriction.
package struct RemoteClearingFilter: Equatable, Sendable {
    package var region = ""
    package var institution = ""
    /// County or township (G-17).
    package var area = ""
    package var fund = ""
    package var person: UInt64 = 0
    package var isUnpaid = false

    package init() {}
}

/// An order to mark lines or entries as handed over.
package struct RemotePayOrder: Equatable, Sendable {
    package var batch: String
    package var day: CalendarDate
    package var isOfInstitutions: Bool
    /// YYYYMM.
    package var month: Int32
    package var filter = RemoteClearingFilter()
    package var isRest = false
    /// The expected total in fen; nil: any.
    package var expected: Fen?

    package init(batch: String, day: CalendarDate, isOfInstitutions: Bool, month: Int32) {
        self.batch = batch
        self.day = day
        self.isOfInstitutions = isOfInstitutions
        self.month = month
    }
}

/// `ClearingService` at a server (G-18, YE-3).
package struct ClearingClient {
    private static let service = ServiceName.clearing

    private let client: Client

    package init(_ client: Client) { self.client = client }

    /// The clearing of the institutions for a month, YYYYMM.
    package func month(_ month: Int32, _ filter: RemoteClearingFilter) throws(ClientError) -> RemoteClearing {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__get_month_request__init)
        request.pointee.month = UInt32(bitPattern: month)
        request.pointee.region = objects.string(filter.region)
        request.pointee.institution = objects.string(filter.institution)
        request.pointee.unpaid = filter.isUnpaid ? 1 : 0
        request.pointee.area = objects.string(filter.area)
        let bytes = packed(
            request, jiesuan__v1__get_month_request__get_packed_size, jiesuan__v1__get_month_request__pack)
        return try unpacked(
            try call("GetMonth", bytes), jiesuan__v1__get_month_response__unpack,
            jiesuan__v1__get_month_response__free_unpacked
        ) { message throws(ClientError) in
            RemoteClearing(
                lines: (0..<message.n_lines).compactMap { message.lines[$0].map { RemoteClearingLine($0.pointee) } },
                counts: (0..<message.n_counts).compactMap {
                    message.counts[$0].map { RemoteClearingCount($0.pointee) }
                },
                isOver: message.is_over != 0)
        }
    }

    /// The amounts owed to persons and accounts of a month (0: all), read part after part.
    package func owed(_ month: Int32, _ filter: RemoteClearingFilter) throws(ClientError) -> [RemoteOwed] {
        var found: [RemoteOwed] = []
        var after: UInt64 = 0
        repeat {
            let objects = WireObjects()
            let request = objects.make(jiesuan__v1__list_owed_request__init)
            request.pointee.month = UInt32(bitPattern: month)
            request.pointee.region = objects.string(filter.region)
            request.pointee.person = filter.person
            request.pointee.unpaid = filter.isUnpaid ? 1 : 0
            request.pointee.area = objects.string(filter.area)
            request.pointee.after = after
            let bytes = packed(
                request, jiesuan__v1__list_owed_request__get_packed_size, jiesuan__v1__list_owed_request__pack)
            let part = try unpacked(
                try call("ListOwed", bytes), jiesuan__v1__list_owed_response__unpack,
                jiesuan__v1__list_owed_response__free_unpacked
            ) { message throws(ClientError) in
                (
                    (0..<message.n_entries).compactMap { message.entries[$0].map { RemoteOwed($0.pointee) } },
                    message.next
                )
            }
            found += part.0
            after = part.1
        } while after != 0
        return found
    }

    /// Marks lines or entries as handed over; true: a repeated order.
    package func pay(_ order: RemotePayOrder) throws(ClientError) -> (batch: RemoteBatch, wasPaidBefore: Bool) {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__pay_request__init)
        request.pointee.batch = objects.string(order.batch)
        request.pointee.day = UInt32(bitPattern: order.day.number)
        request.pointee.list = Jiesuan__V1__PayList(rawValue: order.isOfInstitutions ? 1 : 2)
        request.pointee.month = UInt32(bitPattern: order.month)
        request.pointee.region = objects.string(order.filter.region)
        request.pointee.institution = objects.string(order.filter.institution)
        request.pointee.fund = objects.string(order.filter.fund)
        request.pointee.person = order.filter.person
        request.pointee.area = objects.string(order.filter.area)
        request.pointee.rest = order.isRest ? 1 : 0
        if let expected = order.expected {
            request.pointee.has_expected = 1
            request.pointee.expected = expected
        }
        let bytes = packed(request, jiesuan__v1__pay_request__get_packed_size, jiesuan__v1__pay_request__pack)
        return try unpacked(
            try call("Pay", bytes), jiesuan__v1__pay_response__unpack, jiesuan__v1__pay_response__free_unpacked
        ) { message throws(ClientError) in
            guard let batch = message.batch?.pointee else { throw .badAnswer("the answer to Pay has no batch") }
            return (RemoteBatch(batch), message.was_paid_before != 0)
        }
    }

    /// All batches, in order.
    package func batches() throws(ClientError) -> [RemoteBatch] {
        var found: [RemoteBatch] = []
        var after: UInt64 = 0
        repeat {
            let objects = WireObjects()
            let request = objects.make(jiesuan__v1__list_batches_request__init)
            request.pointee.after = after
            let bytes = packed(
                request, jiesuan__v1__list_batches_request__get_packed_size, jiesuan__v1__list_batches_request__pack)
            let part = try unpacked(
                try call("ListBatches", bytes), jiesuan__v1__list_batches_response__unpack,
                jiesuan__v1__list_batches_response__free_unpacked
            ) { message throws(ClientError) in
                (
                    (0..<message.n_batches).compactMap { message.batches[$0].map { RemoteBatch($0.pointee) } },
                    message.next
                )
            }
            found += part.0
            after = part.1
        } while after != 0
        return found
    }

    private func call(_ method: String, _ message: [UInt8]) throws(ClientError) -> [UInt8] {
        let method = RemoteMethod(service: Self.service, method: method)
        return try message.reading { bytes throws(ClientError) in try client.call(method, bytes) }
    }
}

extension RemoteClearingLine {
    fileprivate init(_ message: Jiesuan__V1__ClearingLine) {
        self.init(
            institution: wireText(message.institution), region: wireText(message.region),
            serviceYear: message.service_year, fund: wireText(message.fund), name: wireText(message.name),
            owed: message.owed, paidOutside: message.paid_outside, batch: wireText(message.batch))
    }
}

extension RemoteClearingCount {
    fileprivate init(_ message: Jiesuan__V1__ClearingCount) {
        self.init(
            institution: wireText(message.institution), region: wireText(message.region),
            serviceYear: message.service_year, settlements: Int(message.settlements),
            reversals: Int(message.reversals), uses: Int(message.uses), refunds: Int(message.refunds),
            total: message.total)
    }
}

extension RemoteOwed {
    private static let kinds = [
        "UNSPECIFIED", "MANUAL", "MANUAL_REVERSED", "ADJUSTMENT", "ADJUSTMENT_REVERSED", "RECOGNITION",
        "RECOGNITION_REVERSED", "SECOND_ROUND", "SECOND_ROUND_REVERSED",
    ]

    fileprivate init(_ message: Jiesuan__V1__OwedEntry) {
        let number = Int(message.kind.rawValue)
        let shares = (0..<message.n_shares).compactMap { index in
            message.shares[index].map {
                Share(
                    fund: wireText($0.pointee.fund), name: wireText($0.pointee.name), toPerson: $0.pointee.person,
                    toAccounts: $0.pointee.account)
            }
        }
        self.init(
            sequence: message.sequence, recordedAt: Moment(milliseconds: message.recorded_at),
            kind: Self.kinds.indices.contains(number) ? Self.kinds[number] : "\(number)", person: message.person,
            region: wireText(message.region), serviceYear: message.service_year,
            settlementID: wireText(message.settlement_id), shares: shares, batch: wireText(message.batch),
            personNo: wireText(message.person_no))
    }
}

extension RemoteBatch {
    fileprivate init(_ message: Jiesuan__V1__Batch) {
        self.init(
            id: wireText(message.batch), day: CalendarDate(Int32(bitPattern: message.day)),
            isOfInstitutions: message.list.rawValue == 1, month: Int32(bitPattern: message.month),
            entries: Int(message.entries), total: message.total, sequence: message.sequence,
            recordedAt: Moment(milliseconds: message.recorded_at))
    }
}
