import CShims
import RPC
import Settlement
import WireMessages

/// Bounds of one batch.
package enum BatchLimit {
    /// Claims of one call: the end of a year travels in pieces of this size; one piece is some 15 ms of work.
    package static let claimsMax = 65_536
    /// Person rows of one call: at most one per claim makes sense.
    package static let personsMax = 65_536
    /// Identities, filings or accounts of one call: eight for every person.
    package static let recordsMax = 8 * personsMax
    /// Disease codes and products of one call: they are indexed by a byte.
    package static let codesMax = 255
    /// What an item's error quotes of a value; longer ones are cut, for a batch may have 65,536 errors.
    package static let valueBytesMax = 128
    /// Refused items up to this many are told in Chinese with the English text behind it, some 700 bytes each; more
    /// only in Chinese, so that the answer of 65,536 fits into a packet.
    package static let detailedErrorsMax = 8_192
}

/// The decoded tables of a batch, in the worker's arena.
struct BatchInput {
    /// The request itself, for the texts of refusals.
    let request: Jiesuan__V1__CalculateBatchRequest
    let tables: BatchTables
}

extension Arena {
    /// `count` elements of uninitialised memory that lives as long as the request.
    func array<Element>(
        _ count: Int, of type: Element.Type = Element.self
    ) throws(RequestProblem) -> UnsafeMutableBufferPointer<Element> {
        guard let memory = allocate(max(1, count) * MemoryLayout<Element>.stride) else {
            throw .malformed("the batch takes more memory than a request may; send fewer claims")
        }
        return UnsafeMutableBufferPointer(start: memory.bindMemory(to: Element.self, capacity: count), count: count)
    }
}

extension BatchInput {
    init(_ request: Jiesuan__V1__CalculateBatchRequest, _ region: ServedRegion, _ arena: Arena) throws(RequestProblem) {
        guard let table = request.persons else { throw .malformed("persons is missing") }
        guard table.pointee.n_year <= BatchLimit.personsMax else {
            throw .malformed("persons has more than 65,536 rows")
        }
        self.request = request
        let diseases = try Self.diseases(request, region, arena)
        let institutions = try Self.institutions(request.institutions, arena)
        let persons = try Self.persons(table.pointee, region, arena)
        let years = try Self.years(table.pointee, region, arena)
        tables = BatchTables(
            institutions: institutions, diseases: diseases, persons: persons,
            identities: try Self.identities(table.pointee, persons, arena),
            filings: try Self.filings(table.pointee, persons, diseases, arena), years: years,
            accounts: try Self.accounts(table.pointee, persons, arena))
    }

    private static func diseases(
        _ request: Jiesuan__V1__CalculateBatchRequest, _ region: ServedRegion, _ arena: Arena
    ) throws(RequestProblem) -> UnsafeMutableBufferPointer<UInt8> {
        guard request.n_diseases <= BatchLimit.codesMax else { throw .malformed("diseases has more than 255 codes") }
        let diseases: UnsafeMutableBufferPointer<UInt8> = try arena.array(request.n_diseases + 1)
        diseases[0] = 0
        for index in 0..<request.n_diseases {
            let code = request.diseases[index].map { UnsafePointer($0) }
            // A code that the pack does not have spoils only the claims that use it.
            diseases[index + 1] = (try? region.disease(code, .disease)) ?? 0
        }
        return diseases
    }

    private static func institutions(
        _ table: UnsafeMutablePointer<Jiesuan__V1__InstitutionTable>?, _ arena: Arena
    ) throws(RequestProblem) -> UnsafeMutableBufferPointer<BatchInstitution> {
        guard let table = table?.pointee else { return try arena.array(0) }
        let count = max(table.level.len, table.chinese_medicine.len, table.county_area.len, table.out_of_city.len)
        guard count <= BatchLimit.claimsMax else { throw .malformed("institutions has more than 65,536 rows") }
        let level = try Column(table.level, rows: count, "institutions.level")
        let chineseMedicine = try Column(table.chinese_medicine, rows: count, "institutions.chinese_medicine")
        let countyArea = try Column(table.county_area, rows: count, "institutions.county_area")
        let outOfCity = try Column(table.out_of_city, rows: count, "institutions.out_of_city")
        let institutions: UnsafeMutableBufferPointer<BatchInstitution> = try arena.array(count)
        for row in 0..<count {
            let known = Level(rawValue: level[row])
            let institution = Institution(
                level: known ?? .unspecified, isChineseMedicine: chineseMedicine[row] != 0,
                isCountyArea: countyArea[row] != 0, isOutOfCity: outOfCity[row] != 0)
            institutions.initializeElement(
                at: row, to: BatchInstitution(institution: institution, level: level[row], isKnown: known != nil))
        }
        return institutions
    }

