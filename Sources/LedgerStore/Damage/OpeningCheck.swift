import CSQLite
import Text

/// Facts of a ledger's files, read before opening.
struct StoreFacts {
    let identity: UInt64
    let version: Int
    let witness: FoundWitness
    /// The main file's mark, read without the log; nil: unreadable alone, or of an older format.
    let main: StoreMark?
}

/// Checks that a ledger's main file, log and witness belong together and are complete, before anything is written to
/// them or beside them.
///
/// Reads the log once, the packs and two blocks. Damage elsewhere in the main file is found by a block's checksum when
/// it is read.
struct OpeningCheck {
    let files: StoreFiles
    let schema: StoreSchema
    /// Whether no other process can be writing meanwhile.
    let isAlone: Bool

    /// Attempts to read a consistent state beside a server that writes.
    private static let attemptsMax = 50

    /// - Throws: `.damaged` where a part is lost, missing or does not belong, `.newer`.
    func run() throws(StoreFailure) -> StoreFacts {
        var seen = try signs()
        for _ in 1..<Self.attemptsMax {
            do {
                return try look()
            } catch {
                // Files of another process that writes may be read at different moments: retry until they are
                // unchanged.
                let now = isAlone ? seen : try signs()
                guard now != seen else { throw error }
                seen = now
            }
        }
        return try look()
    }

    /// The bytes that change with every commit.
    private func signs() throws(StoreFailure) -> [[UInt8]] {
        guard !isAlone else { return [] }
        func bytes(_ path: String, _ count: Int) -> [UInt8] {
            guard fileExists(path), let file = try? RawFile(path: path, kind: .beside, vfs: files.vfs)
            else { return [] }
            return (try? file.read(at: 0, count: count)) ?? []
        }
        return [
            bytes(files.logPath, LogHeader.byteCount),
            bytes(files.witnessPath, Witness.slotBytes * (Witness.slots - 1) + WitnessRecord.byteCount),
        ]
    }

    private func look() throws(StoreFailure) -> StoreFacts {
        guard fileExists(files.path) else { throw .unavailable("\(files.path): there is no ledger") }
        let hasLog = fileExists(files.logPath)
        let header = try StoreHeader.check(path: files.path, vfs: files.vfs, schema: schema, hasLog: hasLog)
        do {
            // The order matters: beside a server that writes, each is older than the next.
            let main = files.markOfMainFile()
            let witness = try FoundWitness(path: files.witnessPath, vfs: files.vfs)
            let log = hasLog ? try walk(pageBytes: header.pageBytes, promised: witness.record) : nil
            try checkLog(log, witness, main)
            let connection = try SQLiteConnection(
                path: files.path, access: hasLog ? .readOnly : .immutable, vfs: files.vfs)
            let version = try version(connection)
            if version >= StoreSchema.marked {
                try checkContent(connection, main, witness)
                let logged = log.flatMap { $0.frames > 0 ? $0.databasePages : nil }
                try checkSizes(connection, pages: logged ?? header.pages)
            }
            let identity = UInt64(bitPattern: try connection.integer("SELECT identity FROM ledger"))
            guard identity != 0 else { throw StoreFailure.damaged("\(files.path) has no identity") }
            if version == schema.version { try probe(connection, version: version) }
            return StoreFacts(identity: identity, version: version, witness: witness, main: main.mark)
        } catch let failure as StoreFailure {
            throw failure
        } catch let error as SQLiteError {
            // SQLITE_ERROR: a table is missing.
            throw error.kind == SQLITE_ERROR || error.isDamage
                ? damaged("\(files.path): \(error.message)") : error.asUnavailable
        } catch {
            throw .unavailable("\(files.path): \(error)")
        }
    }

    private func damaged(_ text: String) -> StoreFailure {
        .damaged(
            "\(text); nothing was changed: 'jiesuan ledger rescue \(files.path)' says what can be kept, and keeps it")
    }

    // MARK: The files beside

    private func walk(pageBytes: Int, promised: WitnessRecord?) throws(SQLiteError) -> LogExtent {
        let log = try RawFile(path: files.logPath, kind: .beside, vfs: files.vfs)
        let main = try RawFile(path: files.path, kind: .databaseForReading, vfs: files.vfs)
        let frames = Int(promised?.logFrames ?? 0)
        return try LogWalk(file: log, main: main, promised: frames).run(pageBytes: pageBytes)
    }

