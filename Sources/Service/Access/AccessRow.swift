/// Who may call one method.
package struct AccessRow: Sendable {
    /// "SettlementService/Settle".
    package let path: String
    /// Whether it changes something: refused while the server is read-only.
    package let isWrite: Bool
    package let grants: [Role: Grant]
    /// The column of the request by which its items are counted, for the caller's rate; nil: it is one.
    let counted: String?

    /// A method that changes something.
    static func write(_ path: String, counted: String? = nil, _ grants: [Role: Grant]) -> AccessRow {
        AccessRow(path: path, isWrite: true, grants: grants, counted: counted)
    }

    /// A method that tells something: the auditor may call it besides.
    static func read(_ path: String, counted: String? = nil, _ grants: [Role: Grant]) -> AccessRow {
        let all = grants.merging([.auditor: .all]) { own, _ in own }
        return AccessRow(path: path, isWrite: false, grants: all, counted: counted)
    }

    /// The same row, without a role.
    func removing(_ role: Role) -> AccessRow {
        AccessRow(path: path, isWrite: isWrite, grants: grants.filter { $0.key != role }, counted: counted)
    }

    /// A method that tells nothing of anybody: every role may call it.
    static func open(_ path: String, counted: String? = nil) -> AccessRow {
        let all = Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, Grant.all) })
        return AccessRow(path: path, isWrite: false, grants: all, counted: counted)
    }
}
