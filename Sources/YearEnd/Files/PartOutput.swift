import Foundation
import Population
import Registry
import Settlement

/// The pieces of files that one partition writes; a piece is there only when the partition is done.
final class PartOutput {
    enum Piece: String, CaseIterable {
        case adjustments, refused, monitoring, consent, recognitions, owed, recoveries, post, unpaid
    }

    private let writers: [Piece: AtomicFileWriter]
    private let partition: Int

    init(folder: String, partition: Int) throws(RunProblem) {
        var writers: [Piece: AtomicFileWriter] = [:]
        for piece in Piece.allCases { writers[piece] = try AtomicFileWriter(Self.path(folder, piece, partition)) }
        self.writers = writers
        self.partition = partition
    }

    private static func name(_ piece: Piece, _ partition: Int) -> String {
        "\(piece.rawValue).\(Partition.name(partition))"
    }

    static func path(_ folder: String, _ piece: Piece, _ partition: Int) -> String {
        "\(folder)/\(name(piece, partition))"
    }

    subscript(piece: Piece) -> AtomicFileWriter { writers[piece]! }

    /// Marks of the pieces by name.
    func finish() throws(RunProblem) -> [String: FileChecksum] {
        var marks: [String: FileChecksum] = [:]
        for piece in Piece.allCases {
            marks[Self.name(piece, partition)] = try self[piece].finish(isDurable: false)
        }
        return marks
    }
}

/// A settlement with what round one left unpaid, between the stages (SY-4).
struct UnpaidRecord {
    var region: Int
    var person: UInt64
    var position: UInt64
    /// U, in fen, above 0.
    var unpaid: Fen
    /// What second rounds paid of it so far, and what of that is to be recovered.
    var paid: Fen
    var recoverable: Fen
    var id: [UInt8]

    var left: Fen { max(0, unpaid - paid) }

    /// Bytes before the id: the region, five numbers, the id's length.
    private static let headBytes = 42

    func write(to writer: AtomicFileWriter) throws(RunProblem) {
        writer.bytes.append(UInt8(region))
        let numbers = [
            person, position, UInt64(bitPattern: unpaid), UInt64(bitPattern: paid), UInt64(bitPattern: recoverable),
        ]
        for number in numbers { withUnsafeBytes(of: number.littleEndian) { writer.bytes.append(contentsOf: $0) } }
        writer.bytes.append(UInt8(id.count))
        writer.bytes.append(contentsOf: id)
        try writer.flushIfFull()
    }

    static func forEach(_ path: String, _ body: (UnpaidRecord) throws -> Void) throws {
        let reader = try RecordFileReader(path)
        while let head = try reader.next(
            headBytes,
            { bytes in
                func number(_ index: Int) -> UInt64 {
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 1 + 8 * index, as: UInt64.self))
                }
                return (
                    UnpaidRecord(
                        region: Int(bytes[0]), person: number(0), position: number(1),
                        unpaid: Fen(bitPattern: number(2)), paid: Fen(bitPattern: number(3)),
                        recoverable: Fen(bitPattern: number(4)), id: []),
                    Int(bytes[headBytes - 1])
                )
            })
        {
            var record = head.0
            record.id = try reader.next(head.1) { [UInt8]($0) } ?? []
            try body(record)
        }
    }
}
