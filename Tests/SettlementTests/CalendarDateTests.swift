import Settlement
import Testing

@Suite struct `Dates and effective months (G-4, G-11)` {
    @Test(
        arguments: [
            (20240229, true), (20230229, false), (19000229, false), (20000229, true), (20240431, false), (20240430, true),
            (20241301, false), (20240001, false), (20240100, false), (20240132, false), (0, false), (-20240101, false),
            (18991231, false), (29991231, true), (30000101, false),
        ] as [(Int32, Bool)])
    func `a date exists or not`(number: Int32, exists: Bool) {
        #expect(CalendarDate(number).exists == exists)
    }

    @Test(
        arguments: [
            // given, ended, date, in force
            (20230210, 0, 20230228, false), (20230210, 0, 20230301, true), (20230201, 0, 20230228, false),
            (20230228, 0, 20230301, true), (20230210, 20230915, 20230930, true), (20230210, 20230915, 20231001, false),
            (20221231, 0, 20230101, true), (20230210, 20230210, 20230301, false), (20230210, 20230301, 20230331, true),
        ] as [(Int32, Int32, Int32, Bool)])
    func `an identity counts from the month after it is given to the end of the month in which it ends (G-11)`(
        given: Int32, ended: Int32, date: Int32, isInForce: Bool
    ) {
        let record = DatedIdentity(.lowIncome, given: CalendarDate(given), ended: CalendarDate(ended))
        #expect(record.isInForce(on: CalendarDate(date)) == isInForce)
    }

    @Test(
        arguments: [
            (20230210, 0, 20230209, false), (20230210, 0, 20230210, true), (20230210, 20230915, 20230915, true),
            (20230210, 20230915, 20230916, false),
        ] as [(Int32, Int32, Int32, Bool)])
    func `poverty through illness counts by its own days (G-11)`(
        given: Int32, ended: Int32, date: Int32, isInForce: Bool
    ) {
        let record = DatedIdentity(.illnessPoverty, given: CalendarDate(given), ended: CalendarDate(ended))
        #expect(record.isInForce(on: CalendarDate(date)) == isInForce)
    }
}
