import Registry
import WireMessages

/// A request to the register that is about one person, by our number, by the platform's, or by both.
protocol NamesPerson {
    // The names are those of the messages' fields.
    var person: UInt64 { get }
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var person_no: UnsafeMutablePointer<CChar>! { get }
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var person_region: UnsafeMutablePointer<CChar>! { get }
}

extension NamesPerson {
    /// The person as named.
    var name: PersonName { PersonName(person, no: string(person_no), region: string(person_region)) }
    /// The same for a request that names nobody else.
    var names: PersonNames { PersonNames(name) }
}

extension Jiesuan__V1__RegisterPersonRequest: NamesPerson {}
extension Jiesuan__V1__EnrolRequest: NamesPerson {}
extension Jiesuan__V1__ChangeEnrolmentRequest: NamesPerson {}
extension Jiesuan__V1__EndEnrolmentRequest: NamesPerson {}
extension Jiesuan__V1__BuySupplementaryRequest: NamesPerson {}
extension Jiesuan__V1__PutIdentityRequest: NamesPerson {}
extension Jiesuan__V1__PutFamilyRequest: NamesPerson {}
extension Jiesuan__V1__PutSpecialRegistrationRequest: NamesPerson {}
extension Jiesuan__V1__PutReferralRequest: NamesPerson {}
extension Jiesuan__V1__PutFeedbackRequest: NamesPerson {}
extension Jiesuan__V1__PutChronicReportRequest: NamesPerson {}
extension Jiesuan__V1__EndPersonRequest: NamesPerson {}
extension Jiesuan__V1__WithdrawRecordRequest: NamesPerson {}
extension Jiesuan__V1__SettleRequest: NamesPerson {}
