import Accounts
import RPC
import Registry
import Settlement
import WireMessages

/// A client of `AccountService` in domain types.
///
/// Every change carries the caller's request id: a repeated request is done once and gets the same answer.
package struct AccountClient {
    private static func method(_ name: String) -> RemoteMethod {
        RemoteMethod(service: ServiceName.account, method: name)
    }
    private static let credit = method("Credit")
    private static let runCredits = method("RunCredits")
    private static let use = method("Use")
    private static let transfer = method("Transfer")
    private static let inherit = method("Inherit")
    private static let deregister = method("Deregister")
    private static let balance = method("Balance")
    private static let statement = method("Statement")

    package let client: Client

    package init(_ client: Client) { self.client = client }

    /// Credits a month; `amount` 0: by the rule (CQ-30).
    package func credit(
        _ id: String, person: PersonName, month: CreditMonth, amount: Fen = 0
    ) throws(ClientError) -> RemoteAccountAnswer {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__credit_request__init)
        request.pointee.request_id = objects.string(id)
        request.pointee.person = person.number
        request.pointee.person_no = objects.string(person.no)
        request.pointee.person_region = objects.string(person.region)
        request.pointee.kind = JIESUAN__V1__CREDIT_KIND__CREDIT_KIND_MONTHLY
        request.pointee.month = UInt32(month.yearMonth)
        request.pointee.amount = amount
        return try change(
            Self.credit, request, jiesuan__v1__credit_request__get_packed_size, jiesuan__v1__credit_request__pack)
    }

    /// A credit outside the months; a refund names the request id of the use that it reverses.
    package func credit(
        _ id: String, person: PersonName, kind: OtherCredit, amount: Fen, reason: String, use: String = ""
    ) throws(ClientError) -> RemoteAccountAnswer {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__credit_request__init)
        request.pointee.request_id = objects.string(id)
        request.pointee.person = person.number
        request.pointee.person_no = objects.string(person.no)
        request.pointee.person_region = objects.string(person.region)
        request.pointee.kind = Jiesuan__V1__CreditKind(rawValue: UInt32(kind.rawValue))
        request.pointee.amount = amount
        request.pointee.reason = objects.string(reason)
        request.pointee.use = objects.string(use)
        return try change(
            Self.credit, request, jiesuan__v1__credit_request__get_packed_size, jiesuan__v1__credit_request__pack)
    }

    /// - Parameter owner: who is named by the platform's number; the command then has no number of the owner.
    package func use(
        _ id: String, _ command: UseCommand, owner: PersonName = PersonName()
    ) throws(ClientError) -> RemoteAccountAnswer {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__use_request__init)
        request.pointee.request_id = objects.string(id)
        request.pointee.person = command.owner
        request.pointee.person_no = objects.string(owner.no)
        request.pointee.person_region = objects.string(owner.region)
        request.pointee.amount = command.amount
        request.pointee.purpose = Jiesuan__V1__UsePurpose(rawValue: UInt32(command.purpose.rawValue))
        request.pointee.beneficiary = command.beneficiary
        request.pointee.institution = objects.string(command.institution)
        return try change(
            Self.use, request, jiesuan__v1__use_request__get_packed_size, jiesuan__v1__use_request__pack)
    }

    /// A transfer to another pooling region of the whole balance (`amount` 0), or from one.
    package func transfer(
        _ id: String, person: PersonName, out: Bool, region: String, amount: Fen = 0
    ) throws(ClientError) -> RemoteAccountAnswer {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__transfer_request__init)
        request.pointee.request_id = objects.string(id)
        request.pointee.person = person.number
        request.pointee.person_no = objects.string(person.no)
        request.pointee.person_region = objects.string(person.region)
        request.pointee.region = objects.string(region)
        request.pointee.out = out ? 1 : 0
        request.pointee.amount = amount
        return try change(
            Self.transfer, request, jiesuan__v1__transfer_request__get_packed_size,
            jiesuan__v1__transfer_request__pack)
    }

    package func inherit(
        _ id: String, person: PersonName, heirs: [InheritedShare], inCash: Fen, reason: String
    ) throws(ClientError) -> RemoteAccountAnswer {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__inherit_request__init)
        request.pointee.request_id = objects.string(id)
        request.pointee.person = person.number
        request.pointee.person_no = objects.string(person.no)
        request.pointee.person_region = objects.string(person.region)
        let shares = heirs.map { heir in
            let share = objects.make(jiesuan__v1__heir_share__init)
            share.pointee.person = heir.heir
            share.pointee.amount = heir.amount
            return share
        }
        request.pointee.n_heirs = shares.count
        request.pointee.heirs = objects.array(shares)
        request.pointee.in_cash = inCash
        request.pointee.reason = objects.string(reason)
        return try change(
            Self.inherit, request, jiesuan__v1__inherit_request__get_packed_size, jiesuan__v1__inherit_request__pack)
    }

    package func deregister(_ id: String, person: PersonName, reason: String) throws(ClientError) -> RemoteAccountAnswer
    {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__deregister_request__init)
        request.pointee.request_id = objects.string(id)
        request.pointee.person = person.number
        request.pointee.person_no = objects.string(person.no)
        request.pointee.person_region = objects.string(person.region)
        request.pointee.reason = objects.string(reason)
        return try change(
            Self.deregister, request, jiesuan__v1__deregister_request__get_packed_size,
            jiesuan__v1__deregister_request__pack)
    }

    /// The status, nil where the person has no account yet, and the balance.
    package func balance(of person: UInt64) throws(ClientError) -> (status: AccountStatus?, balance: Fen) {
        let request = WireObjects()
        let message = request.make(jiesuan__v1__balance_request__init)
        message.pointee.person = person
        return try call(
            Self.balance, message, jiesuan__v1__balance_request__get_packed_size, jiesuan__v1__balance_request__pack,
            jiesuan__v1__balance_response__unpack, jiesuan__v1__balance_response__free_unpacked
        ) { response in
            (AccountStatus(rawValue: UInt8(truncatingIfNeeded: response.status.rawValue)), response.balance)
        }
    }

    /// Runs a region's month (CQ-30) to its end, part after part; `each` gets the refused, with `details`
    /// everybody.
    package func runCredits(
        region: String, month: CreditMonth, details: Bool = false, limit: UInt32 = 0,
        each: (RemoteCreditDetail) -> Void = { _ in }
    ) throws(ClientError) -> CreditSums {
        var sums = CreditSums()
        var after: UInt64 = 0
        repeat {
            let part = try runPart(region, month, details, limit, after: after, each)
            sums = sums + part.sums
            after = part.next
        } while after != 0
        return sums
    }

    private func runPart(
        _ region: String, _ month: CreditMonth, _ details: Bool, _ limit: UInt32, after: UInt64,
        _ each: (RemoteCreditDetail) -> Void
    ) throws(ClientError) -> (sums: CreditSums, next: UInt64) {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__run_credits_request__init)
        request.pointee.region = objects.string(region)
        request.pointee.month = UInt32(month.yearMonth)
        request.pointee.after = after
        request.pointee.limit = limit
        request.pointee.details = details ? 1 : 0
        return try call(
            Self.runCredits, request, jiesuan__v1__run_credits_request__get_packed_size,
            jiesuan__v1__run_credits_request__pack, jiesuan__v1__run_credits_response__unpack,
            jiesuan__v1__run_credits_response__free_unpacked
        ) { response in
            for index in 0..<response.n_details {
                if let detail = response.details[index] { each(RemoteCreditDetail(detail.pointee)) }
            }
            return (CreditSums(response), response.next)
        }
    }

    /// The newest entries recorded in a range of days; see `AccountLedger.statement`.
    package func statement(_ query: StatementQuery) throws(ClientError) -> RemoteStatement {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__statement_request__init)
        request.pointee.person = query.owner
        request.pointee.from = UInt32(bitPattern: query.days.from.number)
        request.pointee.until = UInt32(bitPattern: query.days.until.number)
        request.pointee.before = query.before
        request.pointee.limit = UInt32(clamping: query.limit)
        return try call(
            Self.statement, request, jiesuan__v1__statement_request__get_packed_size,
            jiesuan__v1__statement_request__pack, jiesuan__v1__statement_response__unpack,
            jiesuan__v1__statement_response__free_unpacked, read: RemoteStatement.init)
    }

    // MARK: Calling

    private func change<Request>(
        _ method: RemoteMethod, _ request: UnsafeMutablePointer<Request>,
        _ size: (UnsafePointer<Request>?) -> Int,
        _ write: (UnsafePointer<Request>?, UnsafeMutablePointer<UInt8>?) -> Int
    ) throws(ClientError) -> RemoteAccountAnswer {
        try call(
            method, request, size, write, jiesuan__v1__account_answer__unpack,
            jiesuan__v1__account_answer__free_unpacked, read: RemoteAccountAnswer.init)
    }

    private func call<Request, Response, Value>(
        _ method: RemoteMethod, _ request: UnsafeMutablePointer<Request>,
        _ size: (UnsafePointer<Request>?) -> Int,
        _ write: (UnsafePointer<Request>?, UnsafeMutablePointer<UInt8>?) -> Int,
        _ unpack: (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?)
            -> UnsafeMutablePointer<Response>?,
        _ free: (UnsafeMutablePointer<Response>?, UnsafeMutablePointer<ProtobufCAllocator>?) -> Void,
        read: (Response) -> Value
    ) throws(ClientError) -> Value {
        let bytes = [UInt8](unsafeUninitializedCapacity: size(request)) { buffer, count in
            count = write(request, buffer.baseAddress)
        }
        let result = bytes.withUnsafeBytes { bytes -> Result<[UInt8], ClientError> in
            do throws(ClientError) { return .success(try client.call(method, bytes)) } catch { return .failure(error) }
        }
        let answer = try result.get()
        guard let unpacked = unpack(nil, answer.count, answer) else {
            throw .badAnswer("the answer to \(method.method) does not parse")
        }
        defer { free(unpacked, nil) }
        return read(unpacked.pointee)
    }
}
