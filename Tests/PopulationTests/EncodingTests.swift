import Foundation
import Population
import TestSupport
import Testing

@Suite struct `Files in other encodings` {
    private static let rows = [["人员编号", "医疗类别"], ["31", "住院"], ["32", "特病，𠀀"]]
    private static let columns = [FileColumn("person", "人员编号"), FileColumn("kind", "医疗类别")]

    private func read(_ bytes: [UInt8], piece: Int = .max) throws -> [[String]] {
        var reader = try TableReader(
            MemorySource(bytes, piece: piece), Self.columns, kind: "a test's file", help: "nowhere")
        var rows = [reader.order.map { Self.columns[$0].chinese }]
        while true {
            switch try reader.next() {
            case .row: rows.append([reader.text(0), reader.text(1)])
            case .bad(let problem): throw problem
            case .end: return rows
            }
        }
    }

    /// The rows as a spreadsheet writes them, by Python's own encoders.
    private func encoded(_ name: String, separator: String = ",") throws -> [UInt8] {
        let text = Self.rows.map { $0.joined(separator: separator) + "\r\n" }.joined()
        let child = try ChildProcess(
            URL(fileURLWithPath: "/usr/bin/python3"),
            ["-c", "import sys; sys.stdout.buffer.write(sys.argv[1].encode(sys.argv[2]))", text, name], output: .pipe)
        let bytes = try child.readToEnd()
        #expect(try child.waitForEnd() == 0)
        return bytes
    }

    @Test(arguments: ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    func `a file is read where there is no doubt, however its bytes arrive`(name: String) throws {
        let bytes = try encoded(name)
        #expect(bytes.count > 30)
        #expect(try read(bytes) == Self.rows)
        for piece in 1...7 { #expect(try read(bytes, piece: piece) == Self.rows, "in pieces of \(piece)") }
    }

    @Test func `a spreadsheet's Unicode text, UTF-16 with tabs, is read`() throws {
        #expect(try read(try encoded("utf-16", separator: "\t")) == Self.rows)
    }

    @Test func `a file that is longer than the reader's buffer is decoded whole`() throws {
        let line = try encoded("gb18030")
        let head = Array(line.prefix(while: { $0 != UInt8(ascii: "\n") })) + [UInt8(ascii: "\n")]
        // 住院 in GB18030.
        let row = Array("31,".utf8) + [0xD7, 0xA1, 0xD4, 0xBA, UInt8(ascii: "\n")]
        let count = 3 * CSVLimit.bufferBytes / row.count
        let found = try read(head + (0..<count).flatMap { _ in row })
        #expect(found.count == count + 1)
        #expect(found.dropFirst().allSatisfy { $0 == ["31", "住院"] })
    }

    @Test func `bytes that are not of the encoding are told by their place`() throws {
        var bytes = try encoded("gb18030")
        bytes += Array("33,".utf8) + [0xFF, 0xFF, UInt8(ascii: "\n")]
        let problem = #expect(throws: FileProblem.self) { try read(bytes) }
        #expect(problem?.reason.contains("is not GB18030") == true, "\(problem?.reason ?? "")")
        let cut = try Array(encoded("utf-16").dropLast())
        let half = #expect(throws: FileProblem.self) { try read(cut) }
        #expect(half?.reason.contains("ends inside a character") == true, "\(half?.reason ?? "")")
    }
}
