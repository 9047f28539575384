/// A damaged frame of a log.
package struct BrokenFrame: Equatable, Sendable {
    /// Its byte range in the log's file.
    package let bytes: Range<Int>
    package let frame: Int
}

/// Rebuilds a log from its sound frames, so that one damaged frame does not lose all frames behind it.
///
/// Each frame holds a whole page, and commits mostly change the same pages: usually a later frame has the content of a
/// damaged one, too. Missing content is found when the blocks are read.
struct LogSalvage {
    private let file: RawFile
    private let pageBytes: Int
    private let witness: WitnessRecord?

    init(file: RawFile, pageBytes: Int, witness: WitnessRecord?) {
        self.file = file
        self.pageBytes = pageBytes
        self.witness = witness
    }

    /// The kept frames, in order, up to the end of the last commit, and the damaged ones.
    private struct Choice {
        var kept: [Int] = []
        /// Number of kept frames in complete commits.
        var committed = 0
        var broken: [BrokenFrame] = []
        var commits = 0
    }

    /// - Parameter path: path of the new log; nil: only inspects.
    /// - Returns: the kept complete commits, and the damaged frames.
    func write(to path: String?, vfs: String?) throws(SQLiteError) -> (commits: Int, broken: [BrokenFrame]) {
        guard let header = LogHeader(try file.read(at: 0, count: LogHeader.byteCount)) else { return (0, []) }
        var frames = try LogFrames(file, pageBytes: header.fault == nil ? header.pageBytes : pageBytes)
        let choice = try choose(&frames, header)
        if let path { try write(choice, &frames, to: path, vfs: vfs) }
        return (choice.commits, choice.broken)
    }

    private func choose(_ frames: inout LogFrames, _ header: LogHeader) throws(SQLiteError) -> Choice {
        var choice = Choice()
        let isSound = header.fault == nil
        let first = try frames.frame(1)
        let second = try frames.frame(2)
        let salt = isSound ? header.salt : second?.salt ?? first?.salt ?? 0
        if !isSound, frames.count > 0 { choice.broken.append(BrokenFrame(bytes: 0..<LogHeader.byteCount, frame: 0)) }
        let isBigEndian = isSound && header.isBigEndian
        // Either the header's checksum is damaged, or the header and not its checksum.
        var seeds = [header.stored, header.computed]
        let promised = witness.flatMap { $0.logSalt == salt ? Int($0.logFrames) : nil } ?? 0
        var number = 1
        while let frame = try frames.frame(number) {
            let sums = seeds.map { frame.sum(after: $0, isBigEndian: isBigEndian) }
            var isKept = frame.page != 0 && sums.contains(frame.stored)
            if !isKept {
                // If only the frame's stored checksum is damaged, the next frame continues the computed one.
                let next = try frames.frame(number + 1)
                let isProven = next.map { next in
                    sums.contains { next.sum(after: $0, isBigEndian: isBigEndian) == next.stored }
                }
                if number > promised {
                    guard try commitsStand(behind: number, &frames, salt, isBigEndian) else { break }
                }
                isKept = isProven == true
                choice.broken.append(
                    BrokenFrame(bytes: frame.offset..<frame.offset + frames.frameBytes, frame: number))
            }
            if isKept {
                choice.kept.append(number)
                if frame.endsCommit {
                    choice.committed = choice.kept.count
                    choice.commits += 1
                }
            }
            seeds = [frame.stored] + sums
            number += 1
        }
        return choice
    }

    /// Whether complete commits follow the damaged frame, beyond the end of its own commit: see `LogWalk`.
    private func commitsStand(
        behind broken: Int, _ frames: inout LogFrames, _ salt: UInt64, _ isBigEndian: Bool
    ) throws(SQLiteError) -> Bool {
        guard var before = try frames.frame(broken) else { return false }
        var hasEnded = before.endsCommit
        while let frame = try frames.frame(before.number + 1), frame.salt == salt {
            let continues = frame.sum(after: before.stored, isBigEndian: isBigEndian) == frame.stored
            if hasEnded, !continues { return false }
            if hasEnded, frame.endsCommit { return true }
            hasEnded = hasEnded || frame.endsCommit
            before = frame
        }
        return false
    }

    private func write(
        _ choice: Choice, _ frames: inout LogFrames, to path: String, vfs: String?
    ) throws(SQLiteError) {
        let salt = UInt64.random(in: 1...UInt64.max)
        let header = LogHeader(pageBytes: frames.pageBytes, salt: salt)
        let copy = try RawFile(path: path, kind: .new, vfs: vfs)
        try copy.write(header.bytes, at: 0)
        var sum = header.stored
        for (index, number) in choice.kept.prefix(choice.committed).enumerated() {
            guard let frame = try frames.frame(number) else { return }
            sum = frame.sum(after: sum, isBigEndian: false)
            let start = bigEndianBytes(UInt64(frame.page) << 32 | UInt64(frame.databasePages))
            let bytes = start + bigEndianBytes(salt) + bigEndianBytes(sum.number) + frame.content
            try copy.write(bytes, at: frames.offset(index + 1))
        }
    }
}
