import Ledger
import ProtoJSON
import RPC
import Records
import Registry
import Settlement

/// One role's condition for one method, made ready to be asked of every request.
struct AccessCheck: Sendable {
    /// What a condition needs of a request.
    private enum Needs: Sendable {
        case nothing
        case paths([FieldPath])
        case person(PersonPaths, [FieldPath])
        case people(PersonPaths, PersonPaths)
        case rows(RowInstitutions)
    }

    private let grant: Grant
    private let needs: Needs
    /// Fields that must not be set.
    private let unset: [FieldPath]

    init(_ grant: Grant, of message: MessageType) {
        self.grant = grant
        func paths(_ names: String...) -> [FieldPath] { names.map { FieldPath($0, of: message) } }
        func person(_ within: String = "", _ names: String...) -> Needs {
            .person(PersonPaths(of: message, within: within), names.map { FieldPath($0, of: message) })
        }
        var without: [String] = []
        switch grant {
        case .all, .items: needs = .nothing
        case .ownInstitution(let field), .areaInstitution(let field), .wholeRegion(let field):
            needs = .paths(paths(field))
        case .ownNew(let field):
            needs = .paths(paths(field))
            without = ["corrects"]
        case .ownUse: needs = .paths(paths("institution", "purpose"))
        case .ownClaim: needs = .paths(paths("institution", "channel"))
        case .ownRows: needs = .rows(RowInstitutions(of: message))
        case .ownSettlement(let fields):
            needs = .paths(paths("settlement_id"))
            without = fields
        case .personsSettlement: needs = .paths(paths("settlement_id"))
        case .ownApplication: needs = person("", "number")
        case .onePerson(let fields):
            needs = message.fields.contains { $0.protoName == "person" } ? person() : .nothing
            without = fields
        case .person(let within): needs = person(within)
        case .persons(let other):
            let parts = other.split(separator: ".").map(String.init)
            needs = .people(
                PersonPaths(of: message, within: ""), PersonPaths(of: message, within: parts[0], named: parts[1]))
        case .manualClaim: needs = person("", "channel")
        case .registration: needs = person("", "region", "area")
        case .institutionRecord(let field):
            needs = .paths(paths("\(field).code", "\(field).region", "\(field).area"))
        case .regionAndArea(let region, let area): needs = .paths(paths(region, area))
        }
        // Messages that have no such field cannot set it.
        unset = without.compactMap { FieldPath($0, in: message) }
    }

    /// Whether the ledger has to be asked.
    var needsLedger: Bool {
        switch grant {
        case .all, .items, .ownInstitution, .ownNew, .ownUse, .ownClaim, .ownRows, .onePerson, .wholeRegion: false
        default: true
        }
    }

    /// Whether each question of this kind is recorded.
    var isLookUp: Bool { if case .onePerson = grant { true } else { false } }

    /// The number of the person whom a look-up asks for, as it was sent.
    func person(in message: UnsafeRawBufferPointer) -> UInt64 {
        guard case .person(let person, _) = needs else { return 0 }
        return person.number.number(in: message) ?? 0
    }

    // MARK: Questions

    /// Why a request is refused because of what it asks for; nil: it is not.
    ///
    /// - Parameter ledger: where `needsLedger`; on the thread that uses it.
    func refusal(
        _ message: UnsafeRawBufferPointer, _ reach: Reach, _ ledger: Ledger?
    ) throws(DomainRefusal) -> DomainRefusal? {
        for field in unset where !isUnset(field, message) {
            return Self.refused(field.name, "this role asks without \(field.name)")
        }
        switch (grant, needs) {
        case (.all, _), (.items, _), (.onePerson, _): return nil
        case (.ownInstitution, .paths(let paths)), (.ownNew, .paths(let paths)):
            return own(paths[0], message, reach)
        case (.ownUse, .paths(let paths)): return own(paths[0], message, reach) ?? bill(paths[1], message)
        case (.ownClaim, .paths(let paths)):
            return own(paths[0], message, reach) ?? channel(paths[1], message, isManual: false)
        case (.ownRows, .rows(let rows)):
            return rows.firstForeign(in: message, reach).map { row in
                Self.refused(
                    "institution",
                    "row \(row) is of no institution that this caller acts for (\(reach.acting)): "
                        + "nothing of the batch was done")
            }
        case (.wholeRegion, .paths(let paths)):
            guard reach.area.isEmpty else {
                return Self.refused(
                    paths[0].name, "this is done for a whole region, and this caller is of an area of it")
            }
            return region(paths[0], message, reach)
        default:
            guard let ledger else { preconditionFailure("a condition on the ledger was asked without it") }
            return try refusal(message, reach, of: ledger)
        }
    }

