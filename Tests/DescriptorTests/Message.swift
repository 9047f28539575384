/// Protobuf messages by hand, for tests that hold our writer and reader against another one.
enum Message {
    struct Malformed: Error {}

    static func field(_ number: UInt8, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

    static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        var rest = bytes.count
        repeat {
            length.append(UInt8(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return [number << 3 | 2] + length + bytes
    }

    /// Fields by number: the bytes of those that have a length, and those of small numbers as one byte.
    static func read(_ bytes: [UInt8]) throws -> [Int: [[UInt8]]] {
        var fields: [Int: [[UInt8]]] = [:]
        var place = 0
        func number() throws -> Int {
            var value = 0
            for shift in stride(from: 0, to: 35, by: 7) {
                guard place < bytes.count else { throw Malformed() }
                defer { place += 1 }
                value |= Int(bytes[place] & 0x7f) << shift
                if bytes[place] < 0x80 { return value }
            }
            throw Malformed()
        }
        while place < bytes.count {
            let key = try number()
            let value = try number()
            switch key & 7 {
            case 0: fields[key >> 3, default: []].append([UInt8(truncatingIfNeeded: value)])
            case 2:
                guard place + value <= bytes.count else { throw Malformed() }
                fields[key >> 3, default: []].append(Array(bytes[place..<place + value]))
                place += value
            default: throw Malformed()
            }
        }
        return fields
    }
}
