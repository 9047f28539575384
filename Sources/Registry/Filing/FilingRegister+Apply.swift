import Records
import Settlement

extension FilingRegister {
    /// Takes over an event of the journal. One that does not fit, which the rules never give, changes nothing.
    package func apply(_ event: FilingEvent, recorded: Moment) {
        switch event {
        case .designated(let institution, let roles): self.roles[institution] = roles
        case .qualified(let person, let qualification):
            qualifications.append(qualification, of: person, recorded: recorded)
        case .application(let person, let number, let event): apply(event, number, of: person, recorded)
        case .expert(let expert): experts[expert.code] = expert
        case .suspicion(let person, let number, let event): apply(event, number, of: person, recorded)
        case .contract(let person, let contract): cases[person, default: FilingCase()].contracts.append(contract)
        case .survey(let person, let entry): cases[person, default: FilingCase()].surveys.append(entry)
        case .feedback(let person, let feedback): cases[person, default: FilingCase()].feedback.append(feedback)
        case .chronicReport(let person, let report): cases[person, default: FilingCase()].chronicReports.append(report)
        case .statement(let statement):
            // Numbered, so that one that is there already is not added again.
            guard Int(statement.number) == statements(of: statement.region, statement.year).count + 1 else { return }
            statements.append(KnownStatement(statement: statement, recorded: recorded))
        }
    }

    private func apply(_ event: ApplicationEvent, _ number: UInt32, of person: UInt64, _ recorded: Moment) {
        if case .received(let disease, let papers, let servicePoint, let day) = event {
            guard Int(number) == (cases[person]?.applications.count ?? 0) + 1 else { return }
            cases[person, default: FilingCase()].applications.append(
                Application(
                    number: number, disease: disease, papers: papers, servicePoint: servicePoint, received: day))
            return closeSuspicions(of: person, disease, .applied, on: day)
        }
        let index = Int(number) - 1
        guard let known = cases[person]?.applications, known.indices.contains(index) else { return }
        var application = known[index]
        if case .approved(let card, let experts) = event {
            application.experts = experts
            application.isGreenChannel = card.way == .greenChannel
            application.card = card.number
            application.decided = card.since
            issue(card, to: person, recorded)
        }
        application.take(event)
        let key = FilingKey(person: person, number: number)
        if application.step == .passedOn { awaitingAppraisal.insert(key) } else { awaitingAppraisal.remove(key) }
        cases[person]?.applications[index] = application
    }

    private func apply(_ event: SuspicionEvent, _ number: UInt32, of person: UInt64, _ recorded: Moment) {
        if case .listed(let disease, let source, let month, let day) = event {
            guard Int(number) == (cases[person]?.suspicions.count ?? 0) + 1 else { return }
            cases[person, default: FilingCase()].suspicions.append(
                Suspicion(number: number, disease: disease, source: source, month: month, reported: day))
            openSuspicions.insert(FilingKey(person: person, number: number))
            return
        }
        guard let known = cases[person]?.suspicions, known.indices.contains(Int(number) - 1) else { return }
        switch event {
        case .listed: break
        case .carded(let card):
            issue(card, to: person, recorded)
            close(number, of: person, .carded, on: card.since, reason: "")
        case .closed(let day, let reason): close(number, of: person, .closed, on: day, reason: reason)
        }
    }

    /// A card puts the disease on file and closes what else the list says of it.
    private func issue(_ card: Card, to person: UInt64, _ recorded: Moment) {
        lastCard = max(lastCard, card.number)
        cases[person, default: FilingCase()].cards.append(card)
        let qualification = Qualification(
            number: card.qualification, disease: card.disease, inForce: DateRange(from: card.since), way: card.way)
        qualifications.append(qualification, of: person, recorded: recorded)
        closeSuspicions(of: person, card.disease, .carded, on: card.since)
    }

    private func closeSuspicions(
        of person: UInt64, _ disease: String, _ outcome: SuspicionOutcome, on day: CalendarDate
    ) {
        for suspicion in cases[person]?.suspicions ?? []
        where suspicion.outcome == .open && suspicion.disease == disease {
            close(suspicion.number, of: person, outcome, on: day, reason: "")
        }
    }

    private func close(
        _ number: UInt32, of person: UInt64, _ outcome: SuspicionOutcome, on day: CalendarDate, reason: String
    ) {
        let index = Int(number) - 1
        cases[person]?.suspicions[index].outcome = outcome
        cases[person]?.suspicions[index].settled = day
        cases[person]?.suspicions[index].reason = reason
        openSuspicions.remove(FilingKey(person: person, number: number))
    }
}

extension Application {
    /// The step that an event makes.
    fileprivate mutating func take(_ event: ApplicationEvent) {
        switch event {
        case .received: break
        case .checked(let day):
            step = .checked
            checked = day
        case .returned(let day, let why):
            step = .returned
            checked = day
            reason = why
        case .passedOn(let day, let month):
            step = .passedOn
            passedOn = day
            dueMonth = month
        case .approved: step = .approved
        case .refused(let day, let isGreen, let by, let why):
            step = .refused
            decided = day
            isGreenChannel = isGreen
            experts = by
            reason = why
        case .told(let recipient, let day): told[Int(recipient.rawValue)] = day
        }
    }
}
