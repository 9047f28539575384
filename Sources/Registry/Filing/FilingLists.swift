import Settlement

/// An application with the person it belongs to.
package struct ListedApplication: Equatable, Sendable {
    package var person: UInt64
    package var application: Application

    package init(person: UInt64, application: Application) {
        self.person = person
        self.application = application
    }
}

/// An entry of the monthly list with the person it belongs to.
package struct ListedSuspicion: Equatable, Sendable {
    package var person: UInt64
    package var suspicion: Suspicion
}

/// A card with the person it belongs to; `until` is the last day, `none` while it is in force.
package struct ListedCard: Equatable, Sendable {
    package var person: UInt64
    package var card: Card
    package var until: CalendarDate
    package var isWithdrawn: Bool
}

/// What offices look through; every list is in a fixed order. `belongs` tells the persons of the office's region.
extension FilingRegister {
    /// A person's applications, the oldest first.
    package func applications(of person: UInt64) -> [Application] { cases[person]?.applications ?? [] }

    /// A person's entries of the monthly lists, the oldest first.
    package func suspicions(of person: UInt64) -> [Suspicion] { cases[person]?.suspicions ?? [] }

    /// A person's outpatient contracts, the oldest first.
    package func contracts(of person: UInt64) -> [OutpatientContract] { cases[person]?.contracts ?? [] }

    /// A person's survey entries, the oldest first.
    package func surveys(of person: UInt64) -> [SurveyEntry] { cases[person]?.surveys ?? [] }

    /// What awaits the appraisal of `month` (`CalendarDate.monthIndex`), what earlier ones left over included (AH-1).
    package func awaiting(month: Int32, belongs: (UInt64) -> Bool = { _ in true }) -> [ListedApplication] {
        awaitingAppraisal.sorted().compactMap { key in
            guard belongs(key.person), let application = try? application(key), application.dueMonth <= month
            else { return nil }
            return ListedApplication(person: key.person, application: application)
        }
    }

    /// Decided applications of which somebody has not been told yet (AH-2).
    package func untold(belongs: (UInt64) -> Bool = { _ in true }) -> [ListedApplication] {
        cases.keys.filter(belongs).sorted().flatMap { person in
            applications(of: person).filter { $0.isDecided && !$0.isComplete }.map {
                ListedApplication(person: person, application: $0)
            }
        }
    }

    /// The open entries of the monthly list, up to `month` (AH-3).
    package func openSuspicions(month: Int32, belongs: (UInt64) -> Bool = { _ in true }) -> [ListedSuspicion] {
        openSuspicions.filter { belongs($0.person) }.sorted().compactMap { key in
            let suspicion = suspicions(of: key.person)[Int(key.number) - 1]
            return suspicion.month <= month ? ListedSuspicion(person: key.person, suspicion: suspicion) : nil
        }
    }

    /// A person's cards, the oldest first, as their qualifications stand now.
    package func cards(of person: UInt64) -> [ListedCard] {
        guard let cards = cases[person]?.cards, !cards.isEmpty else { return [] }
        let known = qualifications.all(of: person)
        return cards.map { card in
            // Follows the corrections of the qualification that the card stands for.
            var number = card.qualification
            var standing = known.first { $0.qualification.number == number }
            while let next = standing?.supersededBy, next > number {
                number = next
                standing = known.first { $0.qualification.number == number }
            }
            return ListedCard(
                person: person, card: card, until: standing?.qualification.inForce.until ?? .none,
                isWithdrawn: standing?.qualification.isWithdrawn ?? false)
        }
    }
}