    private func checkLog(
        _ log: LogExtent?, _ witness: FoundWitness, _ main: MainFile
    ) throws(StoreFailure) {
        let path = files.logPath
        if let damage = log?.damage {
            let what = damage.frame == 0 ? "its header" : "frame \(damage.frame), of commit \(damage.commit),"
            throw damaged(
                "\(path) is damaged from byte \(damage.bytes.lowerBound) to \(damage.bytes.upperBound): \(what) "
                    + "\(damage.reason), and "
                    + counted(damage.commitsBehind, "commit stands", "commits stand") + " behind it"
            )
        }
        if log?.frames ?? 0 == 0, main.mark?.isInUse != false, let other = files.otherNameWithLog() {
            throw StoreFailure.damaged(
                "\(files.path) is the same file as \(other), and its log lies beside that name: open it by that name; "
                    + "nothing was changed")
        }
        if case .older = main { return }
        if let record = witness.record {
            if let log, log.salt == record.logSalt, record.logFrames > 0 {
                guard log.frames >= record.logFrames, log.promisedSum == record.logSum else {
                    throw damaged(
                        "\(path) ends with frame \(log.frames) at byte \(end(log)), and \(files.witnessPath) says "
                            + "that \(record.logFrames) frames were acknowledged")
                }
            }
        } else if main.mark?.isInUse != false, log?.frames ?? 0 > 0 || main.mark?.isInUse == true {
            let state = witness == .none ? "is missing" : "cannot be read"
            throw damaged(
                "\(files.path) is in use, and \(files.witnessPath), which says how far it was acknowledged, \(state): "
                    + "a copy of a ledger in use is made by 'jiesuan ledger backup'")
        } else if log?.frames ?? 0 > 0 {
            throw damaged(
                "\(files.path) was closed in order, and \(path) is not its log: move the log away where the file is "
                    + "a copy that was put in the place of another")
        }
        if main.mark?.isInUse == true, log == nil {
            throw damaged("\(files.path) is in use, and its log \(path) is missing")
        }
    }

    private func end(_ log: LogExtent) -> Int {
        LogHeader.byteCount + log.frames * (LogFrame.headerBytes + (log.header?.pageBytes ?? 0))
    }

    // MARK: The content

    private func version(_ connection: SQLiteConnection) throws -> Int {
        // The log may be newer than the header.
        guard try connection.integer("PRAGMA application_id") == Int64(StoreSchema.applicationID) else {
            throw damaged("\(files.path) is an SQLite file, but no ledger")
        }
        let version = Int(try connection.integer("PRAGMA user_version"))
        guard version <= schema.version else {
            throw StoreFailure.newer(
                "\(files.path) has version \(version) of the ledger's tables, this program knows "
                    + "up to \(schema.version); open it with a newer one")
        }
        let hasMark = try connection.integer("SELECT count(*) FROM pragma_table_info('ledger') WHERE name = 'digest'")
        guard version > 0, (hasMark == 1) == (version >= StoreSchema.marked) else {
            throw damaged("\(files.path) says that its tables are of version \(version), and they are not")
        }
        return version
    }

    private func checkContent(_ connection: SQLiteConnection, _ main: MainFile, _ witness: FoundWitness) throws {
        let mark = try StoreMark(connection)
        if let record = witness.record, record.identity != mark.identity {
            throw damaged(
                "\(files.witnessPath) belongs to another ledger than \(files.path): move it away where the file was "
                    + "put in the place of another")
        }
        if let main = main.mark, !mark.continues(main) {
            throw damaged(
                "\(files.logPath) does not continue \(files.path): they are of different moments, as when a ledger in "
                    + "use is copied, or of different copies")
        }
        let tip = try StoreTip(connection)
        // The acknowledged ends, by the file itself, then by its witness.
        var promises = [(files.path, mark.sequence, mark.checksum)]
        if let main = main.mark { promises.append((files.path, main.sequence, main.checksum)) }
        if let record = witness.record {
            promises.append((files.witnessPath, record.tip.sequence, record.tip.checksum))
        }
        for (witness, sequence, checksum) in promises where sequence > 0 {
            guard tip.sequence >= sequence else {
                throw damaged(
                    "\(files.path) ends with block \(tip.sequence), and by \(witness) block \(sequence) was "
                        + "acknowledged: " + counted(sequence - tip.sequence, "block is", "blocks are")
                        + " missing, or it is an older copy"
                )
            }
            guard try StoreTip.checksum(ofBlock: sequence, connection) == checksum else {
                throw damaged(
                    "block \(sequence) of \(files.path) is not the one that was acknowledged by \(witness): it is "
                        + "damaged, or of another copy of the ledger")
            }
        }
        if let record = witness.record, record.epoch > mark.epoch || record.tip.packs > tip.packs {
            throw damaged(
                "\(files.path) is older than \(files.witnessPath): \(tip.packs) of \(record.tip.packs) kept packs, "
                    + "taken up again \(mark.epoch) of \(record.epoch) times")
        }
    }

    /// Checks the sizes by which SQLite decides where to write next; a ledger never has free pages.
    private func checkSizes(_ connection: SQLiteConnection, pages: Int) throws {
        let counted = Int(try connection.integer("PRAGMA page_count"))
        guard isAlone ? counted == pages : counted >= pages else {
            throw damaged("\(files.path) counts \(counted) pages and has \(pages)")
        }
        let free = try connection.integer("PRAGMA freelist_count")
        guard free == 0 else { throw damaged("\(files.path) counts \(free) unused pages and has none") }
    }

    /// Reads the last block and the packs, so that a truncated or overwritten file is found now and not in operation.
    private func probe(_ connection: SQLiteConnection, version: Int) throws {
        _ = try connection.integer(
            "SELECT length(CAST(bytes AS TEXT)) FROM block WHERE sequence = (SELECT max(sequence) FROM block)")
        _ = try KeptPack.all(connection, version: version)
    }
}
