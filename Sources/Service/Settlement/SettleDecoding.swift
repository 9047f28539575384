import Glibc
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// Bounds of one request to settle.
package enum SettleLimit {
    /// Kinds of documents of a claim that is settled manually: CQ-42 asks for five.
    package static let documentsMax = 32
    /// A document's kind, a disease's code, a referral's number, an institution's code.
    package static let textBytesMax = 64
    /// Family accounts beside the person's own (CQ-31).
    package static let familyAccountsMax = CalculatorLimit.accountsMax - 1
}

/// The number of an institution whose code nobody registered; 0 is "none named".
let unknownInstitution = UInt32.max

extension Registry {
    /// Decodes a `SettleRequest` into the ledger's command; messages are read where they lie, a copy of one costs as
    /// much as decoding it.
    ///
    /// - Parameter isRecorded: something is recorded under its id, with which it will only be compared.
    func command(
        _ message: UnsafePointer<Jiesuan__V1__SettleRequest>, isRecorded: Bool = false
    ) throws(RequestProblem) -> SettleCommand {
        guard let claim = message.pointee.claim else { throw .malformed("claim is missing") }
        let person: UInt64
        do throws(DomainRefusal) { person = try self.person(message) } catch { throw .domain(error) }
        var command = SettleCommand(person: person, claim: try settledClaim(claim))
        command.channel = try channel(message.pointee.channel.rawValue)
        command.disease = try text(claim.pointee.disease, "claim.disease")
        command.institution = try institution(message.pointee.institution, "institution")
        command.prescribing = try institution(message.pointee.prescribing_institution, "prescribing_institution")
        command.referral = try text(message.pointee.referral, "referral")
        command.prescriptionWeeks = message.pointee.prescription_weeks
        command.prescription = try text(message.pointee.prescription_number, "prescription_number")
        command.prescriptionDate = try day(message.pointee.prescription_date, "prescription_date")
        let familyAccounts = message.pointee.n_family_accounts + message.pointee.n_family_account_nos
        if familyAccounts > 0 {
            guard familyAccounts <= SettleLimit.familyAccountsMax else {
                throw tooMany("family_accounts", familyAccounts, SettleLimit.familyAccountsMax)
            }
            do throws(DomainRefusal) {
                command.familyAccounts = try self.familyAccounts(message.pointee, isRecorded: isRecorded)
            } catch { throw .domain(error) }
        }
        if message.pointee.n_documents > 0 {
            guard message.pointee.n_documents <= SettleLimit.documentsMax else {
                throw tooMany("documents", message.pointee.n_documents, SettleLimit.documentsMax)
            }
            for index in 0..<message.pointee.n_documents {
                command.documents.append(try text(message.pointee.documents[index], "documents"))
            }
        }
        // A date that no number of ours can hold; all others are the ledger's to judge.
        guard claim.pointee.service_date <= UInt32(Int32.max) else {
            throw .refused(Refusal(.dateInvalid, .serviceDate), value: "\(claim.pointee.service_date)")
        }
        return command
    }

    /// The parts of a claim that only the request states, not the register.
    private func settledClaim(_ message: UnsafePointer<Jiesuan__V1__Claim>) throws(RequestProblem) -> Claim {
        guard let cost = message.pointee.cost else { throw .malformed("claim.cost is missing") }
        guard message.pointee.institution == nil else {
            throw .malformed(
                "claim.institution is what the register says: leave it out, and name the institution by its code")
        }
        guard message.pointee.referred_from.rawValue == 0 else {
            throw .malformed(
                "claim.referred_from is what the register says: leave it out, and name the referral by its number")
        }
        return Claim(
            kind: try fact(message.pointee.kind.rawValue, .kind),
            serviceDate: CalendarDate(Int32(clamping: message.pointee.service_date)),
            cost: CostSplit(
                total: cost.pointee.total, outOfCatalog: cost.pointee.out_of_catalog,
                overLimit: cost.pointee.over_limit,
                firstSelfPay: cost.pointee.first_self_pay, inPolicy: cost.pointee.in_policy,
                inPolicyDrug: cost.pointee.in_policy_drug,
                specialDrug: cost.pointee.special_drug),
            externalBasic: message.pointee.external_basic,
            externalLargeAmount: message.pointee.external_large_amount,
            accountUse: try fact(message.pointee.account_use.rawValue, .accountUse))
    }

    private func channel(_ number: UInt32) throws(RequestProblem) -> Channel {
        guard number < 256, let channel = Channel(rawValue: UInt8(truncatingIfNeeded: number)) else {
            throw .domain(
                DomainRefusal(
                    .factInvalid, "channel", "\(number)", "not a value of its list; see the .proto"))
        }
        return channel
    }

    /// The number of an institution's code: 0 for an empty one, `unknownInstitution` where it is not registered.
    func institution(_ code: UnsafePointer<CChar>?, _ field: String) throws(RequestProblem) -> UInt32 {
        guard let code, code.pointee != 0 else { return 0 }
        let count = strlen(code)
        guard count <= SettleLimit.textBytesMax else { throw tooLong(field, count) }
        return institutions.number(ofCode: UnsafeRawBufferPointer(start: code, count: count)) ?? unknownInstitution
    }

    /// The number of an institution that must be registered.
    func registeredInstitution(_ code: UnsafePointer<CChar>?) throws(RequestProblem) -> UInt32 {
        let number = try institution(code, "institution")
        guard number != 0, number != unknownInstitution else {
            throw .domain(
                DomainRefusal(
                    .institutionUnknown, "institution", string(code),
                    "no such institution is registered; register it, or correct its code"))
        }
        return number
    }

    /// A day as it was sent: whether it exists is the rules' to judge.
    private func day(_ number: UInt32, _ field: String) throws(RequestProblem) -> CalendarDate {
        if let small = Int32(exactly: number) { return CalendarDate(small) }
        throw .domain(
            DomainRefusal(
                .dateInvalid, field, "\(number)", "not a day of the years 1900 to 2999; send it as YYYYMMDD"))
    }

    private func text(_ text: UnsafePointer<CChar>?, _ field: String) throws(RequestProblem) -> String {
        guard let text, text.pointee != 0 else { return "" }
        let count = strlen(text)
        guard count <= SettleLimit.textBytesMax else { throw tooLong(field, count) }
        return String(cString: text)
    }
}

private func tooLong(_ field: String, _ count: Int) -> RequestProblem {
    .domain(
        DomainRefusal(
            .factInvalid, field, "\(count) bytes",
            "a text here has at most \(SettleLimit.textBytesMax) bytes; correct it"))
}

private func tooMany(_ field: String, _ count: Int, _ most: Int) -> RequestProblem {
    .domain(DomainRefusal(.factInvalid, field, "\(count)", "at most \(most) entries; name fewer"))
}

/// A text of the wire.
func string(_ text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "" }

/// The bytes of a text of the wire.
func bytes(_ text: UnsafePointer<CChar>?) -> UnsafeRawBufferPointer {
    guard let text else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: text, count: strlen(text))
}
