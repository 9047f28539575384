import Settlement

/// Whose personal account pays (个人账户共济关系). Raw values are those of `Relation` in `person.proto`.
package enum AccountRelation: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case own, spouse, parent, child

    package var label: Label {
        switch self {
        case .own: Label(zh: "本人", en: "own")
        case .spouse: Label(zh: "配偶", en: "spouse")
        case .parent: Label(zh: "父母", en: "parent")
        case .child: Label(zh: "子女", en: "child")
        }
    }
}

/// A personal account and what stands on it, in fen.
package struct AccountState: Equatable, Sendable, BitwiseCopyable {
    package var relation: AccountRelation
    package var balance: Fen

    package init(relation: AccountRelation = .own, balance: Fen) {
        self.relation = relation
        self.balance = balance
    }
}
