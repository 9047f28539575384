import CShims
import RPC
import Settlement
import WireMessages

/// The bytes of a batch's columns, by field number of `ClaimColumns` in calculation_service.proto.
///
/// Columns are little-endian on the wire, so they are read where the message lies: a batch is mostly columns, and a
/// copy of them takes as long as deciding the claims' facts.
struct ClaimColumnBytes {
    private static let lastField = 16
    private var fields = [17 of UnsafeRawBufferPointer](repeating: UnsafeRawBufferPointer(start: nil, count: 0))

    /// Nil where the message is not what encoders write, a field once and packed: protobuf-c reads it then.
    init?(_ message: UnsafeRawBufferPointer) {
        var wire = WireFields(message)
        while !wire.isAtEnd {
            guard let field = wire.next() else { return nil }
            let number = Int(field.number)
            guard number >= 1, number <= Self.lastField else {
                guard wire.skip(field) else { return nil }
                continue
            }
            guard let bytes = wire.bytes(field), fields[number].isEmpty,
                bytes.count & (Self.width(of: number) - 1) == 0
            else { return nil }
            fields[number] = bytes
        }
    }

    init(_ columns: Jiesuan__V1__ClaimColumns) {
        fields[1] = Self.bytes(columns.person_row, columns.n_person_row)
        fields[2] = Self.bytes(columns.service_date, columns.n_service_date)
        fields[3] = UnsafeRawBufferPointer(start: columns.kind.data, count: columns.kind.len)
        fields[4] = Self.bytes(columns.institution, columns.n_institution)
        fields[5] = UnsafeRawBufferPointer(start: columns.disease.data, count: columns.disease.len)
        fields[6] = UnsafeRawBufferPointer(start: columns.account_use.data, count: columns.account_use.len)
        fields[7] = UnsafeRawBufferPointer(start: columns.referred_from.data, count: columns.referred_from.len)
        fields[8] = Self.bytes(columns.total, columns.n_total)
        fields[9] = Self.bytes(columns.out_of_catalog, columns.n_out_of_catalog)
        fields[10] = Self.bytes(columns.over_limit, columns.n_over_limit)
        fields[11] = Self.bytes(columns.first_self_pay, columns.n_first_self_pay)
        fields[12] = Self.bytes(columns.in_policy, columns.n_in_policy)
        fields[13] = Self.bytes(columns.in_policy_drug, columns.n_in_policy_drug)
        fields[14] = Self.bytes(columns.special_drug, columns.n_special_drug)
        fields[15] = Self.bytes(columns.external_basic, columns.n_external_basic)
        fields[16] = Self.bytes(columns.external_large_amount, columns.n_external_large_amount)
    }

    subscript(field: Int) -> UnsafeRawBufferPointer { fields[field] }

    /// Bytes of one entry.
    private static func width(of field: Int) -> Int {
        switch field {
        case 1, 2, 4: 4
        case 3, 5, 6, 7: 1
        default: 8
        }
    }

    private static func bytes<Value>(_ values: UnsafeMutablePointer<Value>?, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(UnsafeBufferPointer(start: values, count: count))
    }
}

extension ClaimColumns {
    init(_ bytes: ClaimColumnBytes) throws(RequestProblem) {
        let rows = bytes[1].count / MemoryLayout<UInt32>.stride
        guard rows <= BatchLimit.claimsMax else { throw .malformed("claims has more than 65,536 rows") }
        self.init(
            count: rows,
            personRow: try Column(bytes[1], rows: rows, "claims.person_row"),
            serviceDate: try Column(bytes[2], rows: rows, "claims.service_date"),
            kind: try Column(bytes[3], rows: rows, "claims.kind"),
            institution: try Column(bytes[4], rows: rows, "claims.institution"),
            disease: try Column(bytes[5], rows: rows, "claims.disease"),
            accountUse: try Column(bytes[6], rows: rows, "claims.account_use"),
            referredFrom: try Column(bytes[7], rows: rows, "claims.referred_from"),
            cost: CostColumns(
                total: try Column(bytes[8], rows: rows, "claims.total"),
                outOfCatalog: try Column(bytes[9], rows: rows, "claims.out_of_catalog"),
                overLimit: try Column(bytes[10], rows: rows, "claims.over_limit"),
                firstSelfPay: try Column(bytes[11], rows: rows, "claims.first_self_pay"),
                inPolicy: try Column(bytes[12], rows: rows, "claims.in_policy"),
                inPolicyDrug: try Column(bytes[13], rows: rows, "claims.in_policy_drug"),
                specialDrug: try Column(bytes[14], rows: rows, "claims.special_drug"),
                externalBasic: try Column(bytes[15], rows: rows, "claims.external_basic"),
                externalLargeAmount: try Column(bytes[16], rows: rows, "claims.external_large_amount")))
    }
}
