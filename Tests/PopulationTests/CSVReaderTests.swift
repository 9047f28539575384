import Foundation
import Population
import Testing

@Suite struct `CSV is read row by row` {
    /// Rows as texts; a bad row is its line and "!".
    private func rows(_ text: String, piece: Int = .max) throws -> [[String]] {
        var reader = CSVReader(MemorySource(text, piece: piece))
        var row = CSVRow()
        var rows: [[String]] = []
        while true {
            switch try reader.next(&row) {
            case .row: rows.append((0..<row.count).map { row.text($0) })
            case .bad: rows.append(["\(row.line)!"])
            case .end: return rows
            }
        }
    }

    @Test(
        arguments: [
            ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
            ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
            ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
            ("\u{FEFF}a,b\n", [["a", "b"]]),
            ("a,,\n", [["a", "", ""]]),
            (",\n", []),
            ("a,b\r\n,,,\r\n , \t\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
            ("a\t, b ,\tc\t\n\u{3000}d\u{3000},\u{A0}e\u{A0},f g\n", [["a", "b", "c"], ["d", "e", "f g"]]),
            ("\" a \",\"b\t\"\n", [["a", "b"]]),
            ("'=1+1,'-5,''+6,'x,'\n", [["=1+1", "-5", "'+6", "'x", "'"]]),
            ("a\tb\n1,5\t2\n", [["a", "b"], ["1,5", "2"]]),
            ("\n\na\n\n", [["a"]]),
            ("\"a,b\",c\n", [["a,b", "c"]]),
            ("\"say \"\"hi\"\"\",c\n", [["say \"hi\"", "c"]]),
            ("\"\",\"\"\n", []),
            ("\"two\nlines\",c\nd,e\n", [["two\nlines", "c"], ["d", "e"]]),
            ("\"two\r\nlines\",c\r\n", [["two\r\nlines", "c"]]),
            ("重庆,\"住院，三级\"\n", [["重庆", "住院，三级"]]),
            ("", []),
        ] as [(String, [[String]])])
    func `RFC 4180 with LF or CRLF, with or without a byte-order mark`(text: String, expected: [[String]]) throws {
        #expect(try rows(text) == expected)
        // However the bytes arrive.
        for piece in 1...5 { #expect(try rows(text, piece: piece) == expected, "in pieces of \(piece)") }
    }

    @Test func `lines are counted through quoted line ends`() throws {
        var reader = CSVReader(MemorySource("h\n\"1\n2\n3\"\nx\n"))
        var row = CSVRow()
        var lines: [Int] = []
        while try reader.next(&row) == .row { lines.append(row.line) }
        #expect(lines == [1, 2, 5])
    }

    @Test(
        arguments: [
            ("a\nb\"c\nd\n", [["a"], ["2!"], ["d"]]),
            ("a\n\"b\"c\nd\n", [["a"], ["2!"], ["d"]]),
            ("a\nb\rc\nd\n", [["a"], ["2!"], ["d"]]),
            // A quote that is never closed costs its own line only.
            ("a\n\"b\nc\nd\n", [["a"], ["2!"], ["c"], ["d"]]),
        ] as [(String, [[String]])])
    func `a row that is no CSV costs itself only`(text: String, expected: [[String]]) throws {
        #expect(try rows(text) == expected)
        for piece in 1...5 { #expect(try rows(text, piece: piece) == expected, "in pieces of \(piece)") }
    }

    @Test func `rows and values are bounded`() throws {
        let long = String(repeating: "x", count: CSVLimit.rowBytesMax + CSVLimit.bufferBytes)
        #expect(try rows("a\n\(long)\nb\n") == [["a"], ["2!"], ["b"]])
        let open = "\"" + String(repeating: "x", count: 3 * CSVLimit.bufferBytes)
        #expect(try rows("a\n\(open)\nb\n") == [["a"], ["2!"], ["b"]])
        let many = String(repeating: ",", count: CSVLimit.fieldsMax)
        #expect(try rows("a\n\(many)\nb\n") == [["a"], ["2!"], ["b"]])
        let enough = String(repeating: ",", count: CSVLimit.fieldsMax - 1)
        #expect(try rows(enough + "x\n").first?.count == CSVLimit.fieldsMax)
        #expect(CSVLimit.bufferBytes > CSVLimit.rowBytesMax)
    }

    @Test func `what is written is read back`() throws {
        let texts = ["plain", "a,b", "say \"hi\"", "two\nlines", "", "重庆", "\r"]
        var bytes: [UInt8] = []
        CSVText.appendRow(texts, to: &bytes)
        #expect(try rows(String(decoding: bytes, as: UTF8.self)) == [texts])
    }

    @Test func `any bytes are read to their end, and nothing more is kept than a row`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = RandomStream(seed: seed)
        let likely = Array(",\t\n\r\"' =\u{FEFF}a0".utf8) + [0xFF, 0xFE, 0x84, 0x31, 0x95, 0x33, 0xE3, 0x80, 0xC2, 0xA0]
        for _ in 0..<2_000 {
            let bytes = (0..<random.below(200)).map { _ in
                random.happens(7000) ? likely[Int(random.below(Int64(likely.count)))] : UInt8(random.below(256))
            }
            var reader = CSVReader(MemorySource(bytes, piece: 1 + Int(random.below(9))))
            var row = CSVRow()
            var rows = 0
            do {
                while try reader.next(&row) != .end {
                    rows += 1
                    #expect(row.bytes.count == row.ends.last ?? 0 || row.bytes.count <= bytes.count * 3)
                    #expect(zip(row.ends, row.ends.dropFirst()).allSatisfy { $0 <= $1 })
                }
            } catch {
                // Not of the encoding whose mark it begins with.
                #expect(error.reason.contains("UTF-16") || error.reason.contains("GB18030"))
            }
            #expect(rows <= bytes.count)
        }
    }

    @Test func `words and ids of any sort are read back as they were, and none begins a formula`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = RandomStream(seed: seed)
        let alphabet = Array("'=@+-0123456789.E/,\"aé重 \t")
        for _ in 0..<20_000 {
            // Blanks around a value are no part of it.
            let value = String((0..<random.below(14)).map { _ in alphabet[Int(random.below(Int64(alphabet.count)))] })
                .trimmingCharacters(in: .whitespaces)
            for isID in [false, true] {
                var bytes = Array("x,".utf8)
                if isID { CSVText.append(id: value, to: &bytes) } else { CSVText.append(words: value, to: &bytes) }
                bytes.append(UInt8(ascii: "\n"))
                // Behind the quote that the row's form needs.
                let cell = bytes.dropFirst(2)
                let first = cell.first == UInt8(ascii: "\"") ? cell.dropFirst().first : cell.first
                #expect(!"=@+-".utf8.contains(first ?? 0), "\(value)")
                #expect(try rows(String(decoding: bytes, as: UTF8.self)) == [["x", value]], "\(value)")
            }
        }
    }
}
