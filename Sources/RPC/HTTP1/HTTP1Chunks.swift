/// Takes the chunks of a body apart as they come, in pieces of any size.
///
/// Its verdict depends on the bytes alone, never on where they were cut.
struct HTTP1Chunks {
    enum Step {
        /// The piece is used up.
        case more
        /// Bytes of the body, from the front of the piece.
        case data(UnsafeRawBufferPointer)
        /// The body has ended, and what follows it too.
        case end
        case bad(HTTP1Refusal)
    }

    private enum State {
        /// In the line that begins a chunk: its size, what may follow that, its end.
        case size, sizeExtensions, sizeLF
        /// In the chunk, and behind it.
        case data, dataCR, dataLF
        /// In the lines after the last chunk.
        case lineStart, lineName, lineValue, lineLF, lastLF
    }

    private var state = State.size
    /// Bytes of the present chunk that have not come.
    private var left = 0
    private var hasDigits = false
    /// Bytes of the line that begins the chunk; of all lines after the last one.
    private var lineBytes = 0
    private var lines = 0
    /// Bytes that the body may still have.
    private var room: Int
    private let bytesMax: Int

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
        room = bytesMax
    }

    /// Takes what it used off the front of the piece.
    mutating func next(_ piece: inout UnsafeRawBufferPointer) -> Step {
        var index = 0
        defer { piece = UnsafeRawBufferPointer(rebasing: piece[index...]) }
        while index < piece.count {
            if state == .data {
                let start = index
                index += min(left, piece.count - index)
                left -= index - start
                if left == 0 { state = .dataCR }
                return .data(UnsafeRawBufferPointer(rebasing: piece[start..<index]))
            }
            let byte = piece[index]
            index += 1
            if state == .lastLF, byte == 0x0A { return .end }
            if let refusal = take(byte) { return .bad(refusal) }
        }
        return .more
    }

    private mutating func take(_ byte: UInt8) -> HTTP1Refusal? {
        switch state {
        case .size, .sizeExtensions: return takeSize(byte)
        case .sizeLF:
            guard byte == 0x0A else { return Self.lineEnd }
            guard left > 0 else { return enter(.lineStart) }
            guard left <= room else {
                return HTTP1Refusal(413, "the body has more than \(bytesMax) bytes; send less at once")
            }
            room -= left
            return enter(.data)
        case .data: return nil
        case .dataCR: return byte == 0x0D ? enter(.dataLF) : Self.dataEnd
        case .dataLF: return byte == 0x0A ? enter(.size) : Self.dataEnd
        case .lineStart, .lineName, .lineValue, .lineLF, .lastLF: return takeTrailer(byte)
        }
    }

    private mutating func takeSize(_ byte: UInt8) -> HTTP1Refusal? {
        lineBytes += 1
        guard lineBytes <= HTTP1Limits.chunkLineBytesMax else {
            return HTTP1Refusal(400, "the line of a chunk's size is longer than \(HTTP1Limits.chunkLineBytesMax) bytes")
        }
        if byte == 0x0D {
            guard hasDigits else { return Self.size }
            state = .sizeLF
        } else if state == .sizeExtensions {
            guard byte >= 0x20 || byte == 0x09, byte != 0x7F else { return Self.lineEnd }
        } else if let digit = Self.hexDigit(byte) {
            // Larger than any limit: it stays so, whatever digits follow.
            left = left > Int.max >> 8 ? Int.max >> 4 : left << 4 | digit
            hasDigits = true
        } else if byte == UInt8(ascii: ";"), hasDigits {
            state = .sizeExtensions
        } else {
            return Self.size
        }
        return nil
    }

    private mutating func takeTrailer(_ byte: UInt8) -> HTTP1Refusal? {
        lineBytes += 1
        guard lineBytes <= HTTP1Limits.trailerBytesMax, lines <= HTTP1Limits.fieldsMax else {
            return HTTP1Refusal(431, "what follows the last chunk is longer than \(HTTP1Limits.trailerBytesMax) bytes")
        }
        switch state {
        case .lineStart where byte == 0x0D: state = .lastLF
        case .lineStart where HTTP1Field.isToken(byte): state = .lineName
        case .lineName where byte == UInt8(ascii: ":"): state = .lineValue
        case .lineName where HTTP1Field.isToken(byte): break
        case .lineValue where byte == 0x0D: state = .lineLF
        case .lineValue where (byte >= 0x20 || byte == 0x09) && byte != 0x7F: break
        case .lineLF where byte == 0x0A:
            lines += 1
            state = .lineStart
        default: return HTTP1Refusal(400, "a line after the last chunk is no field")
        }
        return nil
    }

    private mutating func enter(_ next: State) -> HTTP1Refusal? {
        state = next
        if next == .size || next == .lineStart {
            left = 0
            hasDigits = false
            lineBytes = 0
        }
        return nil
    }

    private static func hexDigit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte) - 0x61 + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte) - 0x41 + 10
        default: nil
        }
    }

    private static var size: HTTP1Refusal {
        HTTP1Refusal(400, "a chunk does not begin with its size in hexadecimal digits")
    }
    private static var lineEnd: HTTP1Refusal { HTTP1Refusal(400, "the line of a chunk's size does not end with CR LF") }
    private static var dataEnd: HTTP1Refusal { HTTP1Refusal(400, "a chunk is not as long as its size says") }
}
