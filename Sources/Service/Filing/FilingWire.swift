import Policy
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// Messages of `FilingService` ↔ values.
enum FilingWire {
    /// `body`, or its refusal as the caller reads it.
    static func guarded(_ body: () throws(DomainRefusal) -> CallStatus) -> CallStatus {
        do throws(DomainRefusal) { return try body() } catch { return CallStatus(error) }
    }

    // MARK: Reading

    /// A number of the wire as one of our enums.
    static func value<Value: RawRepresentable>(
        _ number: UInt32, _ field: String, as type: Value.Type = Value.self
    ) throws(DomainRefusal) -> Value where Value.RawValue == UInt8 {
        if let small = UInt8(exactly: number), let value = Value(rawValue: small) { return value }
        throw DomainRefusal(.factInvalid, field, "\(number)", "this is none of the values of the .proto")
    }

    static func day(_ number: UInt32, _ field: String) throws(DomainRefusal) -> CalendarDate {
        let date = CalendarDate(Int32(exactly: number) ?? -1)
        if date.exists { return date }
        throw DomainRefusal(.dateInvalid, field, "\(number)", "write the day as 20240131")
    }

    /// A day; 0: none.
    static func optionalDay(_ number: UInt32, _ field: String) throws(DomainRefusal) -> CalendarDate {
        number == 0 ? .none : try day(number, field)
    }

    /// YYYYMM as a `CalendarDate.monthIndex`.
    static func monthIndex(_ number: UInt32, _ field: String) throws(DomainRefusal) -> Int32 {
        let first = CalendarDate(Int32(exactly: UInt64(number) * 100 + 1) ?? -1)
        if first.exists { return first.monthIndex }
        throw DomainRefusal(.dateInvalid, field, "\(number)", "write the month as 202007")
    }

    static func command(
        _ request: Jiesuan__V1__RecogniseRequest, on day: CalendarDate
    ) throws(DomainRefusal) -> RecognitionCommand {
        switch request.step {
        case JIESUAN__V1__RECOGNITION_STEP__RECOGNITION_STEP_APPLY: return .apply(on: day)
        case JIESUAN__V1__RECOGNITION_STEP__RECOGNITION_STEP_REFUSE:
            return .refuse(year: request.year, on: day, reason: string(request.reason))
        case JIESUAN__V1__RECOGNITION_STEP__RECOGNITION_STEP_RECOGNISE:
            var outside: [SettledBurden] = []
            for index in 0..<request.n_outside {
                guard let burden = request.outside[index]?.pointee else { continue }
                outside.append(
                    SettledBurden(
                        serviceDate: try Self.day(burden.service_date, "outside.service_date"), burden: burden.burden))
            }
            return .recognise(year: request.year, on: day, outside: outside)
        case JIESUAN__V1__RECOGNITION_STEP__RECOGNITION_STEP_PAY_OUTSTANDING:
            return .payOutstanding(year: request.year)
        case JIESUAN__V1__RECOGNITION_STEP__RECOGNITION_STEP_TAKE_BACK:
            return .takeBack(year: request.year, on: day, reason: string(request.reason))
        default:
            throw DomainRefusal(
                .factInvalid, "step", "\(request.step.rawValue)", "this is none of the values of the .proto")
        }
    }

    // MARK: Writing

    static func number(_ day: CalendarDate) -> UInt32 { UInt32(max(0, day.number)) }

    /// A `CalendarDate.monthIndex` as YYYYMM; 0 stays 0.
    static func month(_ index: Int32) -> UInt32 {
        index <= 0 ? 0 : UInt32(index / 12 * 100 + index % 12 + 1)
    }
}
