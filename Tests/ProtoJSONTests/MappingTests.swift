import Foundation
import ProtoJSON
import TestSupport
import Testing

@Suite struct `JSON that is wrong is refused by name` {
    static let wrong: [(type: String, json: String, says: String)] = [
        (
            "StartYearEndRequest", #"{"yaer": 2024}"#,
            #"jiesuan.v1.StartYearEndRequest has no field "yaer"; the nearest is year"#
        ),
        (
            "StartYearEndRequest", #"{"surplus": [{"region": "a"}, {"amount": 5}]}"#,
            "surplus[1]: jiesuan.v1.RegionSurplus has no field \"amount\"; it has: region, surplus"
        ),
        (
            "StartYearEndRequest", #"{"year": 3000000000}"#,
            "year=3000000000: not a whole number from -2147483648 to 2147483647"
        ),
        (
            "StartYearEndRequest", #"{"surplus": [{"surplus": 1.5}]}"#,
            "surplus[0].surplus=1.5: not a whole number from -9223372036854775808 to 9223372036854775807"
        ),
        ("StartYearEndRequest", #"{"dryRun": 1}"#, "dryRun=1}: not true or false"),
        ("StartYearEndRequest", #"{"dryRun": true, "dry_run": true}"#, "dryRun: stands twice; leave one out"),
        (
            "YearEndStatus", #"{"stage": "YEAR_END_STAGE_DON"}"#,
            "stage=YEAR_END_STAGE_DON: jiesuan.v1.YearEndStage has no such name; the nearest is YEAR_END_STAGE_DONE"
        ),
        ("YearEndResponse", #"{"resultJson": "*"}"#, "resultJson=*: this is no Base64"),
        ("StartYearEndRequest", "{\n\"name\": \"a\",\n}", "line 3, column 1 of the JSON: a name in \"…\" is missing"),
        ("StartYearEndRequest", #"{"name": "结算" 1}"#, "line 1, column 15 of the JSON: a } is missing after a value"),
        ("StartYearEndRequest", "", "line 1, column 1 of the JSON: the text ends where there should be an object {…} of jiesuan.v1.StartYearEndRequest"),
        ("StartYearEndRequest", "[1]", "[1]: not an object {…} of jiesuan.v1.StartYearEndRequest"),
    ]

    @Test(arguments: wrong.indices) func `with its path, its value and what would be right`(row: Int) throws {
        let (name, json, says) = Self.wrong[row]
        let type = try #require(messageTypes["jiesuan.v1." + name])
        do throws(JSONProblem) {
            _ = try encoded(json, type)
            Issue.record("\(json) was read")
        } catch { #expect("\(error)" == says) }
    }

    /// Google's runtime for Python reads these as something else, without a word.
    @Test(arguments: [
        ("StartYearEndRequest", "[]"), ("StartYearEndRequest", #"{"surplus": [[]]}"#),
        ("StartYearEndRequest", #"{"dryRun": true, "dry_run": false}"#), ("YearEndStatus", #"{"stage": 1.5}"#),
        ("YearEndStatus", #"{"stage": "3"}"#), ("YearEndStatus", #"{"done": "+5"}"#),
        ("YearEndStatus", #"{"done": "1_000"}"#), ("YearEndResponse", #"{"resultJson": "A?A="}"#),
        ("YearEndResponse", #"{"resultJson": "AAA=="}"#),
    ])
    func `also where others guess`(name: String, json: String) throws {
        let type = try #require(messageTypes["jiesuan.v1." + name])
        #expect(throws: JSONProblem.self) { try encoded(json, type) }
    }

    @Test func `a text that is no UTF-8, or too large`() throws {
        let type = try #require(messageTypes["jiesuan.v1.StartYearEndRequest"])
        #expect(throws: JSONProblem.self) { try encoded(Array("{\"name\": \"".utf8) + [0xFF] + Array("\"}".utf8), type) }
        #expect(throws: JSONProblem.self) {
            try encoded([UInt8](repeating: 0x20, count: JSONLimit.textBytesMax + 1), type)
        }
    }

    @Test func `what could obey a terminal is not in a message to people`() throws {
        let type = try #require(messageTypes["jiesuan.v1.StartYearEndRequest"])
        do throws(JSONProblem) {
            _ = try encoded("{\"\\u001b[2J\\u009b\": 1}", type)
            Issue.record("it was read")
        } catch {
            #expect("\(error)".contains("\"?[2J?\""))
            #expect("\(error)".unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
        }
    }
}

@Suite struct `Whatever comes is read or refused` {
    /// Texts and messages that are nearly right, changed at random places.
    @Test func `random changes of good texts and good messages`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let lines = try Google.lines(["messages", "\(seed & 0xFFFF_FFFF)", "4"])
        var (read, shown) = (0, 0)
        for line in lines {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard let type = messageTypes[String(parts[0])] else { continue }
            for _ in 0..<30 {
                let text = changed(Array(parts[3].utf8), &random)
                if let bytes = try? encoded(text, type) {
                    read += 1
                    // What was read is one message: it says the same however often it is turned.
                    let json = try decoded(bytes, type)
                    #expect(try encoded(json, type) == bytes, "seed \(seed): \(json)")
                }
                let bytes = changed(wire(parts[1]), &random)
                if let json = try? decoded(bytes, type) {
                    shown += 1
                    #expect(try decoded(encoded(json, type), type) == json, "seed \(seed): \(json)")
                }
            }
        }
        // The test itself: some of both were good still.
        #expect(read > 100 && shown > 100)
    }

    private func changed(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0...3, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0...3, using: &random) {
            case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 1: bytes.insert(Array("{}[]\",:\\0e-1".utf8).randomElement(using: &random)!, at: place)
            case 2: if place < bytes.count { bytes.remove(at: place) }
            default: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
            }
        }
        return bytes
    }

    @Test(arguments: ["0001", "0801", "0b0c", "0c"])
    func `no field has the number 0, and groups are of no message`(hex: String) throws {
        let type = try #require(messageTypes["jiesuan.v1.ListPoliciesRequest"])
        // The second has a field that is not known, and nothing else.
        let isRead = (try? decoded(wire(hex[...]), type)) != nil
        #expect(isRead == (hex == "0801"))
    }

    @Test func `brackets without end do not go deep`() throws {
        let type = try #require(messageTypes["jiesuan.v1.StartYearEndRequest"])
        for opening in ["[", "{\"surplus\":[", "{\"surplus\":[{\"surplus\":"] {
            let text = String(repeating: opening, count: 1_000_000)
            #expect(throws: JSONProblem.self) { try encoded(text, type) }
        }
    }
}

@Suite struct `The catalog of methods` {
    private static let proto = Project.root.appending(path: "Proto/jiesuan/v1")

    @Test func `has every rpc of the proto files, and nothing else`() throws {
        var declared: Set<String> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.proto.path()) {
            let text = try String(contentsOf: Self.proto.appending(path: name), encoding: .utf8)
            var service = ""
            for line in text.split(separator: "\n") {
                if let match = line.wholeMatch(of: /service (\w+) \{/) { service = String(match.1) }
                guard let match = line.firstMatch(of: /^ +rpc (\w+)\((\w+)\) returns \((\w+)\)/) else { continue }
                declared.insert("\(service)/\(match.1) \(match.2) \(match.3)")
            }
        }
        #expect(declared.count > 50)
        #expect(
            declared
                == Set(
                    MethodCatalog.methods.map { method in
                        let messages = [method.request.name, method.response.name].map {
                            $0.replacing("jiesuan.v1.", with: "")
                        }
                        return "\(method.path) \(messages.joined(separator: " "))"
                    }))
    }

    @Test(arguments: ["SettlementService/Settle", "jiesuan.v1.SettlementService/Settle"])
    func `finds a method by the short and the full name of its service`(path: String) throws {
        #expect(try MethodCatalog.find(path).path == "SettlementService/Settle")
    }

    @Test(arguments: [
        ("SettlementService/Setle", "SettlementService/Settle"), ("settlementservice/settle", "SettlementService/Settle"),
        ("jiesuan.v1.YearEndService/GetProgres", "YearEndService/GetProgress"),
        ("AcountService/Use", "AccountService/Use"),
    ])
    func `names the nearest of a misspelt one`(asked: String, nearest: String) {
        #expect { try MethodCatalog.find(asked) } throws: { error in
            (error as? UnknownMethod)?.nearest == nearest && "\(error)".contains("the nearest is \(nearest)")
        }
    }

    @Test(arguments: ["", "/", "x", String(repeating: "a", count: 100_000)])
    func `names none where none is near`(asked: String) {
        #expect { try MethodCatalog.find(asked) } throws: { ($0 as? UnknownMethod)?.nearest == nil }
    }
}
