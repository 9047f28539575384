import Policy
import Records
import Settlement

/// A statement of premium subsidies that was handed to the finance office (参保资助, YT-8, YT-12).
///
/// Only that it was: what stood in it is what the register knew at its time.
package struct SubsidyStatement: Equatable, Sendable {
    package var region: String
    /// Year of the premiums.
    package var year: Int32
    /// 1, 2, 3 … within the region and year.
    package var number: UInt32
    package var handedOver: CalendarDate

    package init(region: String, year: Int32, number: UInt32, handedOver: CalendarDate) {
        self.region = region
        self.year = year
        self.number = number
        self.handedOver = handedOver
    }
}

/// A statement with the time up to which the register was in it.
package struct KnownStatement: Equatable, Sendable {
    package var statement: SubsidyStatement
    package var recorded: Moment
}

extension SubsidyStatement {
    func encode(to writer: inout ByteWriter) {
        writer.text(region)
        writer.signed(Int64(year))
        writer.number(UInt64(number))
        writer.date(handedOver)
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        region = try reader.text()
        guard let year = Int32(exactly: try reader.signed()) else { throw DamagedBytes() }
        self.year = year
        number = try reader.number32(upTo: UInt32(FilingLimit.statementsMax))
        handedOver = try reader.date()
    }
}

extension FilingRegister {
    /// The statements of a region and year, the oldest first.
    package func statements(of region: String, _ year: Int32) -> [KnownStatement] {
        statements.filter { $0.statement.region == region && $0.statement.year == year }
    }

    /// Records that the statement as it stands now was handed over.
    package func handOver(
        _ year: Int32, on day: CalendarDate, _ pack: PolicyPack, today: CalendarDate
    ) throws(DomainRefusal) -> FilingEvent {
        guard pack.names("subsidy.resident.identities") != nil else {
            throw DomainRefusal(
                .noRule, "region", pack.region, rule: "YT-8",
                "the pack has no premium subsidies (subsidy.resident.identities)")
        }
        guard (1900...2999).contains(year) else {
            throw DomainRefusal(.factInvalid, "year", "\(year)", rule: "YT-12", "say the year of the premiums, as 2024")
        }
        try checkPast(day, "on", today)
        if statements.count >= FilingLimit.statementsMax { throw tooMany("statements", statements.count) }
        let number = UInt32(statements(of: pack.region, year).count + 1)
        return .statement(SubsidyStatement(region: pack.region, year: year, number: number, handedOver: day))
    }
}
