import CShims
import Ledger
import RPC
import Registry
import Settlement
import WireMessages

/// The settlements of a batch, one column per field (see `SettleBatchRequest` in settlement_service.proto).
struct SettleBatchInput: @unchecked Sendable {
    // Unchecked: threads build it one after the other, then it is only read, while message and arena live.

    let count: Int
    /// Numbers in the register, by the request's index; see `find`.
    private let institutions: UnsafeMutableBufferPointer<UInt32>
    let diseases: [String]
    private let ids: UnsafeRawBufferPointer
    /// The common length of all ids; 0 when they differ and `idLengths` has them.
    private let idBytes: Int
    private let idLengths: Column<UInt32>
    /// Byte offset of the id of every `PreparedClaims.claimsMax`-th row, for ids of different lengths.
    private let idStarts: [Int]

    let person: Column<UInt64>
    /// The platform's numbers, from which `person` is filled before it is read.
    let personNos: PersonNoColumn
    let institution: Column<UInt32>
    let serviceDate: Column<UInt32>
    let kind: Column<UInt8>
    let disease: Column<UInt8>
    let accountUse: Column<UInt8>
    private let cost: CostColumns
    private let prescriptions: PrescriptionColumns

    init(
        _ request: Jiesuan__V1__SettleBatchRequest, _ arena: Arena
    ) throws(RequestProblem) {
        let rows = max(request.n_person, request.n_person_nos)
        guard rows <= BatchLimit.claimsMax else { throw .malformed("person has more than 65,536 entries") }
        count = rows
        institutions = try Self.institutions(request, arena)
        diseases = try Self.diseases(request)
        ids = UnsafeRawBufferPointer(start: request.settlement_ids.data, count: request.settlement_ids.len)
        idBytes = Int(request.id_bytes)
        idLengths = try Column(request.id_lengths, request.n_id_lengths, rows: rows, "id_lengths")
        try Self.checkIDs(request, rows)
        idStarts = request.id_bytes > 0 ? [] : Self.idStarts(request, rows)

        personNos = try PersonNoColumn(request, rows: rows, arena)
        person = personNos.persons
        institution = try Column(request.institution, request.n_institution, rows: rows, "institution")
        serviceDate = try Column(request.service_date, request.n_service_date, rows: rows, "service_date")
        kind = try Column(request.kind, rows: rows, "kind")
        disease = try Column(request.disease, rows: rows, "disease")
        accountUse = try Column(request.account_use, rows: rows, "account_use")
        prescriptions = try PrescriptionColumns(request, rows: rows)
        cost = CostColumns(
            total: try Column(request.total, request.n_total, rows: rows, "total"),
            outOfCatalog: try Column(request.out_of_catalog, request.n_out_of_catalog, rows: rows, "out_of_catalog"),
            overLimit: try Column(request.over_limit, request.n_over_limit, rows: rows, "over_limit"),
            firstSelfPay: try Column(request.first_self_pay, request.n_first_self_pay, rows: rows, "first_self_pay"),
            inPolicy: try Column(request.in_policy, request.n_in_policy, rows: rows, "in_policy"),
            inPolicyDrug: try Column(request.in_policy_drug, request.n_in_policy_drug, rows: rows, "in_policy_drug"),
            specialDrug: try Column(request.special_drug, request.n_special_drug, rows: rows, "special_drug"),
            externalBasic: try Column(request.external_basic, request.n_external_basic, rows: rows, "external_basic"),
            externalLargeAmount: try Column(
                request.external_large_amount, request.n_external_large_amount, rows: rows, "external_large_amount"))
    }

    /// Fills `claims` with the rows of group `number`.
    func read(_ number: Int, into claims: PreparedClaims) {
        let first = number * PreparedClaims.claimsMax
        var idStart = idBytes > 0 ? first * idBytes : idStarts[number]
        claims.removeAll()
        for row in first..<min(first + PreparedClaims.claimsMax, count) {
            let length = idBytes > 0 ? idBytes : Int(idLengths[row])
            let claim = claims.add(
                UnsafeRawBufferPointer(rebasing: ids[idStart..<(idStart + length)]), person: person[row])
            idStart += length
            var refusal = read(row, into: &claim.command.pointee)
            if refusal.isNone { refusal = claim.command.pointee.claim.check() }
            claim.refusal = refusal
        }
    }

    /// The id of a row.
    func id(_ row: Int) -> UnsafeRawBufferPointer {
        if idBytes > 0 { return UnsafeRawBufferPointer(rebasing: ids[(row * idBytes)..<((row + 1) * idBytes)]) }
        let group = row / PreparedClaims.claimsMax
        let start = (group * PreparedClaims.claimsMax..<row).reduce(idStarts[group]) { $0 + Int(idLengths[$1]) }
        return UnsafeRawBufferPointer(rebasing: ids[start..<(start + Int(idLengths[row]))])
    }

