import Policy
import Records
import Settlement
import Text

/// Decisions: each gives the event to record, or refuses; none changes anything.
extension RecognitionState {
    /// Natural years of one person: a long life.
    package static var recognitionsMax: Int { 150 }

    /// 申请. One a natural year, whatever becomes of it (一个年度内不得重复申请).
    package func apply(on day: CalendarDate, today: CalendarDate) throws(DomainRefusal) -> RecognitionEvent {
        try checkPast(day, "applied_on", today)
        if let earlier = self[day.year] {
            throw DomainRefusal(
                .recognitionRefused, "applied_on", day.description, rule: "YT-7",
                "applied on \(earlier.applied.description) already: one application in a natural year")
        }
        if recognitions.count >= RecognitionState.recognitionsMax {
            throw DomainRefusal(
                .recognitionRefused, "applied_on", day.description,
                "\(recognitions.count) applications are kept at most")
        }
        return .applied(on: day)
    }

    /// 民政部门 did not recognise the application of `year`.
    package func refuse(
        year: Int32, on day: CalendarDate, reason: String, today: CalendarDate
    ) throws(DomainRefusal) -> RecognitionEvent {
        _ = try pending(year, day, today)
        try checkReason(reason, rule: "YT-7")
        return .refused(year: year, on: day, reason: reason)
    }

    /// 民政部门 recognised the application of `year`; the event says what is due for the past.
    ///
    /// - Parameters:
    ///   - identity: what counts for the person on `day` besides; whoever has one of the other five is not eligible.
    ///   - past: the person's settlements that stand; those outside the window or counted already do not matter.
    ///   - outside: burdens that were settled before this ledger, all of them before `pack` came into force.
    /// - Throws: `RECOGNITION_REFUSED` where YT-7's conditions fail, `NO_RULE` where the pack has no recognition.
    package func recognise(
        year: Int32, on day: CalendarDate, identity: Identity, past: some Sequence<SettledBurden>,
        outside: [SettledBurden] = [], _ pack: PolicyPack, today: CalendarDate
    ) throws(DomainRefusal) -> RecognitionEvent {
        guard let terms = pack.recognition else {
            throw DomainRefusal(
                .noRule, "region", pack.region, rule: pack.cites("YT-7"),
                "the pack has no recognition of poverty through illness")
        }
        var recognition = try pending(year, day, today)
        if identity != .none, identity != .illnessPoverty {
            throw DomainRefusal(
                .recognitionRefused, "identity", "\(identity)".snakeCased, rule: "YT-7",
                "is assisted under this identity already: only persons with none of the others are recognised")
        }
        if let later = recognitions.last(where: \.isRecognised), later.year > year {
            throw DomainRefusal(
                .recognitionRefused, "year", "\(year)", rule: "YT-7",
                "the application of \(later.year) was recognised already, and its window counted")
        }
        recognition.terms = terms
        recognition.outside = try sum(outside, recognition.window, before: pack.inForce.from)
        recognition.burden = recognition.outside
        for settled in past where recognition.window.contains(settled.serviceDate) && index(of: settled) == nil {
            if !settled.isAssisted { recognition.burden += settled.burden }
        }
        return .recognised(
            year: year, on: day, terms, burden: recognition.burden, outside: recognition.outside,
            paid: recognition.entitled)
    }

    /// Pays what a reversal left outstanding in `year`; nil: nothing is.
    package func payOutstanding(year: Int32) -> RecognitionEvent? {
        guard let amount = self[year]?.outstanding, amount > 0 else { return nil }
        return .paidOutstanding(year: year, amount)
    }

