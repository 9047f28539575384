import Records
import Registry
import Settlement
import Testing

@Suite struct `Days of China Standard Time` {
    @Test(arguments: [(0, 1970_01_01), (1_732_204_800_000, 2024_11_22), (1_732_291_199_999, 2024_11_22), (1_732_291_200_000, 2024_11_23)])
    func `a moment falls on its day, east of Greenwich by eight hours`(milliseconds: Int64, day: Int32) {
        #expect(Moment(milliseconds: milliseconds).date.number == day)
    }
}
