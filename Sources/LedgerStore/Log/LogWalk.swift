/// The valid extent of a write-ahead log, by its own checksums.
struct LogExtent: Equatable {
    /// Bytes of the file.
    var size = 0
    var header: LogHeader?
    /// Frames up to the end of the last complete commit that SQLite would find.
    var frames = 0
    var commits = 0
    /// Pages of the main file after that commit.
    var databasePages = 0
    /// The checksum of the promised frame; nil: the log ends before it.
    var promisedSum: LogSum?
    var damage: LogDamage?

    /// The round of the log; nil: no valid header.
    var salt: UInt64? { header?.fault == nil ? header?.salt : nil }
}

/// Damage inside a log: not the torn end of a crash, because later commits follow it.
struct LogDamage: Equatable {
    /// Number of the damaged frame, 0: the header.
    let frame: Int
    /// Its byte range in the file.
    let bytes: Range<Int>
    /// Number of the frame's commit in the log.
    let commit: Int
    /// Number of complete commits behind it.
    let commitsBehind: Int
    let reason: String
}

/// Walks a log from its start like SQLite's recovery, and continues where SQLite would stop.
///
/// A commit is written after the sync of the one before. So an invalid frame followed by complete commits of the same
/// round was on disk and has been damaged since. Frames of earlier rounds, with another salt, are no commits; nor are
/// frames left behind the end by a failed transaction and partly overwritten by the next, because their checksums do
/// not continue those before. On a disk without powersafe overwrite only the witness tells: SQLite repeats frames there
/// to pad a sector, and does not sync all of them.
///
/// Reads the log once, buffering a chunk.
struct LogWalk {
    private let file: RawFile
    /// The main file, which has all pages of a checkpointed round.
    private let main: RawFile
    /// Number of the promised frame, whose checksum is wanted; 0: none.
    private let promised: Int

    init(file: RawFile, main: RawFile, promised: Int) {
        self.file = file
        self.main = main
        self.promised = promised
    }

    func run(pageBytes: Int) throws(SQLiteError) -> LogExtent {
        var extent = LogExtent()
        extent.size = try file.size()
        extent.header = LogHeader(try file.read(at: 0, count: LogHeader.byteCount))
        guard let header = extent.header else { return extent }
        guard header.fault == nil else {
            if file.isPowersafe { extent.damage = try lostBehindHeader(header, pageBytes: pageBytes) }
            return extent
        }
        var frames = try LogFrames(file, pageBytes: header.pageBytes)
        var seed = header.stored
        var number = 1
        while let frame = try frames.frame(number), Self.isNext(frame, header, after: seed) {
            seed = frame.stored
            if frame.endsCommit {
                extent.frames = number
                extent.commits += 1
                extent.databasePages = frame.databasePages
            }
            if number == promised { extent.promisedSum = frame.stored }
            number += 1
        }
        if file.isPowersafe {
            extent.damage = try lost(from: number, &frames, header, commit: extent.commits + 1, seed)
        }
        return extent
    }

    private static func isNext(_ frame: LogFrame, _ header: LogHeader, after seed: LogSum) -> Bool {
        frame.salt == header.salt && frame.page != 0
            && frame.sum(after: seed, isBigEndian: header.isBigEndian) == frame.stored
    }

    /// Finds complete commits behind an invalid frame: frames whose checksums continue each other from the end of its
    /// commit on.
    private func lost(
        from number: Int, _ frames: inout LogFrames, _ header: LogHeader, commit: Int, _ seed: LogSum
    ) throws(SQLiteError) -> LogDamage? {
        guard let broken = try frames.frame(number) else { return nil }
        let reason = broken.salt == header.salt ? "does not fit its checksum" : "names another round of the log"
        // If only the frame's stored checksum is damaged, the next frame continues the computed one.
        var seeds = [broken.stored, broken.sum(after: seed, isBigEndian: header.isBigEndian)]
        var hasEnded = broken.endsCommit
        var commitsBehind = 0
        var next = number + 1
        while let frame = try frames.frame(next), frame.salt == header.salt {
            let continues = seeds.contains { Self.isNext(frame, header, after: $0) }
            if hasEnded {
                guard continues else { break }
                if frame.endsCommit { commitsBehind += 1 }
            } else {
                hasEnded = frame.endsCommit
            }
            seeds = [frame.stored]
            next += 1
        }
        guard commitsBehind > 0 else { return nil }
        return LogDamage(
            frame: number, bytes: broken.offset..<broken.offset + frames.frameBytes, commit: commit,
            commitsBehind: commitsBehind, reason: reason)
    }

    /// An invalid header makes SQLite ignore all frames. That is no loss where a crash tore the header as a new round
    /// began: then the main file has every page as of the last commit.
    private func lostBehindHeader(_ header: LogHeader, pageBytes: Int) throws(SQLiteError) -> LogDamage? {
        var frames = try LogFrames(file, pageBytes: pageBytes)
        guard let first = try frames.frame(1) else { return nil }
        let unit = LogHeader(pageBytes: pageBytes, salt: first.salt)
        // The byte order's bit may be the damaged one.
        for isBigEndian in [false, true] {
            var latest: [Int: Int] = [:]
            var pending: [Int: Int] = [first.page: 1]
            var commits = 0
            if first.endsCommit { (latest, commits) = (pending, 1) }
            var before = first
            while let frame = try frames.frame(before.number + 1), frame.salt == unit.salt, frame.page != 0,
                frame.sum(after: before.stored, isBigEndian: isBigEndian) == frame.stored
            {
                pending[frame.page] = frame.number
                if frame.endsCommit {
                    latest = pending
                    commits += 1
                }
                before = frame
            }
            if before.number == 1, !isBigEndian { continue }
            for (page, number) in latest {
                let kept = try main.read(at: (page - 1) * pageBytes, count: pageBytes)
                guard let frame = try frames.frame(number), kept[...] != frame.content else { continue }
                return LogDamage(
                    frame: 0, bytes: 0..<LogHeader.byteCount, commit: 0, commitsBehind: commits,
                    reason: header.fault ?? "does not fit")
            }
            return nil
        }
        return nil
    }
}