    private func refusal(
        _ message: UnsafeRawBufferPointer, _ reach: Reach, of ledger: Ledger
    ) throws(DomainRefusal) -> DomainRefusal? {
        let asked = ReachQuestions(reach: reach, ledger: ledger)
        switch (grant, needs) {
        case (.ownSettlement, .paths(let paths)): return try asked.ownSettlement(paths[0], message)
        case (.personsSettlement, .paths(let paths)): return try asked.personsSettlement(paths[0], message)
        case (.ownApplication, .person(let person, let paths)):
            return asked.ownApplication(person, paths[0], message)
        case (.person, .person(let person, _)): return asked.person(person, message)
        case (.persons, .people(let one, let other)):
            return asked.person(one, message) ?? asked.person(other, message)
        case (.manualClaim, .person(let person, let paths)):
            return channel(paths[0], message, isManual: true) ?? asked.person(person, message)
        case (.registration, .person(let person, let paths)):
            return region(paths[0], message, reach) ?? asked.area(paths[1], message)
                ?? asked.registered(person, paths[0], message)
        case (.areaInstitution, .paths(let paths)): return asked.institution(paths[0], message)
        case (.institutionRecord, .paths(let paths)):
            return region(paths[1], message, reach) ?? asked.area(paths[2], message)
                ?? asked.institution(paths[0], message)
        case (.regionAndArea, .paths(let paths)):
            return region(paths[0], message, reach) ?? asked.area(paths[1], message)
        default: return Self.refused("", "this role has no such right")
        }
    }

    private func isUnset(_ field: FieldPath, _ message: UnsafeRawBufferPointer) -> Bool {
        switch field.find(in: message) {
        case .nothing: true
        case .number(let number): number == 0
        case .bytes(let bytes): bytes.isEmpty
        case .unclear: false
        }
    }

    private func own(_ path: FieldPath, _ message: UnsafeRawBufferPointer, _ reach: Reach) -> DomainRefusal? {
        guard let code = path.text(in: message) else { return Self.unclear(path.name) }
        if reach.acts(for: code) { return nil }
        return Self.refused(path.name, "this caller acts for \(reach.acting) only")
    }

    /// Whether an account is used for a bill of the institution, not for somebody's premium.
    private func bill(_ path: FieldPath, _ message: UnsafeRawBufferPointer) -> DomainRefusal? {
        guard let purpose = path.number(in: message) else { return Self.unclear(path.name) }
        // USE_PURPOSE_INSTITUTION and USE_PURPOSE_PHARMACY; which of them an institution may, its kind decides.
        if purpose == 1 || purpose == 2 { return nil }
        return Self.refused(path.name, "this caller uses accounts for its own bills; the office pays premiums")
    }

    /// Online claims are an institution's, those on paper an office's: an institution is not its own office.
    private func channel(_ path: FieldPath, _ message: UnsafeRawBufferPointer, isManual: Bool) -> DomainRefusal? {
        guard let channel = path.number(in: message) else { return Self.unclear(path.name) }
        if (channel == 1) == isManual, channel <= 1 { return nil }
        return Self.refused(
            path.name,
            isManual
                ? "an office settles what is handed in on paper: CHANNEL_MANUAL"
                : "what is handed in on paper is settled by an office: CHANNEL_ONLINE")
    }

    private func region(_ path: FieldPath, _ message: UnsafeRawBufferPointer, _ reach: Reach) -> DomainRefusal? {
        guard let region = path.text(in: message) else { return Self.unclear(path.name) }
        if !reach.region.isEmpty, region.elementsEqual(reach.region.utf8) { return nil }
        return Self.refused(path.name, "this caller is of the region \(reach.region): name it")
    }

    static func refused(_ field: String, _ message: String, rule: String = "") -> DomainRefusal {
        DomainRefusal(.notPermitted, field, "", rule: rule, message)
    }

    static func unclear(_ field: String) -> DomainRefusal {
        refused(field, "it stands more than once, or in another form than the .proto has: send it once")
    }
}

extension Reach {
    /// The institutions it acts for, to be told to itself.
    var acting: String { institutions.prefix(8).joined(separator: ", ") + (institutions.count > 8 ? ", …" : "") }
}
