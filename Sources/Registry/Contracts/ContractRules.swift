import Policy
import Records
import Settlement

/// Outpatient contracts and surveys of the registered poor (SY-8); each gives the event to record, or refuses.
extension FilingRegister {
    /// 门诊统筹签约 with an institution that does both services; a contract with another one ends the day before.
    package func sign(
        _ person: UInt64, with institution: FilingInstitution?, since day: CalendarDate, until: CalendarDate,
        _ pack: PolicyPack, today: CalendarDate
    ) throws(DomainRefusal) -> [FilingEvent] {
        try checkSurveyed(pack)
        try checkTwoDiseaseInstitution(institution)
        try checkPast(day, "since", today)
        if until != .none {
            try checkDay(until, "until")
            if until < day {
                throw DomainRefusal(
                    .dateInvalid, "until", until.description, "is before since, \(day.description)")
            }
        }
        let contracts = contracts(of: person)
        if contracts.count + 2 > FilingLimit.recordsMax { throw tooMany("contracts", contracts.count) }
        let next = OutpatientContract(institution: institution?.number ?? 0, since: day, until: until)
        guard let last = standingContracts(of: person).last, last.until == .none || last.until >= day else {
            return [.contract(person: person, next)]
        }
        if last.since >= day {
            throw DomainRefusal(
                .recordConflict, "since", day.description, rule: "SY-8",
                "the contract that stands began on \(last.since.description): a new one begins later")
        }
        let ended = OutpatientContract(institution: last.institution, since: last.since, until: day.previous)
        return [.contract(person: person, ended), .contract(person: person, next)]
    }

    /// An entry of the survey (排查); a later one takes the place of an earlier one of the same person.
    package func survey(
        _ entry: SurveyEntry, of person: UInt64, _ pack: PolicyPack, today: CalendarDate
    ) throws(DomainRefusal) -> FilingEvent {
        try checkSurveyed(pack)
        try checkPast(entry.surveyed, "surveyed", today)
        if entry.area.isEmpty {
            throw DomainRefusal(.factMissing, "area", "", rule: "SY-8", "the ledger has a column for it (乡镇)")
        }
        try checkText(entry.area, "area", bytesMax: FilingLimit.codeBytesMax)
        try checkText(entry.solved, "solved")
        try checkText(entry.unsolved, "unsolved")
        let count = surveys(of: person).count
        if count >= FilingLimit.recordsMax { throw tooMany("survey entries", count) }
        return .survey(person: person, entry)
    }

    private func checkSurveyed(_ pack: PolicyPack) throws(DomainRefusal) {
        if rules(of: pack).twoDiseases.isEmpty {
            throw DomainRefusal(
                .noRule, "region", pack.region, rule: pack.cites("SY-8"),
                "the pack has no two-disease filing, contracts or surveys (filing.two_disease.diseases)")
        }
    }

    /// The contract that stands on `day`; nil: none.
    package func contract(of person: UInt64, on day: CalendarDate) -> OutpatientContract? {
        guard let standing = standingContracts(of: person).last(where: { $0.since <= day }),
            standing.until == .none || day <= standing.until
        else { return nil }
        return standing
    }
}
