/// What a write-ahead log holds by its own checksums.
struct LogStanding: Equatable {
    /// Bytes of the file.
    var size = 0
    var header: LogHeader?
    /// Up to the end of the last whole commit that SQLite would find.
    var frames = 0
    var commits = 0
    /// Pages of the main file after that commit.
    var databasePages = 0
    /// The checksum of the frame that was asked for; nil: the log ends before it.
    var promisedSum: LogSum?
    var damage: LogDamage?

    /// The round of the log; nil: it has no header that fits.
    var salt: UInt64? { header?.fault == nil ? header?.salt : nil }
}

/// A place of a log that cannot be the torn end that a crash leaves, because later commits stand behind it.
struct LogDamage: Equatable {
    /// 0: the header.
    let frame: Int
    /// In the file.
    let bytes: Range<Int>
    /// Which commit of the log the frame belongs to.
    let commit: Int
    /// Whole commits that stand behind it.
    let commitsBehind: Int
    let reason: String
}

/// Walks a log from its start as SQLite does when it recovers, and beyond the place where SQLite would stop.
///
/// A commit is written after the sync of the one before. So a frame that does not fit its checksum while whole commits
/// of the same round stand behind it was on the disk and is not any more. Frames of earlier rounds, which have another
/// salt, are no commits; nor is what a failed transaction left behind the end and the next one overwrote in part,
/// because its checksums do not continue those of the frames before it. On a disk where a write may spoil the bytes
/// beside it only the witness tells: SQLite repeats frames there to fill a sector, and does not sync all of them.
///
/// Reads the log once; holds a chunk of it.
struct LogWalk {
    private let file: RawFile
    /// The main file, which has everything of a round that was copied into it.
    private let main: RawFile
    /// A frame whose checksum is asked for, 0: none.
    private let promised: Int

    init(file: RawFile, main: RawFile, promised: Int) {
        self.file = file
        self.main = main
        self.promised = promised
    }

    func run(pageBytes: Int) throws(SQLiteError) -> LogStanding {
        var standing = LogStanding()
        standing.size = try file.size()
        standing.header = LogHeader(try file.read(at: 0, count: LogHeader.byteCount))
        guard let header = standing.header else { return standing }
        guard header.fault == nil else {
            if file.isPowersafe { standing.damage = try lostBehindHeader(header, pageBytes: pageBytes) }
            return standing
        }
        var frames = try LogFrames(file, pageBytes: header.pageBytes)
        var seed = header.stored
        var number = 1
        while let frame = try frames.frame(number), Self.isNext(frame, header, after: seed) {
            seed = frame.stored
            if frame.endsCommit {
                standing.frames = number
                standing.commits += 1
                standing.databasePages = frame.databasePages
            }
            if number == promised { standing.promisedSum = frame.stored }
            number += 1
        }
        if file.isPowersafe {
            standing.damage = try lost(from: number, &frames, header, commit: standing.commits + 1, seed)
        }
        return standing
    }

    private static func isNext(_ frame: LogFrame, _ header: LogHeader, after seed: LogSum) -> Bool {
        frame.salt == header.salt && frame.page != 0
            && frame.sum(after: seed, isBigEndian: header.isBigEndian) == frame.stored
    }

    /// Whether whole commits stand behind the frame that does not fit: frames whose checksums continue each other from
    /// the end of its commit on.
    private func lost(
        from number: Int, _ frames: inout LogFrames, _ header: LogHeader, commit: Int, _ seed: LogSum
    ) throws(SQLiteError) -> LogDamage? {
        guard let broken = try frames.frame(number) else { return nil }
        let reason = broken.salt == header.salt ? "does not fit its checksum" : "names another round of the log"
        // Where the content is sound and only its checksum is not, what follows continues what it should be.
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

    /// A header that does not fit makes SQLite ignore all frames. That is no loss where a crash tore it as the log was
    /// begun again: then the main file has every page as the last commit left it.
    private func lostBehindHeader(_ header: LogHeader, pageBytes: Int) throws(SQLiteError) -> LogDamage? {
        var frames = try LogFrames(file, pageBytes: pageBytes)
        guard let first = try frames.frame(1) else { return nil }
        let unit = LogHeader(pageBytes: pageBytes, salt: first.salt)
        // The byte order may be what is broken.
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
