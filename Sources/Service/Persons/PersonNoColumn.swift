import Ledger
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// The platform's numbers of a batch's persons, row by row, and what the register made of them.
///
/// Looked up piece by piece on the sequencer before the first row is settled; then only read.
struct PersonNoColumn {
    private let texts: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    private let region: UnsafePointer<CChar>?
    private let sent: Column<UInt64>
    /// Our numbers by row, as they are found.
    private let numbers: UnsafeMutableBufferPointer<UInt64>
    /// 1: nobody was found for the row, and it is not settled.
    private let isUnknown: UnsafeMutableBufferPointer<UInt8>

    /// Rows whose numbers are to be looked up; 0: the batch names persons by our numbers alone.
    var count: Int { numbers.count }

    init(_ request: Jiesuan__V1__SettleBatchRequest, rows: Int, _ arena: Arena) throws(RequestProblem) {
        sent = try Column(request.person, request.n_person, rows: rows, "person")
        region = UnsafePointer(request.person_region)
        let count = request.n_person_nos
        guard count == 0 || count == rows else { throw .column("person_nos", entries: count, rows: rows) }
        texts = request.person_nos
        numbers = try arena.array(count)
        isUnknown = try arena.array(count)
        isUnknown.initialize(repeating: 0)
    }

    /// Our numbers: those that were sent, or those that are found before they are read.
    var persons: Column<UInt64> {
        count == 0 ? sent : Column(UnsafeRawBufferPointer(numbers), rows: count)
    }

    /// Looks the persons of some rows up.
    ///
    /// - Parameter recorded: who the row's id was settled for before, if that was this number; see
    ///   `LedgerAccess.recordedPerson`.
    func find(_ rows: Range<Int>, _ registry: Registry, recorded: (Int, String) -> UInt64?) {
        for row in rows {
            let no = texts?[row].map { UnsafePointer($0) }
            do throws(DomainRefusal) {
                numbers[row] = try registry.person(sent[row], no: no, region: region)
            } catch {
                let known = error.code == .personUnknown ? recorded(row, string(no)) : nil
                numbers[row] = known ?? sent[row]
                isUnknown[row] = known == nil ? 1 : 0
            }
        }
    }

    /// Why nobody was found for a row; nil: somebody was.
    func refusal(_ row: Int, _ registry: Registry) -> DomainRefusal? {
        guard row < count, isUnknown[row] == 1 else { return nil }
        do throws(DomainRefusal) {
            _ = try registry.person(name(row))
            // Registered since it was looked up: the caller sends the row again.
            return DomainRefusal(
                .personUnknown, PersonField.person.no, name(row).no, "was registered while the batch ran; send it again"
            )
        } catch { return error }
    }

    /// A row's refusal in the words of its caller.
    func naming(_ refusal: DomainRefusal, _ row: Int) -> DomainRefusal {
        row < count ? refusal.naming(name(row), as: numbers[row]) : refusal
    }

    private func name(_ row: Int) -> PersonName {
        let no = texts?[row].map { UnsafePointer($0) }
        return PersonName(sent[row], no: string(no), region: string(region))
    }
}

extension LedgerAccess {
    /// The person for whom the settlement of that id was recorded, if the platform's number was ever the person's.
    ///
    /// So a settlement that is asked for again is answered as it was, though the number was corrected meanwhile.
    func recordedPerson(_ id: UnsafeRawBufferPointer, no: String) -> UInt64? {
        guard id.count > 0, let person = (try? ledger.get(id))?.entry.person else { return nil }
        return ledger.registry.people.everHad(no, person) ? person : nil
    }
}
