import Policy
import Records
import Settlement

/// The registers of filings (备案): who may use which disease, and how that came about.
///
/// Append-only: a correction replaces what it corrects, and what was known on a day stays known. Memory: see
/// `QualificationTable`; a person with an application, a card, a contract or a survey entry costs some 200 bytes more
/// for each.
package final class FilingRegister {
    // Unchecked exclusivity: see `PersonRegister`.
    @exclusivity(unchecked) var qualifications = QualificationTable()
    var cases: [UInt64: FilingCase] = [:]
    var roles: [UInt32: FilingRoles] = [:]
    package internal(set) var experts: [String: Expert] = [:]
    /// Passed on and not decided yet.
    var awaitingAppraisal: Set<FilingKey> = []
    var openSuspicions: Set<FilingKey> = []
    var lastCard: UInt64 = 0
    var statements: [KnownStatement] = []
    @exclusivity(unchecked) private var packs: [PackFilings] = []

    package init() {}

    /// Memory of each qualification and of each correction; an indexed person takes about 25 more.
    package static var bytesPerQualification: Int { QualificationTable.bytesPerRow }

    /// A pack's filing rules, with the pack's numbers for the codes of `qualifications`.
    private struct PackFilings {
        /// Kept, so that no other pack's tables can get the same address and be taken for it.
        let tables: Tables
        let rules: FilingRules
        var diseases: [UInt8]
    }

    /// A pack's filing rules, read once for each pack.
    package func rules(of pack: PolicyPack) -> FilingRules { packs[index(of: pack)].rules }

    /// Drops what was made for a pack that is used no longer; it is made again where it is asked for.
    func forget(_ pack: PolicyPack) { packs.removeAll { $0.tables === pack.tables } }

    private func index(of pack: PolicyPack) -> Int {
        for index in packs.indices where packs[index].tables === pack.tables { return index }
        packs.append(PackFilings(tables: pack.tables, rules: FilingRules(pack), diseases: []))
        return packs.count - 1
    }

    /// Fills `admission.filings` and refuses a special-disease claim whose disease is not on file (CQ-46).
    ///
    /// Whether a region asks for that is its pack's `filing.asked_for`. A claim without a disease is left to the
    /// calculator, which asks for it. Allocates nothing once the first claim of a pack was admitted.
    ///
    /// - Throws: `NOT_ENTITLED` where no qualification for `disease` is in force on the service date,
    ///   `INSTITUTION_NOT_DESIGNATED` where the institution does not treat special diseases.
    package func admit(
        person: UInt64, pack: PolicyPack, disease: String, institution: InstitutionRecord?, claim: Claim,
        into admission: Admission
    ) throws(DomainRefusal) {
        let index = resolve(pack)
        admission.filings.removeAll(keepingCapacity: true)
        qualifications.forEachCurrent(of: person) { code, inForce in
            let number = packs[index].diseases[Int(code)]
            if number > 0 { admission.filings.append(DatedFiling(disease: number, inForce: inForce)) }
        }
        guard packs[index].rules.asks(for: claim.kind), !disease.isEmpty else { return }
        let asked = pack.disease(code: disease) ?? 0
        guard asked > 0 else { throw unknownDisease(disease, pack) }
        let isFiled = admission.filings.contains { $0.disease == asked && $0.inForce.contains(claim.serviceDate) }
        guard isFiled else {
            throw DomainRefusal(
                .notEntitled, "disease", disease, rule: packs[index].rules.askedForRule,
                "no qualification for this disease is on file for \(claim.serviceDate.description): "
                    + "have it certified and filed first")
        }
        guard let institution, institution.treatsSpecialDiseases(on: claim.serviceDate) else {
            throw DomainRefusal(
                .institutionNotDesignated, "institution", institution?.code ?? "",
                rule: packs[index].rules.askedForRule,
                "special diseases are settled at designated institutions (特病定点医疗机构) only")
        }
    }

    /// The index of a pack in `packs`, its numbers for all codes so far resolved.
    @discardableResult
    func resolve(_ pack: PolicyPack) -> Int {
        let index = index(of: pack)
        if packs[index].diseases.count < qualifications.codes.count { resolveCodes(index, pack) }
        return index
    }

    /// True where a special disease other than `opened` is on file and in force for the person on `date` (CQ-42, I-26).
    package func hasQualification(
        person: UInt64, pack: PolicyPack, on date: CalendarDate, outside opened: [String]
    ) -> Bool {
        var isOutside = false
        qualifications.forEachCurrent(of: person) { code, inForce in
            if inForce.contains(date), !opened.contains(qualifications.codes[Int(code)]) { isOutside = true }
        }
        return isOutside
    }

    private func resolveCodes(_ index: Int, _ pack: PolicyPack) {
        for code in qualifications.codes[packs[index].diseases.count...] {
            packs[index].diseases.append(pack.disease(code: code) ?? 0)
        }
    }

    /// What is on file for a person in the order of recording, corrections included; as it was known at `moment`.
    package func qualifications(of person: UInt64, knownAt moment: Moment? = nil) -> [KnownQualification] {
        qualifications.all(of: person, knownAt: moment)
    }

    /// Takes `moment` for the time of what was recorded at a later one.
    func limitTimes(to moment: Moment, ofPersons: (UInt64) -> Bool, ofOthers: Bool) {
        qualifications.limitTimes(to: moment, of: ofPersons)
        guard ofOthers else { return }
        for index in statements.indices { statements[index].recorded = min(statements[index].recorded, moment) }
    }

    /// By number the institutions that have a part in filing, or had one.
    package var designated: [UInt32: FilingRoles] { roles }

    /// What an institution may do in filing.
    package func roles(of institution: UInt32) -> FilingRoles { roles[institution] ?? [] }
}

func unknownDisease(_ code: String, _ pack: PolicyPack) -> DomainRefusal {
    DomainRefusal(
        .factInvalid, "disease", code, rule: "G-5",
        "the pack of \(pack.region) has no such disease; `policy show` lists its diseases")
}
