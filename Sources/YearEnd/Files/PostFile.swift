import Ledger
import Records
import Registry

/// The entries that a run will post: rows of the journal, each with the index of its region.
enum PostFile {
    /// The region, and the row's size as a little-endian number of 32 bits.
    static let headBytes = 5

    static func append(
        _ region: Int, to file: AtomicFileWriter, _ write: (inout ByteWriter) -> Void
    ) throws(RunProblem) {
        var writer = ByteWriter(capacity: 256)
        write(&writer)
        file.bytes.append(UInt8(region))
        withUnsafeBytes(of: UInt32(writer.count).littleEndian) { file.bytes.append(contentsOf: $0) }
        try file.append(writer.bytes)
    }

    /// The next row; nil: there are no more.
    ///
    /// - Throws: where the file is damaged, or names a region beyond `regions`.
    static func next(_ reader: RecordFileReader, regions: Int) throws -> (region: Int, post: Post)? {
        let head = try reader.next(headBytes) { bytes in
            (Int(bytes[0]), Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self))))
        }
        guard let (region, size) = head else { return nil }
        guard region < regions, let post = try reader.next(size, { try? Post($0) }), let post else {
            throw RunProblem("the run's posts.bin is damaged; remove the run's folder and run again")
        }
        return (region, post)
    }
}

/// One entry that is to be booked.
enum Post {
    case adjustment(AdjustmentEntry)
    case secondRound(SecondRoundPayment)
    case recognition(RecognitionPayment)

    init(_ row: UnsafeRawBufferPointer) throws(DamagedBytes) {
        switch row.first.flatMap({ RowKind(rawValue: $0) }) {
        case .adjustment: self = .adjustment(try AdjustmentEntry(row: row))
        case .secondRound: self = .secondRound(try SecondRoundPayment(row: row))
        case .recognitionPayment: self = .recognition(try RecognitionPayment(row: row))
        default: throw DamagedBytes()
        }
    }

    /// Books it under the ledger's number of its region's pack.
    func book(in ledger: Ledger, pack: UInt32, readThrough end: UInt64) throws(DomainRefusal) -> AdjustmentPosting {
        switch self {
        case .adjustment(var entry):
            entry.pack = pack
            return try ledger.post(entry, readThrough: end)
        case .secondRound(var payment):
            payment.pack = pack
            return try ledger.post(payment, readThrough: end)
        case .recognition(var payment):
            payment.pack = pack
            return try ledger.post(payment, readThrough: end)
        }
    }
}
