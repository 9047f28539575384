import RPC
import Registry
import Settlement
import WireMessages

/// A client of `RegistryService` in domain types.
package struct RegistryClient {
    private static func method(_ name: String) -> RemoteMethod {
        RemoteMethod(service: ServiceName.registry, method: name)
    }
    private static let importBatch = method("ImportBatch")
    private static let getInstitution = method("GetInstitution")
    private static let listInstitutions = method("ListInstitutions")
    private static let listAreas = method("ListAreas")
    private static let getPerson = method("GetPerson")
    private static let listPersons = method("ListPersons")
    private static let getYear = method("GetYear")

    package let client: Client

    package init(_ client: Client) { self.client = client }

    /// Sends one request by its own method.
    package func put(_ request: RegistryRequest) throws(ClientError) -> RegistryReceipt {
        let objects = WireObjects()
        let item = objects.item(request).pointee
        let asked = request.asked
        let (name, message): (String, UnsafeMutableRawPointer?) =
            switch asked {
            case .named: preconditionFailure("a named request is never within another")
            case .area: ("PutArea", UnsafeMutableRawPointer(item.area))
            case .institution: ("PutInstitution", UnsafeMutableRawPointer(item.institution))
            case .person: ("RegisterPerson", UnsafeMutableRawPointer(item.person))
            case .enrol: ("Enrol", UnsafeMutableRawPointer(item.enrol))
            case .change: ("ChangeEnrolment", UnsafeMutableRawPointer(item.change))
            case .endEnrolment: ("EndEnrolment", UnsafeMutableRawPointer(item.end_enrolment))
            case .buy: ("BuySupplementary", UnsafeMutableRawPointer(item.buy))
            case .identity, .endIdentity: ("PutIdentity", UnsafeMutableRawPointer(item.identity))
            case .family: ("PutFamily", UnsafeMutableRawPointer(item.family))
            case .special: ("PutSpecialRegistration", UnsafeMutableRawPointer(item.special))
            case .referral: ("PutReferral", UnsafeMutableRawPointer(item.referral))
            case .feedback: ("PutFeedback", UnsafeMutableRawPointer(item.feedback))
            case .chronicReport: ("PutChronicReport", UnsafeMutableRawPointer(item.chronic_report))
            case .endPerson: ("EndPerson", UnsafeMutableRawPointer(item.end_person))
            case .withdraw: ("WithdrawRecord", UnsafeMutableRawPointer(item.withdraw))
            }
        guard let message = message?.assumingMemoryBound(to: ProtobufCMessage.self) else {
            preconditionFailure("the item of \(name) is empty")
        }
        // Every message of protobuf-c begins with the base that its generic functions take.
        let bytes = packed(message, protobuf_c_message_get_packed_size, protobuf_c_message_pack)
        let answer = try call(Self.method(name), bytes)
        if case .area = asked {
            return try unpacked(
                answer, jiesuan__v1__put_area_response__unpack, jiesuan__v1__put_area_response__free_unpacked
            ) { message throws(ClientError) in
                RegistryReceipt(number: 0, isUnchanged: message.unchanged != 0, entry: nil)
            }
        }
        if case .institution = asked {
            return try unpacked(
                answer, jiesuan__v1__put_institution_response__unpack,
                jiesuan__v1__put_institution_response__free_unpacked
            ) { message throws(ClientError) in
                RegistryReceipt(number: message.number, isUnchanged: message.unchanged != 0, entry: nil)
            }
        }
        return try unpacked(
            answer, jiesuan__v1__person_record_response__unpack, jiesuan__v1__person_record_response__free_unpacked
        ) { message throws(ClientError) in
            let entry = try message.entry.map { pointer throws(ClientError) in try RemoteEntry(pointer.pointee) }
            return RegistryReceipt(number: 0, isUnchanged: message.unchanged != 0, entry: entry)
        }
    }

    /// Sends many requests in one call, at most `RegistryLimit.importItemsMax`; errors by index. `dryRun`:
    /// validates only, nothing is recorded.
    package func put(_ requests: [RegistryRequest], dryRun: Bool = false) throws(ClientError) -> ImportReceipt {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__import_batch_request__init)
        request.pointee.n_items = requests.count
        request.pointee.items = objects.array(requests.map(objects.item))
        request.pointee.dry_run = dryRun ? 1 : 0
        let bytes = packed(
            request, jiesuan__v1__import_batch_request__get_packed_size, jiesuan__v1__import_batch_request__pack)
        return try unpacked(
            try call(Self.importBatch, bytes), jiesuan__v1__import_batch_response__unpack,
            jiesuan__v1__import_batch_response__free_unpacked
        ) { message throws(ClientError) in ImportReceipt(message) }
    }

    /// Every version of an institution's record, the oldest first.
    package func institution(code: String) throws(ClientError) -> [InstitutionRecord] {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__get_institution_request__init)
        request.pointee.code = objects.string(code)
        let bytes = packed(
            request, jiesuan__v1__get_institution_request__get_packed_size,
            jiesuan__v1__get_institution_request__pack)
        return try unpacked(
            try call(Self.getInstitution, bytes), jiesuan__v1__get_institution_response__unpack,
            jiesuan__v1__get_institution_response__free_unpacked
        ) { message throws(ClientError) in
            let versions = try every(message.n_versions, message.versions) { version throws(ClientError) in
                try version.institution.map { pointer throws(ClientError) in try InstitutionRecord(pointer.pointee) }
            }
            return versions.compactMap(\.self)
        }
    }

    /// A page of institutions after the number `after`; `last` is the next page's `after`.
    package func institutions(
        after: UInt32 = 0, limit: UInt32 = 0, region: String = ""
    ) throws(ClientError) -> (records: [InstitutionRecord], last: UInt32, hasMore: Bool) {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__list_institutions_request__init)
        request.pointee.after = after
        request.pointee.limit = limit
        request.pointee.region = objects.string(region)
        let bytes = packed(
            request, jiesuan__v1__list_institutions_request__get_packed_size,
            jiesuan__v1__list_institutions_request__pack)
        return try unpacked(
            try call(Self.listInstitutions, bytes), jiesuan__v1__list_institutions_response__unpack,
            jiesuan__v1__list_institutions_response__free_unpacked
        ) { message throws(ClientError) in
            let records = try every(message.n_institutions, message.institutions) { record throws(ClientError) in
                try InstitutionRecord(record)
            }
            return (records, message.last, message.more != 0)
        }
    }

    /// A page of the operator's areas after index `after` (G-17); `last` is the next page's `after`.
    package func areas(
        after: UInt32 = 0, limit: UInt32 = 0
    ) throws(ClientError) -> (records: [AreaRecord], last: UInt32, hasMore: Bool) {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__list_areas_request__init)
        request.pointee.after = after
        request.pointee.limit = limit
        let bytes = packed(
            request, jiesuan__v1__list_areas_request__get_packed_size, jiesuan__v1__list_areas_request__pack)
        return try unpacked(
            try call(Self.listAreas, bytes), jiesuan__v1__list_areas_response__unpack,
            jiesuan__v1__list_areas_response__free_unpacked
        ) { message throws(ClientError) in
            let records = try every(message.n_areas, message.areas) { record throws(ClientError) in AreaRecord(record) }
            return (records, message.last, message.more != 0)
        }
    }

    /// A person's valid records or whole history, as known at the end of `knownOn`, `none`: now.
    package func person(
        _ person: UInt64, knownOn: CalendarDate = .none, history: Bool = false
    ) throws(ClientError) -> [RemoteEntry] {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__get_person_request__init)
        request.pointee.person = person
        request.pointee.known_on = UInt32(bitPattern: knownOn.number)
        request.pointee.history = history ? 1 : 0
        let bytes = packed(
            request, jiesuan__v1__get_person_request__get_packed_size, jiesuan__v1__get_person_request__pack)
        return try unpacked(
            try call(Self.getPerson, bytes), jiesuan__v1__get_person_response__unpack,
            jiesuan__v1__get_person_response__free_unpacked
        ) { message throws(ClientError) in
            try every(message.n_entries, message.entries) { entry throws(ClientError) in try RemoteEntry(entry) }
        }
    }

    /// Our number of a person by the platform's; `PERSON_UNKNOWN` where nobody has it.
    package func number(_ name: PersonName) throws(ClientError) -> UInt64 {
        if name.no.isEmpty { return name.number }
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__get_person_request__init)
        request.pointee.person = name.number
        request.pointee.person_no = objects.string(name.no)
        request.pointee.person_region = objects.string(name.region)
        let bytes = packed(
            request, jiesuan__v1__get_person_request__get_packed_size, jiesuan__v1__get_person_request__pack)
        return try unpacked(
            try call(Self.getPerson, bytes), jiesuan__v1__get_person_response__unpack,
            jiesuan__v1__get_person_response__free_unpacked
        ) { message throws(ClientError) in message.person }
    }

    /// A page of persons' numbers after index `after`; `last` is the next page's `after`.
    package func persons(
        after: UInt32 = 0, limit: UInt32 = 0
    ) throws(ClientError) -> (numbers: [UInt64], last: UInt32, hasMore: Bool) {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__list_persons_request__init)
        request.pointee.after = after
        request.pointee.limit = limit
        let bytes = packed(
            request, jiesuan__v1__list_persons_request__get_packed_size, jiesuan__v1__list_persons_request__pack)
        return try unpacked(
            try call(Self.listPersons, bytes), jiesuan__v1__list_persons_response__unpack,
            jiesuan__v1__list_persons_response__free_unpacked
        ) { message throws(ClientError) in
            let numbers = (0..<message.n_persons).map { message.persons[$0] }
            return (numbers, message.last, message.more != 0)
        }
    }

    /// A person's accumulators of a year with the rest of every limit (5206).
    package func year(
        _ person: UInt64, _ year: Int32, on date: CalendarDate = .none
    ) throws(ClientError) -> RemoteYear {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__get_year_request__init)
        request.pointee.person = person
        request.pointee.year = year
        request.pointee.date = UInt32(bitPattern: date.number)
        let bytes = packed(
            request, jiesuan__v1__get_year_request__get_packed_size, jiesuan__v1__get_year_request__pack)
        return try unpacked(
            try call(Self.getYear, bytes), jiesuan__v1__get_year_response__unpack,
            jiesuan__v1__get_year_response__free_unpacked
        ) { message throws(ClientError) in RemoteYear(message) }
    }

    private func call(_ method: RemoteMethod, _ message: [UInt8]) throws(ClientError) -> [UInt8] {
        try message.reading { bytes throws(ClientError) in try client.call(method, bytes) }
    }
}

/// The messages of a repeated field, each as a value.
private func every<Message, Value>(
    _ count: Int, _ messages: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?,
    _ make: (Message) throws(ClientError) -> Value
) throws(ClientError) -> [Value] {
    var values: [Value] = []
    for index in 0..<count {
        if let message = messages?[index]?.pointee { values.append(try make(message)) }
    }
    return values
}
