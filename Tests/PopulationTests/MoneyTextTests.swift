import Population
import Settlement
import Testing

@Suite struct `Yuan are read and written exactly` {
    static let amounts: [(String, Fen)] = [
        ("0", 0), ("0.00", 0), ("-0.00", 0), ("0.01", 1), ("0.1", 10), ("0.10", 10), ("1", 100), ("1.5", 150),
        ("007.07", 707), ("1234.56", 123_456), ("2800.00", 280_000), ("0.29", 29), ("0.57", 57), ("1.15", 115),
        ("4.35", 435), ("1.005", -1), ("10000000000.00", AmountLimit.claimMax), ("-12.34", -1_234),
        ("9999999999999.99", 999_999_999_999_999), ("1234.5000", 123_450), (".50", 50), (".5", 50), ("-.05", -5),
        ("0.000", 0),
    ]

    @Test(arguments: amounts.filter { $0.0 != "1.005" })
    func `rule G-1: an amount is the fen that it writes`(text: String, fen: Fen) throws {
        #expect(try YuanText.fen(text) == fen)
    }

    @Test(arguments: [
        ("", YuanText.Problem.empty), ("-", .notANumber), (".", .notANumber), ("5.", .notANumber), ("-.", .notANumber),
        ("1,234.00", .notANumber), ("¥5", .notANumber), ("1e3", .notANumber), (" 5", .notANumber), ("5 ", .notANumber),
        ("+5", .notANumber), ("--5", .notANumber), ("１２", .notANumber), ("0x10", .notANumber), ("nan", .notANumber),
        ("1.2.3", .notANumber), ("0.005", .moreThanTwoDecimals), ("0.0001", .moreThanTwoDecimals),
        ("1.999", .moreThanTwoDecimals), ("12345678901234", .tooLarge), ("99999999999999999999", .tooLarge),
    ])
    func `anything else is refused for its reason`(text: String, problem: YuanText.Problem) {
        #expect(throws: problem) { try YuanText.fen(text) }
    }

    @Test func `what is written is read back`() throws {
        var random = RandomStream(seed: 20_240_101)
        for _ in 0..<10_000 {
            let amount = Fen(random.next() % 2_000_000_000_000) - 1_000_000_000_000
            var bytes: [UInt8] = []
            YuanText.append(amount, to: &bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(try YuanText.fen(text) == amount, "\(text)")
            #expect(text.split(separator: ".").last?.count == 2)
        }
    }
}

@Suite struct `Days are read and written` {
    @Test(
        arguments: [
            ("2023-02-10", 2023_02_10), ("20230210", 2023_02_10), ("2024-02-29", 2024_02_29), ("1900-01-01", 1900_01_01),
            ("2024/6/3", 2024_06_03), ("2024/06/03", 2024_06_03), ("2024/12/31", 2024_12_31), ("2024-6-3", 2024_06_03),
            ("2024/6/13", 2024_06_13), ("2024/10/1", 2024_10_01),
        ] as [(String, Int32)])
    func `a day is its number`(text: String, number: Int32) throws {
        #expect(try DateText.date(text) == CalendarDate(number))
    }

    @Test(arguments: [
        ("2023-02-29", DateText.Problem.doesNotExist), ("2023-13-01", .doesNotExist), ("2023-00-10", .doesNotExist),
        ("00000000", .doesNotExist), ("2023/02-10", .notADate), ("10/02/2023", .notADate), ("10.02.2023", .notADate),
        ("2023/2", .notADate), ("2023/2/", .notADate), ("2023//210", .notADate), ("2023/123/1", .notADate),
        ("2023/2/310", .notADate), ("2023/2/30", .doesNotExist), ("24/6/3", .notADate), ("2024/6/3 0:00", .notADate),
        ("", .notADate), ("2023-02-1O", .notADate), ("2023021", .notADate), ("２０２３０２１０", .notADate),
    ])
    func `anything else is refused for its reason`(text: String, problem: DateText.Problem) {
        #expect(throws: problem) { try DateText.date(text) }
    }

    @Test func `no day is written as nothing`() {
        var bytes: [UInt8] = []
        DateText.append(.none, to: &bytes)
        #expect(bytes.isEmpty)
        DateText.append(CalendarDate(2023_02_10), to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "2023-02-10")
    }
}