    private static func persons(
        _ table: Jiesuan__V1__PersonTable, _ region: ServedRegion, _ arena: Arena
    ) throws(RequestProblem) -> UnsafeMutableBufferPointer<BatchPerson> {
        let count = table.n_year
        let insurance = try Column(table.insurance, rows: count, "persons.insurance")
        let membership = try Column(table.membership, rows: count, "persons.membership")
        let status = try Column(table.status, rows: count, "persons.status")
        let from = try Column(table.covered_from, table.n_covered_from, rows: count, "persons.covered_from")
        let until = try Column(table.covered_until, table.n_covered_until, rows: count, "persons.covered_until")
        let product = try Column(table.product, rows: count, "persons.product")
        let boughtOn = try Column(table.bought_on, table.n_bought_on, rows: count, "persons.bought_on")
        let preExisting = try Column(table.pre_existing, rows: count, "persons.pre_existing")
        guard table.n_products <= BatchLimit.codesMax else {
            throw .malformed("persons.products has more than 255 ids")
        }

        let persons: UnsafeMutableBufferPointer<BatchPerson> = try arena.array(count)
        for row in 0..<count {
            var person = BatchPerson(
                facts: PersonFacts(insurance: .unspecified),
                rows: PersonRows(yearStart: row * region.tables.slotCount, year: Int32(clamping: table.year[row])))
            do throws(RequestProblem) {
                person.facts.insurance = try fact(UInt32(insurance[row]), .insurance)
                person.facts.membership = try fact(UInt32(membership[row]), .membership)
                person.facts.status = try fact(UInt32(status[row]), .status)
                if product[row] > 0 {
                    guard Int(product[row]) <= table.n_products else { throw .invalid(.product, product[row]) }
                    person.facts.product = try region.product(table.products[Int(product[row]) - 1])
                }
                person.facts.covered = DateRange(
                    from: try date(from[row], .covered), until: try date(until[row], .coveredUntil))
                if product[row] > 0 {
                    person.facts.boughtOn = try date(boughtOn[row], .boughtOn)
                    person.facts.hasPreExistingDisease = preExisting[row] != 0
                }
            } catch {
                person.note(error.refusal, sent: error.number ?? UInt32(product[row]))
            }
            persons.initializeElement(at: row, to: person)
        }
        return persons
    }

    /// The request's accumulators, by name, in the pack's slots; those not named are 0.
    private static func years(
        _ table: Jiesuan__V1__PersonTable, _ region: ServedRegion, _ arena: Arena
    ) throws(RequestProblem) -> UnsafeMutableBufferPointer<Fen> {
        let slots = region.tables.slotCount
        let years: UnsafeMutableBufferPointer<Fen> = try arena.array(table.n_year * slots)
        years.initialize(repeating: 0)
        let names = table.n_accumulator_names
        guard names <= CalculatorLimit.slotsMax else {
            throw .malformed("persons.accumulator_names has more than 32 names")
        }
        guard table.n_accumulators == table.n_year * names else {
            throw .column("persons.accumulators", entries: table.n_accumulators, rows: table.n_year * names)
        }
        var seen: UInt32 = 0
        for column in 0..<names {
            guard let name = table.accumulator_names[column] else { continue }
            guard let slot = region.accumulators.index(of: name, hint: column) else {
                throw .refused(Refusal(.accumulatorUnknown, .accumulator), value: String(cString: name))
            }
            guard seen & (1 << UInt32(slot)) == 0 else {
                throw .malformed("persons.accumulator_names names an accumulator twice")
            }
            seen |= 1 << UInt32(slot)
            for row in 0..<table.n_year {
                years[row * slots + slot] = table.accumulators[row * names + column]
            }
        }
        return years
    }
}
