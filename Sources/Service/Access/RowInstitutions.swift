import CShims
import ProtoJSON
import RPC

/// The institutions of a batch's rows: a table of codes, and a column of places in it.
///
/// The table also has the institutions that prescribed; only those that a row was settled at count.
struct RowInstitutions: Sendable {
    private let codes: UInt32
    private let places: UInt32

    init(of message: MessageType) {
        func number(_ name: String) -> UInt32 {
            guard let field = message.fields.first(where: { $0.protoName == name }) else {
                preconditionFailure("\(message.name) has no field \(name)")
            }
            return field.id
        }
        (codes, places) = (number("institutions"), number("institution"))
    }

    /// The first row that is of none of the caller's institutions; nil: every one is.
    ///
    /// Takes a comparison for each code, and where one is foreign nanoseconds for each row besides.
    func firstForeign(in message: UnsafeRawBufferPointer, _ reach: Reach) -> Int? {
        var count = 0
        var foreign: [Bool] = []
        var fields = WireFields(message)
        while !fields.isAtEnd {
            guard let field = fields.next() else { return 0 }
            guard field.number == codes else {
                guard fields.skip(field) else { return 0 }
                continue
            }
            guard let code = fields.bytes(field) else { return 0 }
            if !reach.acts(for: code) {
                foreign.append(contentsOf: repeatElement(false, count: count - foreign.count))
                foreign.append(true)
            }
            count += 1
        }
        if foreign.isEmpty { return count == 0 ? 0 : nil }
        foreign.append(contentsOf: repeatElement(false, count: count - foreign.count))
        return firstRow(in: message) { $0 >= foreign.count || foreign[$0] }
    }

    /// The first row whose place in the table is meant; a column that was not sent says 0 for every row.
    private func firstRow(in message: UnsafeRawBufferPointer, _ isMeant: (Int) -> Bool) -> Int? {
        var row = 0
        var fields = WireFields(message)
        while !fields.isAtEnd {
            guard let field = fields.next() else { return row }
            guard field.number == places else {
                guard fields.skip(field) else { return row }
                continue
            }
            if field.wireType == 2 {
                guard let bytes = fields.bytes(field) else { return row }
                var packed = WireFields(bytes)
                while !packed.isAtEnd {
                    guard let place = packed.number(ofWireType: 5) else { return row }
                    if isMeant(Int(place)) { return row }
                    row += 1
                }
            } else {
                guard let place = fields.number(ofWireType: field.wireType) else { return row }
                if isMeant(Int(place)) { return row }
                row += 1
            }
        }
        return row == 0 && isMeant(0) ? 0 : nil
    }
}
