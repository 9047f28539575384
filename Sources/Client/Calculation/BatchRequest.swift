import Policy
import Population
import Settlement
import WireMessages

/// A builder of a `CalculateBatch` request: persons and claims of one region. Reusable after `clear`.
package final class BatchRequest {
    /// The service's limit of claims in one request.
    package static let claimsMax = 65_536
    package static let codesMax = 255
    package static let recordsMax = 8 * claimsMax

    package let region: String
    private var regionName = WireStrings()
    private var institutions = BatchInstitutions()
    private var diseases = WireStrings()
    private var persons = BatchPersons()
    private var claims = BatchClaimColumns()
    private var packed: UnsafeMutableRawPointer?
    private var packedCapacity = 0

    package init(region: String) {
        self.region = region
        regionName.append(region)
    }

    deinit { packed?.deallocate() }

    package var claimCount: Int { claims.count }
    package var personCount: Int { persons.count }
    package var accountCount: Int { persons.accountCount }

    /// True where a person with these claims still fits.
    package func hasRoom(for person: PersonRecord, _ claims: some Sequence<ClaimRecord>) -> Bool {
        var more = 0
        var codes = diseases.count
        func count(_ code: String) {
            if !code.isEmpty, !diseases.texts.contains(code) { codes += 1 }
        }
        for claim in claims {
            more += 1
            count(claim.disease)
        }
        for filing in person.filings { count(filing.disease) }
        let records = max(person.identities.count, person.filings.count, person.accounts.count)
        return claimCount + more <= Self.claimsMax && personCount < Self.claimsMax && codes <= Self.codesMax
            && persons.recordCount + records <= Self.recordsMax && persons.products.count < Self.codesMax
    }

    package func total(of claim: Int) -> Fen { claims.total(of: claim) }

    /// Adds a person's year; returns its row. `year` is the natural year of all claims of the row.
    package func add(_ person: PersonRecord, year: Int32) -> UInt32 {
        persons.append(person, year: year, diseases: &diseases)
        return UInt32(persons.count - 1)
    }

    package func add(_ claim: ClaimRecord, person: UInt32) {
        claims.append(claim, person: person, diseases: &diseases)
    }

    /// Sets the names of the accumulators whose values `add(accumulators:)` adds, row by row.
    package func name(accumulators: [String]) { persons.name(accumulators) }

    package func add(accumulators: ArraySlice<Fen>) { persons.append(accumulators: accumulators) }

    package func clear() {
        diseases.clear()
        persons.clear()
        claims.clear()
    }

    /// The message's bytes, valid until the next call on this request.
    package func pack(wantLayers: Bool = false) -> UnsafeRawBufferPointer {
        var institutionTable = Jiesuan__V1__InstitutionTable()
        jiesuan__v1__institution_table__init(&institutionTable)
        institutions.link(&institutionTable)
        var personTable = Jiesuan__V1__PersonTable()
        jiesuan__v1__person_table__init(&personTable)
        persons.link(&personTable)
        var claimColumns = Jiesuan__V1__ClaimColumns()
        jiesuan__v1__claim_columns__init(&claimColumns)
        claims.link(&claimColumns)
        var request = Jiesuan__V1__CalculateBatchRequest()
        jiesuan__v1__calculate_batch_request__init(&request)
        request.region = regionName.pointers[0]
        request.want_layers = wantLayers ? 1 : 0
        request.n_diseases = diseases.count
        request.diseases = diseases.pointers
        return withUnsafeMutablePointer(to: &institutionTable) { institutions in
            withUnsafeMutablePointer(to: &personTable) { persons in
                withUnsafeMutablePointer(to: &claimColumns) { claims in
                    request.institutions = institutions
                    request.persons = persons
                    request.claims = claims
                    let size = jiesuan__v1__calculate_batch_request__get_packed_size(&request)
                    let room = room(size)
                    let target = room.assumingMemoryBound(to: UInt8.self)
                    return UnsafeRawBufferPointer(
                        start: room, count: jiesuan__v1__calculate_batch_request__pack(&request, target))
                }
            }
        }
    }

    private func room(_ bytes: Int) -> UnsafeMutableRawPointer {
        if let packed, packedCapacity >= bytes { return packed }
        packed?.deallocate()
        let larger = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 64 << 10) * 5 / 4, alignment: 16)
        packedCapacity = max(bytes, 64 << 10) * 5 / 4
        packed = larger
        return larger
    }
}
