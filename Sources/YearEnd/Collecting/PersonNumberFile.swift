import Foundation
import Population
import Text

/// The platform's numbers of the persons of a claims file, beside the spool, one after the other: the spool has the
/// numbers that stand for them.
enum PersonNumberFile {
    static let name = "person-numbers"

    static func write(_ numbers: PersonNumbers, _ folder: String) throws(RunProblem) -> FileChecksum {
        let writer = try AtomicFileWriter(folder + "/" + name)
        for var no in numbers.texts {
            writer.bytes.append(contentsOf: unsafeBytes(&no))
            try writer.flushIfFull()
        }
        return try writer.finish(isDurable: false)
    }

    private static func unsafeBytes(_ no: inout PersonNo) -> [UInt8] { withUnsafeBytes(of: &no) { Array($0) } }

    /// Nil: there is none.
    static func read(_ folder: String) throws -> PersonNumbers? {
        let path = folder + "/" + name
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let reader = try RecordFileReader(path)
        var texts: [PersonNo] = []
        while let no = try reader.next(MemoryLayout<PersonNo>.size, { $0.loadUnaligned(as: PersonNo.self) }) {
            texts.append(no)
        }
        return PersonNumbers(texts: texts)
    }
}
