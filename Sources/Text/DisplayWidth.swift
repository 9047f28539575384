/// How many columns a text takes on a terminal: Chinese characters take two.
package enum DisplayWidth {
    /// Columns of `text`; control characters count 0.
    package static func of(_ text: String) -> Int {
        var width = 0
        for scalar in text.unicodeScalars { width += columns(scalar) }
        return width
    }

    /// `text` with spaces behind it up to `width` columns.
    package static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - of(text)))
    }

    /// `text` with spaces before it up to `width` columns.
    package static func aligned(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - of(text))) + text
    }

    /// `text` in lines of at most `width` columns, broken at spaces or between wide characters.
    package static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var lineWidth = 0
        func breakLine() {
            while line.last == " " { line.removeLast() }
            lines.append(line)
            line = ""
            lineWidth = 0
        }
        for word in words(of: text) {
            let wordWidth = of(word)
            if lineWidth > 0, lineWidth + (word == " " ? 0 : wordWidth) > width { breakLine() }
            if lineWidth == 0, word == " " { continue }
            line += word
            lineWidth += wordWidth
        }
        if lineWidth > 0 { breakLine() }
        return lines
    }

    /// Punctuation that no line begins with.
    private static let closing: Set<Character> = ["，", "。", "；", "、", "）", "》", "：", "」", "』", "〕", "！", "？", "”"]

    /// Punctuation that no line ends with.
    private static let opening: Set<Character> = ["（", "《", "「", "『", "〔", "“"]

    /// The pieces between which a line may break: spaces, runs of narrow characters, single wide characters, each
    /// with its punctuation.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var run = ""
        // True while `run` is only what opens the next piece.
        var isOpening = false
        for character in text {
            let isWide = character.unicodeScalars.contains { columns($0) == 2 }
            if opening.contains(character) {
                if !run.isEmpty, !isOpening { words.append(run) }
                run = isOpening ? run + String(character) : String(character)
                isOpening = true
            } else if closing.contains(character), !run.isEmpty || !words.isEmpty {
                if run.isEmpty { run = words.removeLast() }
                run.append(character)
                isOpening = false
            } else if isOpening || (!isWide && character != " ") {
                run.append(character)
                isOpening = false
                if isWide {
                    words.append(run)
                    run = ""
                }
            } else {
                if !run.isEmpty { words.append(run) }
                run = ""
                words.append(String(character))
            }
        }
        if !run.isEmpty { words.append(run) }
        return words
    }

    /// East Asian Width W and F (Unicode Standard Annex 11) are two columns, combining marks none.
    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: 0
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }
}