    /// The office takes the recognition of `year` back, with what it paid beside settlements; the application is then
    /// to be decided anew, for it is still the only one of its year.
    ///
    /// - Parameter carrier: id of a standing settlement of the days given that carries a part of it.
    package func takeBack(
        year: Int32, on day: CalendarDate, reason: String, today: CalendarDate,
        carrier: (DateRange) throws(DomainRefusal) -> String
    ) throws(DomainRefusal) -> RecognitionEvent {
        try checkPast(day, "on", today)
        try checkReason(reason, rule: "YT-7")
        guard let recognition = self[year], recognition.isRecognised else {
            throw DomainRefusal(
                .recordUnknown, "year", "\(year)", rule: "YT-7", "nobody was recognised in that natural year")
        }
        if day < recognition.recognised {
            throw DomainRefusal(
                .dateInvalid, "on", day.description,
                "is before the recognition, \(recognition.recognised.description)")
        }
        if let later = recognitions.last(where: \.isRecognised), later.year > year {
            throw DomainRefusal(
                .recognitionRefused, "year", "\(year)", rule: "YT-7",
                "the recognition of \(later.year) stands, whose window was counted after it: take that one back first")
        }
        guard recognition.carried == 0 else {
            throw DomainRefusal(
                .laterSettlementStands, "year", "\(year)", rule: "YT-7",
                "settlement \(try carrier(recognition.window)) carries a part of the recognition: reverse it first")
        }
        return .takenBack(year: year, on: day, reason: reason, amount: -recognition.beside)
    }

    private func pending(
        _ year: Int32, _ day: CalendarDate, _ today: CalendarDate
    ) throws(DomainRefusal) -> Recognition {
        try checkPast(day, "on", today)
        guard let recognition = self[year] else {
            throw DomainRefusal(
                .wrongStep, "year", "\(year)", rule: "YT-7", "the next step is an application in that natural year")
        }
        guard recognition.isPending else {
            let what = recognition.isRecognised ? "recognised" : "refused"
            throw DomainRefusal(
                .recognitionRefused, "year", "\(year)", rule: "YT-7",
                "the application of \(recognition.applied.description) was \(what) already: one in a natural year")
        }
        if day < recognition.applied {
            throw DomainRefusal(
                .dateInvalid, "on", day.description, "is before the application, \(recognition.applied.description)")
        }
        return recognition
    }

    private func sum(
        _ burdens: [SettledBurden], _ window: DateRange, before first: CalendarDate
    ) throws(DomainRefusal) -> Fen {
        var sum: Fen = 0
        for burden in burdens {
            try checkDay(burden.serviceDate, "outside.service_date")
            if !window.contains(burden.serviceDate) || burden.serviceDate >= first {
                throw DomainRefusal(
                    .dateInvalid, "outside.service_date", burden.serviceDate.description, rule: "YT-7",
                    "only costs from \(window.from.description) to before \(first.description) are given here: "
                        + "later ones are settled in this ledger")
            }
            if burden.burden < 0 || burden.burden > AmountLimit.claimMax || sum > AmountLimit.claimMax {
                throw DomainRefusal(
                    .amountOutOfRange, "outside.burden", "\(burden.burden)", rule: "G-1", "0 … 10^12 fen")
            }
            if !burden.isAssisted { sum += burden.burden }
        }
        return sum
    }
}

/// A day of the calendar that is not after today (G-16).
func checkPast(_ day: CalendarDate, _ field: String, _ today: CalendarDate) throws(DomainRefusal) {
    try checkDay(day, field)
    try FieldCheck.notAfter(today, day, field)
}

/// A written reason (书面告知), of at most `FilingLimit.textBytesMax` bytes.
func checkReason(_ reason: String, rule: String) throws(DomainRefusal) {
    if !reason.utf8.contains(where: { $0 > 32 }) {
        throw DomainRefusal(.reasonMissing, "reason", "", rule: rule, "a refusal needs its written reason")
    }
    try checkText(reason, "reason")
}

func checkText(_ text: String, _ field: String, bytesMax: Int = FilingLimit.textBytesMax) throws(DomainRefusal) {
    if text.utf8.count > bytesMax {
        throw DomainRefusal(.factInvalid, field, "\(text.utf8.count) bytes", "has at most \(bytesMax) bytes")
    }
}
