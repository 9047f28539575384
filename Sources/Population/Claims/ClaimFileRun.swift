import Settlement

/// Settles a claims file from end to end, in memory that does not grow with its claims.
package struct ClaimFileRun<Source: ByteSource, Settler: RowSettler> {
    /// Rows settled together: a full batch of a server (65,536), or less where the file ends.
    package static var chunkRows: Int { 32_768 }

    private var reader: ClaimFileReader<Source>
    private var settler: Settler
    private let results: FileSink?
    private let errors: FileSink?
    private let headings: TableHeadings
    private var summary = RunSummary()
    private var rows: [ClaimRow] = []

    /// - Parameters:
    ///   - results: the file of settled rows; nil: none.
    ///   - errors: the file of refused rows; nil: they are only counted.
    ///   - headings: of both files.
    package init(
        _ reader: ClaimFileReader<Source>, _ settler: Settler, results: FileSink?, errors: FileSink?,
        headings: TableHeadings = .english
    ) {
        self.reader = reader
        self.settler = settler
        self.results = results
        self.errors = errors
        self.headings = headings
    }

    /// Settles the file; `progress` is called now and then with rows and bytes.
    ///
    /// - Throws: `FileProblem`, or the settler's error.
    package mutating func run(progress: (_ rows: Int, _ bytes: Int64) -> Void) throws -> RunSummary {
        if let results { ResultFile.appendHeader(hasPrinted: reader.hasPrinted, headings, to: &results.bytes) }
        if let errors { CSVText.begin(ErrorFile.columns, headings, to: &errors.bytes) }
        var row = WorkedExamples.all[0]
        var problems: [RowProblem] = []
        var count = 0
        var isAtEnd = false
        while !isAtEnd {
            switch try reader.next(&row) {
            case .row: rows.append(row)
            case .bad(let problem): problems.append(problem)
            case .end: isAtEnd = true
            }
            if isAtEnd || rows.count + problems.count == Self.chunkRows {
                count += rows.count + problems.count
                try settleChunk(problems)
                rows.removeAll(keepingCapacity: true)
                problems.removeAll(keepingCapacity: true)
                progress(count, reader.bytesRead)
            }
        }
        try results?.finish()
        try errors?.finish()
        return summary
    }

    private mutating func settleChunk(_ malformed: [RowProblem]) throws {
        let outcomes = try settler.settle(rows)
        var refused = malformed
        summary.malformed += malformed.count
        for (row, result) in zip(rows, outcomes) {
            switch result {
            case .settled(let outcome):
                summary.regions[row.region, default: RegionSums()].add(outcome, total: row.claim.claim.cost.total)
                if !row.printed.isEmpty {
                    summary.compared += 1
                    if !row.printed.agrees(outcome) { summary.disagreeing += 1 }
                }
                if let results {
                    ResultFile.append(outcome, of: row, hasPrinted: reader.hasPrinted, to: &results.bytes)
                    try results.flushIfFull()
                }
            case .refused(let problem):
                summary.regions[row.region, default: RegionSums()].refused += 1
                refused.append(problem)
            }
        }
        guard let errors else { return }
        for problem in refused.sorted(by: { $0.line < $1.line }) {
            ErrorFile.append(problem, to: &errors.bytes)
            try errors.flushIfFull()
        }
    }
}
