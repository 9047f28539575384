import Policy
import Records
import Settlement

/// Where a claim comes from: its institution, its channel, its prescription.
extension Registry {
    /// Fills in the institution that the calculator looks at, as it is for the persons of `region` (G-15); returns the
    /// claim's own, nil for a hypothetical one.
    @inline(__always)
    func admitInstitution(
        _ command: borrowing SettleCommand, at hypothetical: Institution?, _ region: RegionRules,
        into admission: Admission
    ) throws(DomainRefusal) -> InstitutionRecord? {
        if command.institution == 0, let hypothetical {
            admission.claim.institution = hypothetical
            return nil
        }
        let date = command.claim.serviceDate
        let own = try designated(command.institution, on: date, field: "institution", region)
        guard own.kind == .pharmacy, command.prescribing != 0 else {
            // What a pharmacy's claim needs is asked where the person's insurance is known.
            admission.claim.institution = own.institution(for: region.pack.region)
            return own
        }
        let prescriber = try designated(command.prescribing, on: date, field: "prescribing_institution", region)
        guard prescriber.kind != .pharmacy else {
            throw DomainRefusal(
                .factInvalid, "prescribing_institution", prescriber.code, rule: region.pharmacy.prescriptionRule,
                "a pharmacy does not prescribe; name the institution that wrote the prescription")
        }
        admission.claim.institution = prescriber.institution(for: region.pack.region)
        return own
    }

    /// The record that holds on `date` of an institution that is designated then.
    private func designated(
        _ number: UInt32, on date: CalendarDate, field: String, _ region: RegionRules
    ) throws(DomainRefusal) -> InstitutionRecord {
        guard let record = institutions.record(number, on: date), record.designated.contains(date) else {
            throw notDesignated(number, on: date, field: field, region)
        }
        return record
    }

    private func notDesignated(
        _ number: UInt32, on date: CalendarDate, field: String, _ region: RegionRules
    ) -> DomainRefusal {
        let rule = region.levelRule
        guard let last = institutions[number] else {
            return DomainRefusal(
                .institutionUnknown, field, "", "no such institution is registered; register it, or correct its code")
        }
        guard let record = institutions.record(number, on: date) else {
            let first = institutions.history(number).map(\.record.since).min() ?? .none
            return DomainRefusal(
                .institutionNotDesignated, field, last.code, rule: rule,
                "its record begins on \(first.description), after the service date; register what held before")
        }
        return DomainRefusal(
            .institutionNotDesignated, field, record.code, rule: rule,
            "its agreement (医保协议) runs \(record.designated.description); correct the service date, or the agreement")
    }

    /// Whether the claim may come online, and whether a manual one has its documents (CQ-42, AH-6) and leaves the
    /// accounts alone (G-18).
    @inline(__always)
    func admitChannel(
        _ command: borrowing SettleCommand, _ institution: InstitutionRecord, _ row: Int, _ region: RegionRules
    ) throws(DomainRefusal) {
        let kind = RegionRules.bit(command.claim.kind)
        if command.channel == .manual {
            if region.documentKinds & kind != 0 { try admitDocuments(command, region) }
            return
        }
        if !institution.isNetworked {
            throw DomainRefusal(
                .channelNotAllowed, "channel", "online", rule: region.notNetworkedRule,
                "the institution is not networked: the person pays in advance; settle it by the channel manual")
        }
        if command.claim.kind == .outpatient, let opened = region.openedDiseases,
            !institution.isInCity(of: region.pack.region), isRegisteredOutside(opened, command, row, region)
        {
            throw DomainRefusal(
                .channelNotAllowed, "channel", "online", rule: region.openedDiseasesRule,
                "the person is registered for a special disease that is not opened for direct settlement outside the "
                    + "city (I-26): settle it by the channel manual")
        }
    }

    /// Registered on the service date for a special disease that is not among `opened`, by the person's record or by a
    /// filing (CQ-42, I-26).
    private func isRegisteredOutside(
        _ opened: [String], _ command: borrowing SettleCommand, _ row: Int, _ region: RegionRules
    ) -> Bool {
        let date = command.claim.serviceDate
        var isOutside = false
        people.eachStanding(row) { entry in
            guard case .special(let disease, let inForce) = entry.fact, inForce.contains(date),
                !opened.contains(people.names[disease])
            else { return true }
            isOutside = true
            return false
        }
        return isOutside
            || filings.hasQualification(person: command.person, pack: region.pack, on: date, outside: opened)
    }

    private func admitDocuments(
        _ command: borrowing SettleCommand, _ region: RegionRules
    ) throws(DomainRefusal) {
        let documents = command.documents
        let missing = region.documents.filter { !documents.contains($0) }
        if missing.isEmpty { return }
        throw DomainRefusal(
            .documentsMissing, "documents", documents.joined(separator: ";"), rule: region.documentsRule,
            "manual settling needs also: \(missing.joined(separator: ", "))")
    }

    func admitPrescription(
        _ command: borrowing SettleCommand, _ region: RegionRules
    ) throws(DomainRefusal) {
        let weeksMax = region.prescriptionWeeksMax
        if weeksMax == 0 || command.prescriptionWeeks <= UInt32(clamping: weeksMax) { return }
        throw DomainRefusal(
            .prescriptionTooLong, "prescription_weeks", "\(command.prescriptionWeeks)",
            rule: region.prescriptionWeeksRule,
            "a long-term prescription (长期处方) covers at most \(weeksMax) weeks; split it")
    }
}
