import Foundation
import ProtoJSON
import Testing

@Suite struct `JSON is mapped as Google maps it` {
    /// Of every type, JIESUAN_JSON_MESSAGES random messages, or a few.
    private static let count = ProcessInfo.processInfo.environment["JIESUAN_JSON_MESSAGES"].flatMap(Int.init) ?? 40

    @Test func `random messages of every type, both ways and in every spelling`() throws {
        let seed = UInt32.random(in: 0 ... .max)
        print("seed \(seed), \(Self.count) messages a type")
        var seen: Set<String> = []
        var messages = 0
        for line in try Google.lines(["messages", "\(seed)", "\(Self.count)"]) {
            let parts = line.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false)
            let (name, bytes, json, other) = (String(parts[0]), wire(parts[1]), String(parts[2]), String(parts[3]))
            // Of rpc errors' enums alone there is no message.
            guard let type = messageTypes[name] else { continue }
            seen.insert(name)
            messages += 1
            guard try decoded(bytes, type) == json, try hex(encoded(json, type)) == hex(bytes),
                try hex(encoded(other, type)) == hex(bytes),
                try hex(encoded(decoded(bytes, type, indents: true), type)) == hex(bytes)
            else {
                Issue.record("seed \(seed), \(name) \(parts[1]): \(json) or \(other) is mapped otherwise")
                return
            }
        }
        #expect(seen == Set(messageTypes.keys))
        #expect(messages == seen.count * Self.count)
    }

    /// A text at the edge of what is read.
    struct Odd: Sendable {
        var type: String
        var json: String

        init(_ type: String, _ json: String) {
            self.type = "jiesuan.v1." + type
            self.json = json
        }
    }

    static let alike: [Odd] =
        [
            // Whole numbers: of the right range, exactly, however they are written.
            "0", "-0", "1", "1.0", "1e2", "12.50e1", "1.5", "1e-1", "100e-2", "\"7\"", "\"-7\"", "\"1.0\"", "\"\"", "true",
            "[]", "{}", "null", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
            "-9223372036854775809", "\"9223372036854775807\"", "\"9223372036854775808\"", "01", "+1", ".5", "1.", "0x1",
            "1e400", "\"1 \"", "--1", "-",
        ].map { Odd("AccountChange", "{\"amount\": \($0)}") }
        + ["0", "2147483647", "2147483648", "-2147483648", "-2147483649", "\"2147483647\"", "4294967296"].map {
            Odd("StartYearEndRequest", "{\"year\": \($0)}")
        }
        + ["0", "4294967295", "4294967296", "-1"].map { Odd("YearEndStatus", "{\"share\": \($0)}") }
        + ["18446744073709551615", "18446744073709551616", "-1", "-0"].map { Odd("YearEndStatus", "{\"done\": \($0)}") }
        // Truths.
        + ["true", "false", "1", "\"true\"", "null", "True", "tru"].map { Odd("StartYearEndRequest", "{\"audit\": \($0)}") }
        // Enums, also with numbers that have no name.
        + ["\"YEAR_END_STAGE_DONE\"", "3", "0", "99", "-1", "\"DONE\"", "2147483648", "null"].map {
            Odd("YearEndStatus", "{\"stage\": \($0)}")
        }
        // Texts.
        + [
            #""""#, #""a""#, #""\u7ed3\u7b97""#, #""\ud83d\ude00""#, #""\ud83d""#, #""\ude00""#, #""\ud83d\u0041""#,
            #""\x""#, #""\u12""#, "\"a\tb\"", "\"open", "1", "null", #""\/\b\f\n\r\t\"\\""#, #""\u0000""#,
        ].map { Odd("YearEndStatus", "{\"message\": \($0)}") }
        // Objects and arrays.
        + [
            "", "{", "}", "null", "1", "{} {}", "{},", #"{"a": 1}"#, #"{"name": "x",}"#, #"{,}"#, #"{"name"}"#,
            #"{"name": "a", "name": "b"}"#, #"{name: "a"}"#, "{'name': 'a'}", #"{"name": "a" "year": 1}"#,
            #"{"dryRun": true}"#, #"{"dry_run": true}"#, #"{"DryRun": true}"#, #"{"surplus": []}"#, #"{"surplus": null}"#,
            #"{"surplus": [null]}"#, #"{"surplus": [{}]}"#, #"{"surplus": [{}, ]}"#, #"{"surplus": {}}"#,
            #"{"surplus": [{"region": "x", "surplus": "5"}]}"#, "{\"na\\u006de\": \"x\"}",
            "\u{FEFF}{}", " \t\r { } ", "{\u{0B}}", "{\u{A0}}", "// no\n{}",
        ].map { Odd("StartYearEndRequest", $0) }
        // Bytes.
        + ["\"\"", "\"AA==\"", "\"AA\"", "\"-_8=\"", "\"+/8=\"", "\"-_8\"", "\"A\"", "1"].map {
            Odd("YearEndResponse", "{\"resultJson\": \($0)}")
        }

    @Test func `odd texts are read or refused alike`() throws {
        let lines = Self.alike.map { "\($0.type)\t\($0.json.replacing("\n", with: " "))\n" }.joined()
        let verdicts = try Google.lines(["verdicts"], input: lines)
        #expect(verdicts.count == Self.alike.count)
        for (odd, verdict) in zip(Self.alike, verdicts) {
            let type = try #require(messageTypes[odd.type])
            let ours = (try? encoded(odd.json.replacing("\n", with: " "), type)).map(hex) ?? "refused"
            #expect(ours == verdict, "\(odd.type) \(odd.json)")
        }
    }

    /// Bytes that no writer of today sends, and that may come: type and hex.
    static let oddBytes: [(type: String, hex: String)] = [
        // Numbers that are to be packed, one by one and packed; packed in two parts; none.
        ("PersonTable", "0d010000000d020000000a0403000000"), ("PersonTable", "0a08010000000200000008"),
        ("PersonTable", "0a040100000028010a0402000000"), ("PersonTable", "0a00"), ("PersonTable", "0a03010000"),
        // A message in two parts, a number twice, fields in falling order.
        ("StartYearEndRequest", "2a050a0161100a2a020801"), ("StartYearEndRequest", "10e80f10e90f"),
        ("StartYearEndRequest", "2001180110e80f0a0161"), ("CompareRequest", "0a030a01610a0210050a030a0162"),
        // A field that is not known; one of another wire type; a number past 32 bits; a truth of many bits.
        ("StartYearEndRequest", "f80701"), ("StartYearEndRequest", "0801"), ("StartYearEndRequest", "108080808080808010"),
        ("StartYearEndRequest", "1880808080808080808001"), ("YearEndStatus", "1881808080f0ffffffff01"),
        // An enum's number without a name, and below 0.
        ("YearEndStatus", "0863"), ("YearEndStatus", "08ffffffffffffffffff01"),
        // Cut off in the key, in the value, in the length, in the text.
        ("StartYearEndRequest", "80"), ("StartYearEndRequest", "10"), ("StartYearEndRequest", "0a"),
        ("StartYearEndRequest", "0a0561"), ("StartYearEndRequest", "2a020a05"),
        // A text that is not UTF-8; the wire types 6 and 7.
        ("StartYearEndRequest", "0a01ff"), ("StartYearEndRequest", "0e"), ("StartYearEndRequest", "0f"),
    ]

    @Test func `odd bytes are shown or refused alike`() throws {
        let lines = Self.oddBytes.map { "jiesuan.v1.\($0.type)\t\($0.hex)\n" }.joined()
        let verdicts = try Google.lines(["shown"], input: lines)
        #expect(verdicts.count == Self.oddBytes.count)
        for (odd, verdict) in zip(Self.oddBytes, verdicts) {
            let type = try #require(messageTypes["jiesuan.v1." + odd.type])
            let ours = (try? decoded(wire(odd.hex[...]), type)) ?? "refused"
            #expect(ours == verdict, "\(odd.type) \(odd.hex)")
        }
    }
}
