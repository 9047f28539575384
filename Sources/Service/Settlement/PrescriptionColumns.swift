import RPC
import Registry
import Settlement
import WireMessages

/// The prescriptions of a batch's pharmacy claims (CQ-16); most batches have none.
struct PrescriptionColumns {
    private let institution: Column<UInt32>
    private let number: Column<UInt32>
    private let date: Column<UInt32>
    private let numbers: [String]
    let isAny: Bool

    /// - Throws: `RequestProblem` where a column is not as long as the batch, or names what its table does not have.
    init(_ request: Jiesuan__V1__SettleBatchRequest, rows: Int) throws(RequestProblem) {
        institution = try Column(
            request.prescribing_institution, request.n_prescribing_institution, rows: rows, "prescribing_institution")
        number = try Column(
            request.prescription_number, request.n_prescription_number, rows: rows, "prescription_number")
        date = try Column(request.prescription_date, request.n_prescription_date, rows: rows, "prescription_date")
        numbers = try Self.numbers(request, rows: rows)
        isAny = request.n_prescribing_institution + request.n_prescription_number + request.n_prescription_date > 0
        for row in 0..<request.n_prescribing_institution
        where Int(institution[row]) > request.n_institutions {
            throw .record("prescribing_institution", entry: row, "names no entry of institutions")
        }
        for row in 0..<request.n_prescription_number where Int(number[row]) > numbers.count {
            throw .record("prescription_number", entry: row, "names no entry of prescription_numbers")
        }
    }

    private static func numbers(
        _ request: Jiesuan__V1__SettleBatchRequest, rows: Int
    ) throws(RequestProblem) -> [String] {
        guard request.n_prescription_numbers <= rows else {
            throw .malformed("prescription_numbers has more entries than the batch has rows")
        }
        var numbers: [String] = []
        for index in 0..<request.n_prescription_numbers {
            let text = request.prescription_numbers[index].map { UnsafePointer($0) }
            guard bytes(text).count <= SettleLimit.textBytesMax else {
                throw .record("prescription_numbers", entry: index, "is longer than 64 bytes")
            }
            numbers.append(string(text))
        }
        return numbers
    }

    /// Index into the request's institutions of who prescribed; beyond them where nobody is named.
    func prescribing(_ row: Int) -> Int { institution[row] == 0 ? .max : Int(institution[row]) - 1 }

    func read(
        _ row: Int, _ institutions: UnsafeMutableBufferPointer<UInt32>, into command: inout SettleCommand
    ) {
        command.prescribing = institution[row] == 0 ? 0 : institutions[Int(institution[row]) - 1]
        command.prescription = number[row] == 0 ? "" : numbers[Int(number[row]) - 1]
        command.prescriptionDate = CalendarDate(Int32(clamping: date[row]))
    }
}
