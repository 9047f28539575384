import Population
import Settlement
import WireMessages

/// A pharmacy's prescription in a batch (CQ-16).
package struct BatchPrescription: Equatable, Sendable {
    /// Index by `SettleBatch.institution`; nil: none.
    package var institution: UInt32?
    package var number = ""
    package var date = CalendarDate.none

    package init(institution: UInt32? = nil, number: String = "", date: CalendarDate = .none) {
        self.institution = institution
        self.number = number
        self.date = date
    }
}

/// A builder of a `SettleBatch` request. Reusable after `clear`.
package final class SettleBatch {
    /// The service's limit of settlements in one request.
    package static let settlementsMax = 65_536
    package static let diseasesMax = 255

    private var ids = WireColumn<UInt8>(capacity: 32 << 10)
    private var idLengths = WireColumn<UInt32>()
    /// The common length of all ids; 0: they differ.
    private var idBytes: UInt32 = 0
    private var person = WireColumn<UInt64>()
    private var institution = WireColumn<UInt32>()
    private var values = ClaimValueColumns()
    private var disease = WireColumn<UInt8>()
    private var institutions = WireStrings()
    private var institutionIndexes: [String: UInt32] = [:]
    private var diseases = WireStrings()
    /// Columns of pharmacies' claims (CQ-16), empty until the first one.
    private var prescribing = WireColumn<UInt32>()
    private var prescription = WireColumn<UInt32>()
    private var prescriptionDate = WireColumn<UInt32>()
    private var prescriptions = WireStrings()
    private var packed = PackedMessage()

    package init() {}

    package var count: Int { person.count }
    package var isFull: Bool { count == Self.settlementsMax }

    /// The index of an institution for `add`; kept by `clear`.
    package func institution(_ code: String) -> UInt32 {
        if let index = institutionIndexes[code] { return index }
        institutions.append(code)
        institutionIndexes[code] = UInt32(institutions.count - 1)
        return UInt32(institutions.count - 1)
    }

    /// The number of a disease for `add`; 0: none. Kept by `clear`.
    package func disease(_ code: String) -> UInt8 {
        if code.isEmpty { return 0 }
        precondition(
            diseases.texts.contains(code) || diseases.count < Self.diseasesMax, "too many diseases for a batch")
        return UInt8(diseases.index(of: code) + 1)
    }

    /// Adds a settlement; institution, disease and referral of `claim` are ignored.
    package func add(
        id: UnsafeRawBufferPointer, person number: UInt64, institution index: UInt32, _ claim: Claim,
        disease code: UInt8 = 0, prescription sent: BatchPrescription? = nil
    ) {
        precondition(!isFull, "a batch has at most \(Self.settlementsMax) settlements")
        if count == 0 { idBytes = UInt32(id.count) } else if idBytes != UInt32(id.count) { idBytes = 0 }
        ids.append(contentsOf: id)
        idLengths.append(UInt32(id.count))
        person.append(number)
        institution.append(index)
        values.append(claim)
        disease.append(code)
        if let sent { add(sent) } else if prescribing.count > 0 { addPrescription(0, 0, .none) }
    }

    private func add(_ sent: BatchPrescription) {
        // Earlier rows have no prescription.
        while prescribing.count < count - 1 { addPrescription(0, 0, .none) }
        var number: UInt32 = 0
        if !sent.number.isEmpty {
            prescriptions.append(sent.number)
            number = UInt32(prescriptions.count)
        }
        addPrescription(sent.institution.map { $0 + 1 } ?? 0, number, sent.date)
    }

    private func addPrescription(_ index: UInt32, _ number: UInt32, _ date: CalendarDate) {
        prescribing.append(index)
        prescription.append(number)
        prescriptionDate.append(UInt32(bitPattern: date.number))
    }

    package func add(_ request: SettlementRequest) {
        precondition(request.isPlain, "a batch has no column for family accounts, documents, referrals …")
        var id = request.id
        let index = institution(request.institution)
        let code = disease(request.claim.disease)
        let sent = prescription(of: request)
        id.withUTF8 {
            add(
                id: UnsafeRawBufferPointer($0), person: request.person, institution: index, request.claim.claim,
                disease: code, prescription: sent)
        }
    }

    private func prescription(of request: SettlementRequest) -> BatchPrescription? {
        let institution = request.prescribingInstitution
        let sent = BatchPrescription(
            institution: institution.isEmpty ? nil : self.institution(institution),
            number: request.prescriptionNumber, date: request.prescriptionDate)
        return sent == BatchPrescription() ? nil : sent
    }

    /// Removes the settlements; institutions and diseases keep their numbers.
    package func clear() {
        ids.clear()
        idLengths.clear()
        person.clear()
        institution.clear()
        values.clear()
        disease.clear()
        prescribing.clear()
        prescription.clear()
        prescriptionDate.clear()
        prescriptions = WireStrings()
    }

    /// The message's bytes, valid until the next call on this request.
    package func pack() -> UnsafeRawBufferPointer {
        var request = Jiesuan__V1__SettleBatchRequest()
        jiesuan__v1__settle_batch_request__init(&request)
        link(&request)
        let size = jiesuan__v1__settle_batch_request__get_packed_size(&request)
        let room = packed.room(size)
        let target = room.assumingMemoryBound(to: UInt8.self)
        return UnsafeRawBufferPointer(start: room, count: jiesuan__v1__settle_batch_request__pack(&request, target))
    }

    private func link(_ request: inout Jiesuan__V1__SettleBatchRequest) {
        request.settlement_ids = ids.bytes
        request.id_bytes = idBytes
        request.n_id_lengths = idBytes > 0 ? 0 : idLengths.count
        request.id_lengths = idLengths.base
        request.n_person = person.count
        request.person = person.base
        request.n_institutions = institutions.count
        request.institutions = institutions.pointers
        request.n_institution = institution.countIfAny
        request.institution = institution.base
        request.n_diseases = diseases.count
        request.diseases = diseases.pointers
        request.n_service_date = values.serviceDate.countIfAny
        request.service_date = values.serviceDate.base
        request.kind = values.kind.bytes
        request.disease = disease.bytes
        request.account_use = values.accountUse.bytes
        request.n_total = values.total.countIfAny
        request.total = values.total.base
        request.n_out_of_catalog = values.outOfCatalog.countIfAny
        request.out_of_catalog = values.outOfCatalog.base
        request.n_over_limit = values.overLimit.countIfAny
        request.over_limit = values.overLimit.base
        request.n_first_self_pay = values.firstSelfPay.countIfAny
        request.first_self_pay = values.firstSelfPay.base
        request.n_in_policy = values.inPolicy.countIfAny
        request.in_policy = values.inPolicy.base
        request.n_in_policy_drug = values.inPolicyDrug.countIfAny
        request.in_policy_drug = values.inPolicyDrug.base
        request.n_special_drug = values.specialDrug.countIfAny
        request.special_drug = values.specialDrug.base
        request.n_external_basic = values.externalBasic.countIfAny
        request.external_basic = values.externalBasic.base
        request.n_external_large_amount = values.externalLargeAmount.countIfAny
        request.external_large_amount = values.externalLargeAmount.base
        request.n_prescribing_institution = prescribing.countIfAny
        request.prescribing_institution = prescribing.base
        request.n_prescription_numbers = prescriptions.count
        request.prescription_numbers = prescriptions.pointers
        request.n_prescription_number = prescription.countIfAny
        request.prescription_number = prescription.base
        request.n_prescription_date = prescriptionDate.countIfAny
        request.prescription_date = prescriptionDate.base
    }
}

/// Reusable memory for a packed message.
struct PackedMessage: ~Copyable {
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0

    init() {}

    deinit { memory?.deallocate() }

    mutating func room(_ bytes: Int) -> UnsafeMutableRawPointer {
        if let memory, capacity >= bytes { return memory }
        memory?.deallocate()
        capacity = max(bytes, 64 << 10) * 5 / 4
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        memory = larger
        return larger
    }
}
