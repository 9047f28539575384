import Records
import Registry
import Settlement

/// One account in memory: 48 bytes.
struct Account {
    let owner: UInt64
    var balance: Fen = 0
    var lastPosition: UInt64 = 0
    /// The latest span of months credited with the same amount.
    private var span = CreditSpan()
    var status = AccountStatus.open
    /// Whether the opening balance (历年结余) is credited; it happens once.
    var hasOpening = false
    /// Further data; nil where all months were credited with the same amount and there are no requests.
    private(set) var details: AccountDetails?

    init(owner: UInt64) { self.owner = owner }

    var view: AccountView { AccountView(status: status, balance: balance, lastPosition: lastPosition) }

    /// The amount credited for a month; nil: none.
    func credited(_ month: CreditMonth) -> Fen? {
        if span.contains(month) { return span.amount }
        return details?.spans.first { $0.contains(month) }?.amount
    }

    /// Records a month's credit; false: the month was credited already.
    mutating func credit(_ month: CreditMonth, _ amount: Fen) -> Bool {
        guard credited(month) == nil else { return false }
        if span.months == 0 {
            span = CreditSpan(month, amount)
            return true
        }
        if span.extend(month, amount) { return true }
        let details = makeDetails()
        if month.index < span.first {
            // A back-dated month goes to the older spans.
            for spanIndex in details.spans.indices where details.spans[spanIndex].extend(month, amount) { return true }
            details.spans.append(CreditSpan(month, amount))
            return true
        }
        details.spans.append(span)
        span = CreditSpan(month, amount)
        return true
    }

    mutating func add(_ request: UInt64, at position: UInt64) {
        makeDetails().add(RequestPosition(key: request, position: position))
    }

    private mutating func makeDetails() -> AccountDetails {
        if let details { return details }
        let made = AccountDetails()
        details = made
        return made
    }
}

/// Data that few accounts have, or that grows with the years: 16 bytes for every change of the credit (a year's new
/// contribution base), 16 for every request, and about 100 for the object.
final class AccountDetails {
    /// Spans of credited months, besides the account's latest.
    var spans: [CreditSpan] = []
    /// Requests in journal order, at most `AccountLimit.requestsMax`.
    private(set) var requests: [RequestPosition] = []

    func add(_ request: RequestPosition) {
        if requests.count == AccountLimit.requestsMax { requests.removeFirst(AccountLimit.requestsMax / 2) }
        requests.append(request)
    }

    /// The newest first.
    func positions(of key: UInt64) -> [UInt64] {
        var positions: [UInt64] = []
        for requestIndex in requests.indices.reversed() where requests[requestIndex].key == key {
            positions.append(requests[requestIndex].position)
        }
        return positions
    }

    fileprivate func reserve(_ requests: [RequestPosition]) { self.requests = requests }
}

/// Position of a request's row in the journal.
struct RequestPosition: Equatable {
    /// Hash of its id.
    var key: UInt64
    var position: UInt64
}

/// Months in a row that were credited the same amount.
struct CreditSpan: Equatable {
    var amount: Fen = 0
    /// Index of the first month.
    var first: UInt16 = 0
    var months: UInt16 = 0

    init() {}

    init(_ month: CreditMonth, _ amount: Fen) {
        self.amount = amount
        first = month.index
        months = 1
    }

    private var end: Int { Int(first) + Int(months) }

    func contains(_ month: CreditMonth) -> Bool {
        month.index >= first && Int(month.index) < end
    }

    /// Extends the span by the next month with the same amount; false for another month or amount.
    mutating func extend(_ month: CreditMonth, _ amount: Fen) -> Bool {
        guard months > 0, amount == self.amount, Int(month.index) == end else { return false }
        months += 1
        return true
    }
}

extension Account {
    /// Leading byte of a snapshot: the version of this encoding. Version 1 lacked the opening balance's flag; such a
    /// snapshot is rejected, and the journal is replayed.
    private static var version: UInt8 { 2 }

    func encode(to writer: inout ByteWriter) {
        writer.byte(Self.version)
        writer.byte(status.rawValue)
        writer.flag(hasOpening)
        writer.signed(balance)
        writer.number(lastPosition)
        let spans = (details?.spans ?? []) + (span.months > 0 ? [span] : [])
        writer.number(spans.count)
        for span in spans {
            writer.signed(span.amount)
            writer.number(Int(span.first))
            writer.number(Int(span.months))
        }
        let requests = details?.requests ?? []
        writer.number(requests.count)
        for request in requests {
            writer.fixed64(request.key)
            writer.number(request.position)
        }
    }

    init(owner: UInt64, from reader: inout ByteReader) throws(DamagedBytes) {
        self.init(owner: owner)
        guard try reader.byte() == Self.version else { throw DamagedBytes() }
        status = try reader.value()
        hasOpening = try reader.flag()
        balance = try reader.signed()
        lastPosition = try reader.number()
        guard balance >= 0 else { throw DamagedBytes() }

        // Every span has a month of its own, every request takes nine bytes at least.
        let spanCount = try reader.count(upTo: Int(CreditMonth.indexMax) + 1)
        var spans: [CreditSpan] = []
        for _ in 0..<spanCount { spans.append(try CreditSpan(from: &reader)) }
        let requestCount = try reader.count(upTo: min(AccountLimit.requestsMax, reader.left / 9))
        var requests: [RequestPosition] = []
        for _ in 0..<requestCount {
            requests.append(RequestPosition(key: try reader.fixed64(), position: try reader.number()))
        }
        if let newest = spans.popLast() { span = newest }
        if !spans.isEmpty { makeDetails().spans = spans }
        if !requests.isEmpty { makeDetails().reserve(requests) }
    }
}

extension CreditSpan {
    fileprivate init(from reader: inout ByteReader) throws(DamagedBytes) {
        amount = try reader.signed()
        first = UInt16(try reader.count(upTo: Int(CreditMonth.indexMax)))
        months = UInt16(try reader.count(upTo: Int(CreditMonth.indexMax) + 1 - Int(first)))
        guard amount >= 0, months > 0 else { throw DamagedBytes() }
    }
}
