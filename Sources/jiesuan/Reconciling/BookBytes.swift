import Population

/// The bytes of an institution's books, complete and unzipped, with a header line.
struct BookBytes {
    /// 100,000 rows of the platform's file have some 15 MB.
    static let bytesMax = 64 << 20

    /// Columns of the platform's file of 3202, which has no header line.
    private static let platformColumns = [
        "setl_id", "mdtrt_id", "psn_no", "medfee_sumamt", "fund_pay_sumamt", "acct_pay", "refd_setl_flag",
        "exp_content",
    ]
    /// `exp_content` may be left out.
    private static let platformColumnsMin = 7
    /// Indexes of its amounts.
    private static let amounts = 3...5

    private(set) var bytes: [UInt8]
    /// Whether the file has a header line; false: one was added.
    private(set) var hasHeader = true

    /// - Throws: `FileProblem`.
    init(_ path: String) throws(FileProblem) {
        bytes = try Self.read(path)
        if ZipFile.isZip(bytes) { bytes = try ZipFile(path, bytes).onlyFile(bytesMax: Self.bytesMax) }
        guard let columns = Self.columnsOfPlatform(bytes) else { return }
        hasHeader = false
        bytes = Array((columns.joined(separator: "\t") + "\n").utf8) + bytes
    }

    private static func read(_ path: String) throws(FileProblem) -> [UInt8] {
        var source = try FileSource(path: path)
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try read(&source, into: &piece)
            if count == 0 { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= bytesMax else {
                throw FileProblem(path: path, reason: "has more than \(bytesMax >> 20) MiB: ask for fewer days")
            }
        }
    }

    private static func read(_ source: inout FileSource, into piece: inout [UInt8]) throws(FileProblem) -> Int {
        let result = piece.withUnsafeMutableBytes { buffer -> Result<Int, FileProblem> in
            do throws(FileProblem) { return .success(try source.read(into: buffer)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// The column names for a first line that is a row of the platform's file; nil: it is a header.
    private static func columnsOfPlatform(_ bytes: [UInt8]) -> [String]? {
        let mark = bytes.starts(with: CSVText.mark) ? CSVText.mark.count : 0
        let line = bytes[mark...].prefix { $0 != UInt8(ascii: "\n") }.prefix(CSVLimit.rowBytesMax)
        let values = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map { value in
            String(decoding: value.filter { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: " ") }, as: UTF8.self)
        }
        guard (platformColumnsMin...platformColumns.count).contains(values.count) else { return nil }
        let isRow = values[amounts].allSatisfy { $0 == "null" || (try? YuanText.fen($0)) != nil }
        return isRow ? Array(platformColumns[..<values.count]) : nil
    }
}
