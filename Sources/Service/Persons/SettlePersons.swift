import Ledger
import Records
import Registry
import Settlement
import WireMessages

// Who a settlement is for, and whose accounts may pay.

extension Registry {
    /// Our number of a request's person.
    @inline(__always)
    func person(_ message: UnsafePointer<Jiesuan__V1__SettleRequest>) throws(DomainRefusal) -> UInt64 {
        try person(message.pointee.person, no: message.pointee.person_no, region: message.pointee.person_region)
    }

    /// Our number of a person as the fields of a message name one; texts are made of them only for a refusal.
    @inline(__always)
    func person(
        _ number: UInt64, no: UnsafePointer<CChar>?, region: UnsafePointer<CChar>?
    ) throws(DomainRefusal) -> UInt64 {
        guard let no, no.pointee != 0 else { return number }
        if let found = people.person(withNo: bytes(no), inRegion: string(region)), number == 0 || number == found {
            return found
        }
        return try person(PersonName(number, no: string(no), region: string(region)))
    }

    /// Owners of family accounts by our numbers, those named by the platform's last.
    ///
    /// - Parameter isRecorded: takes a number that is nobody's now for that of who had it before it was corrected.
    func familyAccounts(
        _ message: Jiesuan__V1__SettleRequest, isRecorded: Bool
    ) throws(DomainRefusal) -> [UInt64] {
        var owners = Array(UnsafeBufferPointer(start: message.family_accounts, count: message.n_family_accounts))
        for index in 0..<message.n_family_account_nos {
            let name = message.familyName(index)
            do throws(DomainRefusal) { owners.append(try person(name, .familyAccount)) } catch {
                guard isRecorded, error.code == .personUnknown, let before = people.person(before: name) else {
                    throw error
                }
                owners.append(before)
            }
        }
        return owners
    }
}

extension PersonField {
    fileprivate static let familyAccount = PersonField(number: "family_accounts", no: "family_account_nos")
}

extension Jiesuan__V1__SettleRequest {
    fileprivate func familyName(_ index: Int) -> PersonName {
        PersonName(no: string(family_account_nos[index]), region: string(person_region))
    }

    /// The refusal of the command in the words of its caller.
    func naming(_ refusal: DomainRefusal, _ registry: Registry) -> DomainRefusal {
        var refusal = refusal
        if let number = try? registry.person(name) { refusal = refusal.naming(name, as: number) }
        for index in 0..<n_family_account_nos {
            let name = familyName(index)
            guard let number = try? registry.person(name) else { continue }
            refusal = refusal.naming(name, as: number, .familyAccount)
        }
        return refusal
    }
}

extension LedgerAccess {
    /// A request to settle as the ledger takes it. One that was recorded is known again by the numbers that its persons
    /// had then.
    @inline(__always)
    func command(_ message: UnsafeMutablePointer<Jiesuan__V1__SettleRequest>) throws(RequestProblem) -> SettleCommand {
        do throws(RequestProblem) { return try ledger.registry.command(message) } catch {
            return try commandByRecord(message, error)
        }
    }

    /// The command where the request could not be one: by the numbers that are recorded under its id.
    @inline(never)
    private func commandByRecord(
        _ message: UnsafeMutablePointer<Jiesuan__V1__SettleRequest>, _ error: RequestProblem
    ) throws(RequestProblem) -> SettleCommand {
        let id = bytes(message.pointee.settlement_id)
        guard case .domain(let refusal) = error, refusal.code == .personUnknown else { throw error }
        if refusal.field == PersonField.person.no {
            guard let person = recordedPerson(id, no: refusal.value) else { throw error }
            message.pointee.person = person
            message.pointee.person_no = nil
        } else if id.isEmpty || (try? ledger.get(id)) == nil {
            throw error
        }
        return try ledger.registry.command(message, isRecorded: true)
    }
}