    /// Row `row` as a command, or the refusal of a fact with an unknown number.
    @inline(__always)
    private func read(_ row: Int, into command: inout SettleCommand) -> Refusal {
        guard let kind = ClaimKind(rawValue: kind[row]) else { return Refusal(.factInvalid, .kind) }
        guard let accountUse = AccountUse(rawValue: accountUse[row]) else { return Refusal(.factInvalid, .accountUse) }
        let index = Int(institution[row])
        if index < institutions.count {
            command.institution = institutions[index]
        } else if institutions.isEmpty, index == 0 {
            command.institution = 0
        } else {
            return Refusal(.factInvalid, .institution)
        }
        let code = Int(disease[row])
        guard code <= diseases.count else { return Refusal(.factInvalid, .disease) }
        if code > 0 || !command.disease.isEmpty { command.disease = code == 0 ? "" : diseases[code - 1] }
        command.claim.kind = kind
        command.claim.accountUse = accountUse
        command.claim.serviceDate = CalendarDate(Int32(clamping: serviceDate[row]))
        cost.read(row, into: &command.claim)
        // One command is reused for all rows: clears what the row before had set.
        if prescriptions.isAny || command.namesPrescription { prescriptions.read(row, institutions, into: &command) }
        return .none
    }

    /// The index of the institution that a refusal of this field is about.
    func institution(of field: String, row: Int) -> Int {
        field == "prescribing_institution" ? prescriptions.prescribing(row) : Int(institution[row])
    }

    /// What was sent in a field that the claim's own types cannot hold.
    func value(of field: ClaimField, row: Int) -> String? {
        switch field {
        case .kind: "\(kind[row])"
        case .accountUse: "\(accountUse[row])"
        case .institution: "\(institution[row])"
        case .disease: "\(disease[row])"
        case .serviceDate: "\(serviceDate[row])"
        default: nil
        }
    }

    // MARK: Tables

    private static func institutions(
        _ request: Jiesuan__V1__SettleBatchRequest, _ arena: Arena
    ) throws(RequestProblem) -> UnsafeMutableBufferPointer<UInt32> {
        let count = request.n_institutions
        guard count <= BatchLimit.claimsMax else { throw .malformed("institutions has more than 65,536 codes") }
        return try arena.array(count)
    }

    var institutionCount: Int { institutions.count }

    /// Looks institutions up in the register; once for each, before the first row is read.
    func find(
        _ range: Range<Int>, _ request: Jiesuan__V1__SettleBatchRequest, _ registry: Registry
    ) throws(RequestProblem) {
        for index in range {
            institutions[index] = try registry.institution(
                request.institutions[index].map { UnsafePointer($0) }, "institutions")
        }
    }

    private static func diseases(_ request: Jiesuan__V1__SettleBatchRequest) throws(RequestProblem) -> [String] {
        guard request.n_diseases <= BatchLimit.codesMax else { throw .malformed("diseases has more than 255 codes") }
        var diseases: [String] = []
        for index in 0..<request.n_diseases {
            let code = request.diseases[index].map { UnsafePointer($0) }
            guard bytes(code).count <= SettleLimit.textBytesMax else {
                throw .record("diseases", entry: index, "is longer than 64 bytes")
            }
            diseases.append(string(code))
        }
        return diseases
    }

    private static func idStarts(_ request: Jiesuan__V1__SettleBatchRequest, _ rows: Int) -> [Int] {
        var starts: [Int] = []
        var start = 0
        for row in 0..<rows {
            if row % PreparedClaims.claimsMax == 0 { starts.append(start) }
            start += Int(request.id_lengths[row])
        }
        return starts
    }

    private static func checkIDs(_ request: Jiesuan__V1__SettleBatchRequest, _ rows: Int) throws(RequestProblem) {
        let given = request.settlement_ids.len
        if request.id_bytes > 0 {
            guard request.n_id_lengths == 0 else {
                throw .malformed("id_bytes and id_lengths are both given: ids have one length, or each its own")
            }
            let needed = UInt64(request.id_bytes) * UInt64(rows)
            guard UInt64(given) == needed else {
                throw .column("settlement_ids", entries: given / Int(request.id_bytes), rows: rows)
            }
            return
        }
        var needed: UInt64 = 0
        for index in 0..<request.n_id_lengths { needed += UInt64(request.id_lengths[index]) }
        guard UInt64(given) == needed, request.n_id_lengths == rows || rows == 0 else {
            throw .malformed(
                "settlement_ids is not as long as id_lengths says: give id_bytes, or one length for each row")
        }
    }
}
