import Records
import Settlement

/// An area of the operator's table (区县, 乡镇街道), rule G-17: two levels, a county or district and its townships or
/// streets.
package struct AreaRecord: Equatable, Sendable {
    /// The operator's code, as 500236 or 500236101; 1 … `RegistryLimit.codeBytesMax` printable ASCII characters.
    package var code: String
    /// As lists show it: 奉节县, 永安街道.
    package var name: String
    /// Code of the county that a township or street belongs to; empty: it is a county or district itself.
    package var parent: String
    /// The pooling region (统筹区) of a county: the name of a pack; empty for a township, which is where its county is.
    package var region: String
    /// It was entered by mistake or exists no longer: nobody is put into it any more, who is in it stays until moved.
    package var isWithdrawn: Bool

    package init(code: String, name: String, parent: String = "", region: String = "", isWithdrawn: Bool = false) {
        self.code = code
        self.name = name
        self.parent = parent
        self.region = region
        self.isWithdrawn = isWithdrawn
    }
}

/// What happens to the table of areas.
package enum AreaEvent: Equatable, Sendable {
    /// Entered, or corrected: takes the place of what stood under the code.
    case registered(AreaRecord)
}

extension AreaEvent {
    /// Version of the coding of `registered`.
    private static var registeredVersion: UInt8 { 1 }

    package func encode(to writer: inout ByteWriter) {
        switch self {
        case .registered(let record):
            writer.byte(AreaEvent.registeredVersion)
            for text in [record.code, record.name, record.parent, record.region] { writer.text(text) }
            writer.flag(record.isWithdrawn)
        }
    }

    package init(from reader: inout ByteReader) throws(DamagedBytes) {
        guard try reader.byte() == AreaEvent.registeredVersion else { throw DamagedBytes() }
        self = .registered(
            AreaRecord(
                code: try reader.text(), name: try reader.text(), parent: try reader.text(), region: try reader.text(),
                isWithdrawn: try reader.flag()))
    }
}
