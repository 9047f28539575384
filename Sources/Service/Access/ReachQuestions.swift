import Ledger
import RPC
import Records
import Registry
import Settlement

/// Questions about who and what lies in a caller's reach, which the ledger answers; on the thread that uses it.
struct ReachQuestions {
    let reach: Reach
    let ledger: Ledger

    var registry: Registry { ledger.registry }

    // MARK: Settlements

    /// Why a settlement is not the caller's; nil: it was made at one of its institutions, or there is none.
    func ownSettlement(
        _ path: FieldPath, _ message: UnsafeRawBufferPointer
    ) throws(DomainRefusal) -> DomainRefusal? {
        guard let id = path.text(in: message) else { return AccessCheck.unclear(path.name) }
        let number = try ledger.get(id).entry.institution
        let code = registry.institutions[number]?.code ?? ""
        if reach.institutions.contains(code) { return nil }
        return AccessCheck.refused(
            path.name, "the settlement is of another institution, and this caller acts for \(reach.acting) only")
    }

    /// Why a settlement is of nobody in the caller's reach.
    func personsSettlement(
        _ path: FieldPath, _ message: UnsafeRawBufferPointer
    ) throws(DomainRefusal) -> DomainRefusal? {
        guard let id = path.text(in: message) else { return AccessCheck.unclear(path.name) }
        return holds(try ledger.get(id).entry.person) ? nil : Self.foreign(path.name, reach)
    }

    // MARK: Persons

    /// Why a person lies out of reach; nil: in it, or nobody is registered so, which the method says.
    func person(_ paths: PersonPaths, _ message: UnsafeRawBufferPointer) -> DomainRefusal? {
        guard let name = paths.name(in: message) else { return AccessCheck.unclear(paths.number.name) }
        let person = named(PersonName(name.number, no: name.no, region: name.region))
        return holdsOrNew(person) ? nil : Self.foreign(paths.number.name, reach)
    }

    /// Whom a name means: also who had it before a correction, for what was done in that name is answered again.
    func named(_ name: PersonName) -> UInt64 {
        if let person = try? registry.person(name) { return person }
        // Where nobody ever had it, the method will not take it either, whoever has the number beside it.
        return registry.people.person(before: name) ?? name.number
    }

    /// Why somebody who is registered may not be registered again, or moved, by the caller: by none of the names that
    /// the request gives may it be somebody out of reach.
    func registered(
        _ paths: PersonPaths, _ region: FieldPath, _ message: UnsafeRawBufferPointer
    ) -> DomainRefusal? {
        guard let name = paths.name(in: message), let region = region.text(in: message) else {
            return AccessCheck.unclear(paths.number.name)
        }
        let names = PersonName(name.number, no: name.no, region: name.region)
        return registered(names, region: String(decoding: region, as: UTF8.self))
            ? nil : Self.foreign(paths.number.name, reach)
    }

    /// Whether whoever has one of the names already lies in reach.
    func registered(_ name: PersonName, region: String) -> Bool {
        // Without the platform's number 0 is a number like any other.
        guard name.number == 0 && !name.no.isEmpty || holdsOrNew(name.number) else { return false }
        return [name.region, region].allSatisfy { region in
            name.no.isEmpty || (registry.people.person(withNo: name.no, inRegion: region).map(holdsOrNew) ?? true)
        }
    }

    /// Whether a person belongs to the caller's region and area today, or is not registered.
    func holdsOrNew(_ person: UInt64) -> Bool {
        registry.people.basics(of: person, on: ledger.now.date) == nil || holds(person)
    }

    private func holds(_ person: UInt64) -> Bool {
        guard let home = registry.people.basics(of: person, on: ledger.now.date) else { return false }
        return holds(region: home.region, area: home.area)
    }

    private func holds(region: String, area: String) -> Bool {
        !reach.region.isEmpty && region == reach.region && registry.areas.contains(reach.area, area)
    }

    static func foreign(_ field: String, _ reach: Reach) -> DomainRefusal {
        AccessCheck.refused(field, "the person does not belong to \(place(reach)), and this caller is of there")
    }

    static func place(_ reach: Reach) -> String {
        reach.area.isEmpty ? "the region \(reach.region)" : "the area \(reach.area) of the region \(reach.region)"
    }

    // MARK: Areas and institutions

    /// Why the area that a request names lies out of reach; one that names none is refused to who is of an area.
    func area(_ path: FieldPath, _ message: UnsafeRawBufferPointer) -> DomainRefusal? {
        guard let sent = path.text(in: message) else { return AccessCheck.unclear(path.name) }
        return area(String(decoding: sent, as: UTF8.self), path.name)
    }

    func area(_ code: String, _ field: String) -> DomainRefusal? {
        if registry.areas.contains(reach.area, code) { return nil }
        return AccessCheck.refused(field, "this caller is of \(Self.place(reach)): name an area there")
    }

    /// Why an institution lies out of reach; nil: in it, or none is registered so, which the method says.
    func institution(_ path: FieldPath, _ message: UnsafeRawBufferPointer) -> DomainRefusal? {
        guard let code = path.text(in: message) else { return AccessCheck.unclear(path.name) }
        return institution(code, path.name)
    }

    func institution(_ code: UnsafeRawBufferPointer, _ field: String) -> DomainRefusal? {
        guard let number = registry.institutions.number(ofCode: code), let known = registry.institutions[number] else {
            return nil
        }
        if holds(region: known.region, area: known.area) { return nil }
        return AccessCheck.refused(
            field, "the institution does not lie in \(Self.place(reach)), and this caller is of there")
    }

    /// Why an application was not received at the caller's service point (AH-1).
    func ownApplication(
        _ paths: PersonPaths, _ number: FieldPath, _ message: UnsafeRawBufferPointer
    ) -> DomainRefusal? {
        guard let name = paths.name(in: message), let number = number.number(in: message) else {
            return AccessCheck.unclear(paths.number.name)
        }
        guard let person = try? registry.person(PersonName(name.number, no: name.no, region: name.region)),
            let application = registry.filings.applications(of: person).first(where: { $0.number == number })
        else { return nil }
        let code = registry.institutions[application.servicePoint]?.code ?? ""
        if reach.institutions.contains(code) { return nil }
        return AccessCheck.refused(
            "number",
            "the application was received at another service point, and this caller acts for "
                + "\(reach.acting) only", rule: "AH-1")
    }
}
