import Policy
import Records
import Registry
import Settlement

/// The facts for an account use outside settlements (CQ-31).
package struct UseFacts: Equatable, Sendable {
    /// The beneficiary's relation to the owner.
    package enum Beneficiary: Equatable, Sendable {
        case own
        case spouse, parent, child
        /// No relation is registered.
        case other

        /// The name in packs.
        var name: String {
            switch self {
            case .own: "own"
            case .spouse: "spouse"
            case .parent: "parent"
            case .child: "child"
            case .other: "anyone"
            }
        }
    }

    /// The kind of the institution that is paid.
    package enum Institution: Equatable, Sendable {
        /// The request names none.
        case none
        /// It is not registered.
        case unknown
        /// 定点医疗机构.
        case medical
        /// 定点零售药店.
        case pharmacy
        /// Registered, but not designated on that day.
        case notDesignated
    }

    package var beneficiary: Beneficiary
    /// Whether the owner is retired.
    package var isRetired: Bool
    package var institution: Institution

    package init(beneficiary: Beneficiary = .own, isRetired: Bool = false, institution: Institution = .none) {
        self.beneficiary = beneficiary
        self.isRetired = isRetired
        self.institution = institution
    }
}

/// A request for an account use outside settlements.
package struct UseCommand: Equatable, Sendable {
    package var owner: UInt64
    /// In fen.
    package var amount: Fen
    package var purpose: UsePurpose
    /// The beneficiary; the owner unless another person is named.
    package var beneficiary: UInt64
    /// Code of the institution that is paid; empty: none.
    package var institution: String

    package init(owner: UInt64, amount: Fen, purpose: UsePurpose, beneficiary: UInt64, institution: String = "") {
        self.owner = owner
        self.amount = amount
        self.purpose = purpose
        self.beneficiary = beneficiary
        self.institution = institution
    }
}

extension AccountBook {
    /// A use outside settlements (CQ-31), for a purpose and a person allowed by the pack, at most the balance.
    ///
    /// - Parameter region: the owner's present region, whose account fund pays.
    package func use(
        _ command: UseCommand, _ facts: UseFacts, _ rules: AccountRules, region: String = ""
    ) throws(DomainRefusal) -> [AccountEvent] {
        try Self.checkAmount(command.amount)
        try Self.checkText(command.institution, "institution", needed: false)
        try rules.check(command, facts)
        guard let account = account(of: command.owner) else { throw Self.unknown("person", command.owner) }
        if account.status != .open { throw Self.closed(account.status, command.owner) }
        guard command.amount <= account.balance else {
            throw DomainRefusal(
                .balanceTooLow, "amount", "\(command.amount)", rule: "CQ-31",
                "the account has \(account.balance) fen: ask for at most that")
        }
        let movement = AccountMovement.use(
            command.purpose, beneficiary: command.beneficiary, institution: command.institution, region: region)
        return [event(command.owner, movement, -command.amount)]
    }
}

extension AccountRules {
    func check(_ command: UseCommand, _ facts: UseFacts) throws(DomainRefusal) {
        let purpose = command.purpose
        if let refused = parameter("account.use.refused"), case .names(let names) = refused.value,
            names.contains(purpose.name)
        {
            throw notAllowed("purpose", purpose.name, refused)
        }
        if purpose == .cash, let grounds = parameter("account.cash.grounds") {
            throw notAllowed("purpose", purpose.name, grounds)
        }
        guard let allowed = beneficiaries(of: purpose), case .names(let persons) = allowed.value else {
            throw DomainRefusal(
                .noRule, "purpose", purpose.name, rule: cites("CQ-31"),
                "the documents of the region \(region) do not say that an account may pay it")
        }
        try checkBeneficiary(command, facts, allowed, persons)
        try checkInstitution(command, facts)
    }

    private func checkBeneficiary(
        _ command: UseCommand, _ facts: UseFacts, _ allowed: Parameter, _ persons: [String]
    ) throws(DomainRefusal) {
        if persons.contains("anyone") || persons.contains(facts.beneficiary.name) { return }
        switch facts.beneficiary {
        case .own:
            if facts.isRetired, persons.contains("own_retired") { return }
            throw notAllowed("person", "\(command.owner)", allowed)
        case .spouse, .parent, .child:
            throw notAllowed("beneficiary", facts.beneficiary.name, allowed)
        case .other:
            // Registering a relative does not help where none is allowed.
            guard persons.contains(where: { ["spouse", "parent", "child"].contains($0) }) else {
                throw notAllowed("beneficiary", "\(command.beneficiary)", allowed)
            }
            throw DomainRefusal(
                .relationNotRegistered, "beneficiary", "\(command.beneficiary)", rule: allowed.citation.rule,
                "an account pays for the owner's spouse, parents and children: register the relation first "
                    + "(\(allowed.citation.quoted))")
        }
    }

    private func checkInstitution(_ command: UseCommand, _ facts: UseFacts) throws(DomainRefusal) {
        let needed: UseFacts.Institution
        switch command.purpose {
        case .institution: needed = .medical
        case .pharmacy: needed = .pharmacy
        default:
            guard facts.institution == .unknown else { return }
            throw unknownInstitution(command)
        }
        switch facts.institution {
        case needed: return
        case .none:
            throw DomainRefusal(
                .factMissing, "institution", "", rule: "CQ-31", "name the designated institution that takes the money")
        case .unknown: throw unknownInstitution(command)
        case .medical, .pharmacy, .notDesignated:
            throw DomainRefusal(
                .institutionNotDesignated, "institution", command.institution, rule: "CQ-31",
                needed == .pharmacy
                    ? "drugs, devices and consumables are paid at a designated pharmacy (定点零售药店)"
                    : "the own part of a visit is paid at a designated medical institution (定点医疗机构)")
        }
    }

    private func unknownInstitution(_ command: UseCommand) -> DomainRefusal {
        DomainRefusal(
            .institutionUnknown, "institution", command.institution, rule: "CQ-31", "register the institution first")
    }

    private func notAllowed(_ field: String, _ value: String, _ parameter: Parameter) -> DomainRefusal {
        DomainRefusal(
            .purposeNotAllowed, field, value, rule: parameter.citation.rule,
            "an account may not be used for that (\(parameter.citation.quoted))")
    }
}
