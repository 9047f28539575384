import Ledger
import RPC
import Records
import Registry
import Settlement

/// The owners of accounts in rows that are reconciled, by the platform's numbers (psn_no).
///
/// Looked up on the sequencer in pieces, so that nobody waits for 100,000 rows of somebody else's.
struct ReconcilePersons {
    /// Look-ups in one piece of the sequencer's time: some 0.5 µs each.
    private static let perPiece = 1_000
    private static let field = PersonField(number: "rows.person", no: "rows.person_no")

    private let access: LedgerAccess
    /// By our number: as they came, and as registered last.
    private var sent: [UInt64: String] = [:]
    private var registered: [UInt64: String] = [:]
    /// Rows whose number is nobody's.
    private(set) var unknown: [(line: ReconcileLine, no: String)] = []

    init(_ access: LedgerAccess) { self.access = access }

    /// Gives rows their owners' numbers, and takes those out that name nobody.
    ///
    /// - Parameter names: the indexes of the rows that name their owner by the platform's number, ascending.
    /// - Throws: what is no number, belongs to another person than the row's, or is several persons'.
    mutating func find(
        _ names: [(index: Int, name: PersonName)], in lines: inout [ReconcileLine]
    ) throws(CallFailure) {
        var nobody: Set<Int> = []
        for start in stride(from: 0, to: names.count, by: Self.perPiece) {
            let piece = Array(names[start..<min(start + Self.perPiece, names.count)])
            let found = try access.askSequencer { ledger throws(RequestProblem) in
                var found: [UInt64?] = []
                for (_, name) in piece {
                    do throws(DomainRefusal) { found.append(try ledger.registry.person(name, Self.field)) } catch {
                        guard error.code == .personUnknown else { throw .domain(error) }
                        found.append(nil)
                    }
                }
                return found
            }
            for (row, number) in zip(piece, found) {
                if let number {
                    lines[row.index].person = number
                    sent[number] = row.name.no
                } else {
                    unknown.append((lines[row.index], row.name.no))
                    nobody.insert(row.index)
                }
            }
        }
        guard !nobody.isEmpty else { return }
        lines = lines.indices.filter { !nobody.contains($0) }.map { lines[$0] }
    }

    /// Looks up what the register has of the owners of our rows.
    mutating func register(_ lines: [ReconcileLine]) throws(CallFailure) {
        let owners = Array(Set(lines.lazy.map(\.person).filter { $0 != 0 }))
        for start in stride(from: 0, to: owners.count, by: Self.perPiece) {
            let piece = Array(owners[start..<min(start + Self.perPiece, owners.count)])
            let found = try access.askSequencer { ledger throws(RequestProblem) in
                piece.map { ledger.registry.people.personNo(of: $0) }
            }
            for (owner, no) in zip(piece, found) where !no.isEmpty { registered[owner] = no }
        }
    }

    /// The number with which the institution named the owner of its row; empty: it did not.
    func no(ofTheirs line: ReconcileLine) -> String { sent[line.person] ?? "" }

    /// The number that is registered of the owner of our row; empty: none.
    func no(ofOurs line: ReconcileLine) -> String { registered[line.person] ?? "" }
}
