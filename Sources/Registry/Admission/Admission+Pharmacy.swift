import Policy
import Records
import Settlement
import Text

/// What a pharmacy's claim needs (定点零售药店), rule CQ-16.
extension Registry {
    /// Longest number of a prescription, in bytes.
    package static var prescriptionBytesMax: Int { 64 }

    /// Refuses a kind of claim that a pharmacy does not submit, and one without the electronic prescription (外购电子处方)
    /// or the marks that the region's pack asks for.
    ///
    /// - Parameter today: nil where a recorded settlement is looked at again: then only the kind is asked, which
    ///   depends on the register.
    /// - Throws: `INSTITUTION_KIND_NOT_ALLOWED`, `FACT_MISSING`, `DATE_IN_FUTURE`, `DATE_INVALID`, `FACT_INVALID`,
    ///   `INSTITUTION_NOT_DESIGNATED`.
    func admitPharmacy(
        _ command: borrowing SettleCommand, _ pharmacy: InstitutionRecord, _ region: RegionRules,
        today: CalendarDate?, _ admission: Admission
    ) throws(DomainRefusal) {
        let rules = region.pharmacy
        let kind = RegionRules.bit(command.claim.kind)
        guard rules.kinds & kind != 0 else {
            throw DomainRefusal(
                .institutionKindNotAllowed, "institution", pharmacy.code, rule: rules.kindsRule,
                "a pharmacy (定点零售药店) submits no claim of kind \("\(command.claim.kind)".snakeCased); "
                    + "name the institution that treated the person, or correct the kind")
        }
        guard let today else { return }
        try checkPrescription(command, rules, today: today)
        guard rules.needsPrescription(command.claim, admission.facts.insurance) else { return }
        func missing(_ field: String, _ what: String) -> DomainRefusal {
            DomainRefusal(
                .factMissing, field, "", rule: rules.prescriptionRule,
                "a pharmacy settles such a claim with an electronic prescription (外购电子处方): say \(what)")
        }
        if command.prescribing == 0 { throw missing("prescribing_institution", "which institution wrote it") }
        if command.prescription.isEmpty { throw missing("prescription_number", "its number") }
        if command.prescriptionDate == .none { throw missing("prescription_date", "the day on which it was written") }
        // The claim's institution is the prescribing one, as it is for this person.
        guard !admission.claim.institution.isOutOfCity else {
            throw DomainRefusal(
                .institutionNotDesignated, "prescribing_institution", institutions[command.prescribing]?.code ?? "",
                rule: rules.prescriptionRule,
                "only prescriptions of designated medical institutions in the city (本市) are settled at a pharmacy")
        }
        if rules.poolingKinds & kind != 0, !pharmacy.isPoolingPharmacy(on: command.claim.serviceDate) {
            throw DomainRefusal(
                .institutionNotDesignated, "institution", pharmacy.code, rule: rules.prescriptionRule,
                "the pharmacy is not designated for outpatient pooling (门诊统筹定点药店) on "
                    + "\(command.claim.serviceDate.description); correct its record, or have an account pay")
        }
    }

    /// A prescription that is named is one: asked for or not.
    private func checkPrescription(
        _ command: borrowing SettleCommand, _ rules: PharmacyRules, today: CalendarDate
    ) throws(DomainRefusal) {
        let (number, date) = (command.prescription, command.prescriptionDate)
        if number.isEmpty, date == .none { return }
        guard command.prescribing != 0, !number.isEmpty else {
            let field = command.prescribing == 0 ? "prescribing_institution" : "prescription_number"
            throw DomainRefusal(
                .factMissing, field, "", rule: rules.prescriptionRule,
                "a prescription's number is one of the institution that wrote it: say both, or neither")
        }
        let bytes = number.utf8
        guard bytes.count <= Registry.prescriptionBytesMax, bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw DomainRefusal(
                .factInvalid, "prescription_number", "\(bytes.count) bytes", rule: rules.prescriptionRule,
                "a number has 1 … \(Registry.prescriptionBytesMax) printable ASCII characters without blanks")
        }
        if date == .none { return }
        try FieldCheck.day(date, "prescription_date")
        try FieldCheck.notAfter(today, date, "prescription_date")
        guard date <= command.claim.serviceDate else {
            throw DomainRefusal(
                .dateInvalid, "prescription_date", date.description, rule: rules.prescriptionRule,
                "is after the service date, \(command.claim.serviceDate.description); correct one of them")
        }
    }

    /// Who is no pharmacy names no prescription.
    func refusePrescription(
        _ command: borrowing SettleCommand, _ region: RegionRules
    ) throws(DomainRefusal) {
        let (field, value) =
            if command.prescribing != 0 {
                ("prescribing_institution", institutions[command.prescribing]?.code ?? "")
            } else if !command.prescription.isEmpty {
                ("prescription_number", "given")
            } else if command.prescriptionDate != .none {
                ("prescription_date", command.prescriptionDate.description)
            } else {
                ("", "")
            }
        if field.isEmpty { return }
        throw DomainRefusal(
            .factInvalid, field, value, rule: region.pharmacy.prescriptionRule,
            "only a pharmacy's claim names a prescription and who wrote it; leave it out")
    }
}
