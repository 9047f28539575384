/// Huffman's code of header fields (RFC 7541, appendix B), read.
///
/// The code is canonical: of its codes of one length the next symbol's is the next number, and the first one of a
/// length follows the last one of the length before. So the lengths say it all.
enum HPACKHuffman {
    /// Bits of each byte's code, and of the end's.
    private static let lengths: [UInt8] = [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28,
        28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15,
        6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22,
        20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23,
        23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22,
        22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26,
        27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27,
        26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
    ]
    private static let end = 256
    private static let longestBits = 30
    /// Codes up to so many bits are found at once.
    private static let shortBits = 8

    private struct Tables {
        /// By the next eight bits: the symbol, shifted by 8, and its code's bits; 0: its code is longer.
        var short = [UInt16](repeating: 0, count: 1 << shortBits)
        /// By a length: its first code, how many it has, and where its symbols begin in `symbols`.
        var first = [UInt32](repeating: 0, count: longestBits + 1)
        var counts = [UInt32](repeating: 0, count: longestBits + 1)
        var starts = [Int](repeating: 0, count: longestBits + 1)
        var symbols: [UInt16] = []

        init() {
            var code: UInt32 = 0
            for length in 1...longestBits {
                code <<= 1
                (first[length], starts[length]) = (code, symbols.count)
                for (symbol, bits) in lengths.enumerated() where bits == length {
                    symbols.append(UInt16(symbol))
                    if length <= shortBits { addShort(symbol, code, length) }
                    code += 1
                }
                counts[length] = code - first[length]
            }
        }

        private mutating func addShort(_ symbol: Int, _ code: UInt32, _ length: Int) {
            let start = Int(code) << (shortBits - length)
            for index in start..<(start + 1 << (shortBits - length)) {
                short[index] = UInt16(symbol) << 8 | UInt16(length)
            }
        }
    }

    private static let tables = Tables()

    /// Most bytes that so many coded ones become: the shortest code has five bits.
    static func bytesMax(_ coded: Int) -> Int { coded * 8 / 5 + 1 }

    /// Decodes into `out`, which has room for `bytesMax`; returns how many bytes came out, nil: it is not in the code,
    /// has the end's symbol in it, or more or other padding than up to seven ones. O(n).
    static func decode(_ coded: UnsafeRawBufferPointer, to out: UnsafeMutableRawPointer) -> Int? {
        let tables = tables
        var (bits, left, position, count) = (UInt64(0), 0, 0, 0)
        while true {
            while left <= 56, position < coded.count {
                bits = bits << 8 | UInt64(coded[position])
                position += 1
                left += 8
            }
            guard left > 0 else { return count }
            // What is missing at the end counts as ones, which no short code begins with.
            let missing = max(0, shortBits - left)
            let next = missing == 0 ? bits >> UInt64(left - shortBits) : bits << UInt64(missing) | ones(missing)
            let entry = tables.short[Int(next & 0xff)]
            var symbol = Int(entry >> 8)
            var length = Int(entry & 0xff)
            if length == 0 {
                guard let long = longCode(bits, left, tables) else { return isPadding(bits, left) ? count : nil }
                (symbol, length) = long
            } else if length > left {
                return isPadding(bits, left) ? count : nil
            }
            guard symbol != end else { return nil }
            out.storeBytes(of: UInt8(truncatingIfNeeded: symbol), toByteOffset: count, as: UInt8.self)
            count += 1
            left -= length
        }
    }

    private static func longCode(
        _ bits: UInt64, _ left: Int, _ tables: borrowing Tables
    ) -> (symbol: Int, length: Int)? {
        var length = shortBits + 1
        while length <= min(left, longestBits) {
            let code = UInt32(truncatingIfNeeded: bits >> UInt64(left - length) & ones(length))
            if code >= tables.first[length], code - tables.first[length] < tables.counts[length] {
                return (Int(tables.symbols[tables.starts[length] + Int(code - tables.first[length])]), length)
            }
            length += 1
        }
        return nil
    }

    private static func isPadding(_ bits: UInt64, _ left: Int) -> Bool { left < 8 && bits & ones(left) == ones(left) }

    private static func ones(_ count: Int) -> UInt64 { 1 << UInt64(count) - 1 }
}
