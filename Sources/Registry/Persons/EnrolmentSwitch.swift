import Policy
import Records
import Settlement

/// When cover begins after a switch between employee and resident insurance (CQ-41).
extension Registry {
    /// The first day of the month after payment, where every condition of CQ-41 holds.
    ///
    /// - Throws: `NO_RULE` where one does not: the source has no rule for any other case, so the office must say from
    ///   when the person is covered.
    func coverAfterSwitch(
        _ request: EnrolmentRequest, _ others: [NumberedEnrolment], _ region: RegionRules
    ) throws(DomainRefusal) -> CalendarDate {
        let enrolment = request.enrolment
        try FieldCheck.day(enrolment.paidOn, "enrolment.paid_on")
        func noRule(_ why: String) -> DomainRefusal {
            DomainRefusal(
                .noRule, "enrolment.covered_from", "", rule: region.pack.cites("CQ-41"),
                "\(why): the source has no rule for when cover begins then; say it in covered_from")
        }
        guard let yearsMin = region.pack.number("enrolment.switch.years_without_break"),
            let gapMax = region.pack.number("enrolment.switch.gap_months")
        else { throw noRule("the region's pack has no rule about switching the insurance") }
        guard enrolment.status != .retired else { throw noRule("the person is retired") }
        guard let last = others.last(where: { $0.enrolment.covered.from <= enrolment.paidOn })?.enrolment else {
            throw noRule("the person was not insured before")
        }
        guard last.status != .retired else { throw noRule("the person is retired") }
        guard last.insurance != enrolment.insurance else {
            throw noRule("the person does not switch between employee and resident insurance")
        }
        guard request.isStatusChange else {
            throw noRule("no change of personal status such as employment is the reason")
        }
        let end = last.covered.until
        guard end.number != 0 else {
            throw DomainRefusal(
                .recordConflict, "enrolment.covered_until", "", rule: region.pack.cites("CQ-41"),
                "the earlier insurance has no end; end it first")
        }
        let begin = beginWithoutBreak(others, endingOn: end)
        guard begin.adding(months: Int32(clamping: 12 * yearsMin)) <= end.next else {
            throw noRule(
                "the person was insured for less than \(yearsMin) years without a break (since \(begin.description))")
        }
        // I-34: months without a contribution between the last paid one and that of the payment: covered to December
        // and paid in April, January to March are missing.
        let missing = enrolment.paidOn.monthIndex - end.monthIndex - 1
        guard missing <= Int32(clamping: gapMax) else {
            throw noRule(
                "\(missing) months are without a contribution since \(end.description), more than \(gapMax)")
        }
        return enrolment.paidOn.firstOfNextMonth
    }

    /// First day of the insurance without a break that ends on `end`.
    private func beginWithoutBreak(_ others: [NumberedEnrolment], endingOn end: CalendarDate) -> CalendarDate {
        var begin = end.next
        for other in others.reversed() {
            let covered = other.enrolment.covered
            guard covered.from < begin else { continue }
            guard covered.until.number == 0 || covered.until.next >= begin else { break }
            begin = covered.from
        }
        return begin
    }
}
