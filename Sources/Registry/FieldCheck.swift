import Records
import Settlement

/// Checks of single fields that every rule of registering makes; each throws a refusal that names the field.
enum FieldCheck {
    static func day(_ date: CalendarDate, _ field: String) throws(DomainRefusal) {
        if date.exists { return }
        throw DomainRefusal(
            .dateInvalid, field, "\(date.number)", "not a day of the years 1900 to 2999; send it as YYYYMMDD")
    }

    static func optionalDay(_ date: CalendarDate, _ field: String) throws(DomainRefusal) {
        if date.number != 0 { try day(date, field) }
    }

    /// Each day is told by the field it stands in.
    static func range(_ range: DateRange, _ from: String, _ until: String) throws(DomainRefusal) {
        try optionalDay(range.from, from)
        try optionalDay(range.until, until)
        if range.until.number != 0, range.until < range.from {
            throw DomainRefusal(
                .dateInvalid, until, range.until.description,
                "lies before its beginning \(range.from.description); correct one of them")
        }
    }

    static func premium(_ amount: Fen, _ field: String) throws(DomainRefusal) {
        if amount >= 0, amount <= RegistryLimit.premiumMax { return }
        throw DomainRefusal(
            .amountOutOfRange, field, "\(amount)", rule: "G-1",
            "not in 0 … \(RegistryLimit.premiumMax) fen; correct the amount")
    }

    /// At most `RegistryLimit.nameBytesMax` bytes, no control characters; may be empty.
    static func name(_ name: String, _ field: String) throws(DomainRefusal) {
        let isPrintable = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
        if isPrintable, name.utf8.count <= RegistryLimit.nameBytesMax { return }
        throw DomainRefusal(
            .factInvalid, field, String(name.prefix(RegistryLimit.nameBytesMax / 4)),
            "a name has at most \(RegistryLimit.nameBytesMax) bytes and no control characters; correct it")
    }

    /// 1 … `RegistryLimit.codeBytesMax` printable ASCII characters without a space.
    static func code(_ code: String, _ field: String) throws(DomainRefusal) {
        let bytes = code.utf8
        if !bytes.isEmpty, bytes.count <= RegistryLimit.codeBytesMax, bytes.allSatisfy({ (0x21...0x7e).contains($0) }) {
            return
        }
        throw DomainRefusal(
            .factInvalid, field, String(code.prefix(RegistryLimit.codeBytesMax)),
            "a code has 1 … \(RegistryLimit.codeBytesMax) printable ASCII characters and no space; correct it")
    }
}
