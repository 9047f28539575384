import Client
import Settlement

/// Rows of the institution's books, each with the ledger's finding.
struct BookComparison {
    /// The ledger's finding on a row.
    enum Finding {
        case equal
        case onlyThere
        case differs(ours: RemoteRow)
    }

    let rows: [BookRow]
    /// Findings, one for each row.
    private(set) var findings: [Finding]
    /// Rows that only the ledger has.
    private(set) var onlyHere: [RemoteRow]

    /// - Parameters:
    ///   - details: what the server found of the rows. A file of the platform's does not tell account use from
    ///     settlements: what the ledger has as account use of the same id and person is such a row's.
    ///   - number: asks the register for our number of a person who is named by the platform's; nil: nobody has it.
    ///     Asked only about rows whose id is that of account use.
    init(
        _ file: ReconcileFile, _ details: RemoteDetails, number: (String) throws -> UInt64? = { _ in nil }
    ) rethrows {
        rows = file.rows
        findings = Array(repeating: .equal, count: file.rows.count)
        onlyHere = details.onlyHere
        // Rows equal in all compared values are interchangeable.
        var remaining: [RemoteRow: [Int]] = [:]
        for index in rows.indices.reversed() { remaining[rows[index].row.asSent, default: []].append(index) }
        for pair in details.differing {
            if let index = remaining[pair.theirs.asSent]?.popLast() { findings[index] = .differs(ours: pair.ours) }
        }
        // The second of two equal rows is the surplus one.
        for row in details.onlyThere {
            if let index = remaining[row.asSent]?.first {
                remaining[row.asSent]?.removeFirst()
                findings[index] = .onlyThere
            }
        }
        if file.isPlatform { try findAccountUse(number) }
    }

    /// The comparison in the form of the server's answer.
    var details: RemoteDetails {
        var equal = 0
        var onlyThere: [RemoteRow] = []
        var differing: [(theirs: RemoteRow, ours: RemoteRow)] = []
        for (row, finding) in zip(rows, findings) {
            switch finding {
            case .equal: equal += 1
            case .onlyThere: onlyThere.append(row.row)
            case .differs(let ours): differing.append((row.row, ours))
            }
        }
        let isBalanced = onlyThere.isEmpty && onlyHere.isEmpty && differing.isEmpty
        return RemoteDetails(
            isBalanced: isBalanced, equal: equal, onlyThere: onlyThere, onlyHere: onlyHere, differing: differing)
    }

    /// Matches account use outside settlements (CQ-31), which the platform's file does not mark.
    private mutating func findAccountUse(_ number: (String) throws -> UInt64?) rethrows {
        struct Use: Hashable {
            var id: String
            var isReversal: Bool
        }
        var uses: [Use: [Int]] = [:]
        for (index, row) in onlyHere.enumerated() where row.person != 0 {
            uses[Use(id: row.id, isReversal: row.isReversal), default: []].append(index)
        }
        var found: Set<Int> = []
        for index in rows.indices {
            guard case .onlyThere = findings[index] else { continue }
            let row = rows[index]
            let use = Use(id: row.row.id, isReversal: row.row.isReversal)
            guard let candidates = uses[use], let owner = try number(row.person) ?? UInt64(row.person) else { continue }
            guard let match = candidates.first(where: { onlyHere[$0].person == owner && !found.contains($0) }) else {
                continue
            }
            found.insert(match)
            var theirs = row.row
            theirs.person = owner
            findings[index] = theirs == onlyHere[match] ? .equal : .differs(ours: onlyHere[match])
        }
        onlyHere = onlyHere.enumerated().filter { !found.contains($0.offset) }.map(\.element)
    }
}

extension RemoteRow {
    /// The row without what the server adds to one of the institution's: our number of who is named by the platform's.
    fileprivate var asSent: RemoteRow {
        var row = self
        row.personRegion = ""
        if !row.personNo.isEmpty { row.person = 0 }
        return row
    }
}
