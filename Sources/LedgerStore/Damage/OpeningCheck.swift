import CSQLite
import Text

/// What a ledger's files say before they are opened.
struct StoreFacts {
    let identity: UInt64
    let version: Int
    let witness: FoundWitness
    /// What the main file says without the log; nil: it cannot be read alone, or is of the format before.
    let main: StoreMark?
}

/// Whether a ledger's main file, log and witness belong together and nothing of them is missing, looked at before
/// anything is written to them or beside them.
///
/// Reads the log once, the packs and two blocks. What lies elsewhere in the main file is found by the checksum of its
/// block when that is read.
struct OpeningCheck {
    let place: StorePlace
    let schema: StoreSchema
    /// Whether nobody else can be writing meanwhile.
    let isAlone: Bool

    /// Two commits of a server end between two attempts at most.
    private static let attemptsMax = 50

    /// - Throws: `.damaged` where something is lost, missing or does not belong together, `.newer`.
    func run() throws(StoreFailure) -> StoreFacts {
        var seen = try signs()
        for _ in 1..<Self.attemptsMax {
            do {
                return try look()
            } catch {
                // While another process writes, its files are not of one moment: they are looked at again.
                let now = isAlone ? seen : try signs()
                guard now != seen else { throw error }
                seen = now
            }
        }
        return try look()
    }

    /// What changes with every commit.
    private func signs() throws(StoreFailure) -> [[UInt8]] {
        guard !isAlone else { return [] }
        func bytes(_ path: String, _ count: Int) -> [UInt8] {
            guard fileExists(path), let file = try? RawFile(path: path, kind: .beside, vfs: place.vfs)
            else { return [] }
            return (try? file.read(at: 0, count: count)) ?? []
        }
        return [
            bytes(place.logPath, LogHeader.byteCount),
            bytes(place.witnessPath, Witness.slotBytes * (Witness.slots - 1) + WitnessRecord.byteCount),
        ]
    }

    private func look() throws(StoreFailure) -> StoreFacts {
        guard fileExists(place.path) else { throw .unavailable("\(place.path): there is no ledger") }
        let hasLog = fileExists(place.logPath)
        let header = try StoreHeader.check(path: place.path, vfs: place.vfs, schema: schema, hasLog: hasLog)
        do {
            // In this order: beside a server that writes, each is older than the next.
            let main = place.markOfMainFile()
            let witness = try FoundWitness(path: place.witnessPath, vfs: place.vfs)
            let log = hasLog ? try walk(pageBytes: header.pageBytes, promised: witness.record) : nil
            try checkLog(log, witness, main)
            let connection = try SQLiteConnection(
                path: place.path, access: hasLog ? .readOnly : .immutable, vfs: place.vfs)
            let version = try version(connection)
            if version >= StoreSchema.marked {
                try checkContent(connection, main, witness)
                let logged = log.flatMap { $0.frames > 0 ? $0.databasePages : nil }
                try checkSizes(connection, pages: logged ?? header.pages)
            }
            let identity = UInt64(bitPattern: try connection.integer("SELECT identity FROM ledger"))
            guard identity != 0 else { throw StoreFailure.damaged("\(place.path) has no identity") }
            if version == schema.version { try probe(connection, version: version) }
            return StoreFacts(identity: identity, version: version, witness: witness, main: main.mark)
        } catch let failure as StoreFailure {
            throw failure
        } catch let error as SQLiteError {
            // SQLITE_ERROR: a table is missing.
            throw error.kind == SQLITE_ERROR || error.isDamage
                ? damaged("\(place.path): \(error.message)") : error.asUnavailable
        } catch {
            throw .unavailable("\(place.path): \(error)")
        }
    }

    private func damaged(_ text: String) -> StoreFailure {
        .damaged(
            "\(text); nothing was changed: 'jiesuan ledger rescue \(place.path)' says what can be kept, and keeps it")
    }

    // MARK: The files beside

    private func walk(pageBytes: Int, promised: WitnessRecord?) throws(SQLiteError) -> LogStanding {
        let log = try RawFile(path: place.logPath, kind: .beside, vfs: place.vfs)
        let main = try RawFile(path: place.path, kind: .databaseForReading, vfs: place.vfs)
        let frames = Int(promised?.logFrames ?? 0)
        return try LogWalk(file: log, main: main, promised: frames).run(pageBytes: pageBytes)
    }

    private func checkLog(
        _ log: LogStanding?, _ witness: FoundWitness, _ main: MainFile
    ) throws(StoreFailure) {
        let path = place.logPath
        if let damage = log?.damage {
            let what = damage.frame == 0 ? "its header" : "frame \(damage.frame), of commit \(damage.commit),"
            throw damaged(
                "\(path) is damaged from byte \(damage.bytes.lowerBound) to \(damage.bytes.upperBound): \(what) "
                    + "\(damage.reason), and "
                    + counted(damage.commitsBehind, "commit stands", "commits stand") + " behind it"
            )
        }
        if log?.frames ?? 0 == 0, main.mark?.isInUse != false, let other = place.otherNameWithLog() {
            throw StoreFailure.damaged(
                "\(place.path) is the same file as \(other), and its log lies beside that name: open it by that name; "
                    + "nothing was changed")
        }
        if case .older = main { return }
        if let record = witness.record {
            if let log, log.salt == record.logSalt, record.logFrames > 0 {
                guard log.frames >= record.logFrames, log.promisedSum == record.logSum else {
                    throw damaged(
                        "\(path) ends with frame \(log.frames) at byte \(end(log)), and \(place.witnessPath) says "
                            + "that \(record.logFrames) frames were acknowledged")
                }
            }
        } else if main.mark?.isInUse != false, log?.frames ?? 0 > 0 || main.mark?.isInUse == true {
            let state = witness == .none ? "is missing" : "cannot be read"
            throw damaged(
                "\(place.path) is in use, and \(place.witnessPath), which says how far it was acknowledged, \(state): "
                    + "a copy of a ledger in use is made by 'jiesuan ledger backup'")
        } else if log?.frames ?? 0 > 0 {
            throw damaged(
                "\(place.path) was closed in order, and \(path) is not its log: move the log away where the file is "
                    + "a copy that was put in the place of another")
        }
        if main.mark?.isInUse == true, log == nil {
            throw damaged("\(place.path) is in use, and its log \(path) is missing")
        }
    }

    private func end(_ log: LogStanding) -> Int {
        LogHeader.byteCount + log.frames * (LogFrame.headerBytes + (log.header?.pageBytes ?? 0))
    }

    // MARK: The content

    private func version(_ connection: SQLiteConnection) throws -> Int {
        // What the log holds may be newer than the header.
        guard try connection.integer("PRAGMA application_id") == Int64(StoreSchema.applicationID) else {
            throw damaged("\(place.path) is an SQLite file, but no ledger")
        }
        let version = Int(try connection.integer("PRAGMA user_version"))
        guard version <= schema.version else {
            throw StoreFailure.newer(
                "\(place.path) has version \(version) of the ledger's tables, this program knows "
                    + "up to \(schema.version); open it with a newer one")
        }
        let hasMark = try connection.integer("SELECT count(*) FROM pragma_table_info('ledger') WHERE name = 'digest'")
        guard version > 0, (hasMark == 1) == (version >= StoreSchema.marked) else {
            throw damaged("\(place.path) says that its tables are of version \(version), and they are not")
        }
        return version
    }

    private func checkContent(_ connection: SQLiteConnection, _ main: MainFile, _ witness: FoundWitness) throws {
        let mark = try StoreMark(connection)
        if let record = witness.record, record.identity != mark.identity {
            throw damaged(
                "\(place.witnessPath) belongs to another ledger than \(place.path): move it away where the file was "
                    + "put in the place of another")
        }
        if let main = main.mark, !mark.continues(main) {
            throw damaged(
                "\(place.logPath) does not continue \(place.path): they are of different moments, as when a ledger in "
                    + "use is copied, or of different copies")
        }
        let tip = try StoreTip(connection)
        // By the file itself, then by its witness.
        var promises = [(place.path, mark.sequence, mark.checksum)]
        if let main = main.mark { promises.append((place.path, main.sequence, main.checksum)) }
        if let record = witness.record {
            promises.append((place.witnessPath, record.tip.sequence, record.tip.checksum))
        }
        for (witness, sequence, checksum) in promises where sequence > 0 {
            guard tip.sequence >= sequence else {
                throw damaged(
                    "\(place.path) ends with block \(tip.sequence), and by \(witness) block \(sequence) was "
                        + "acknowledged: " + counted(sequence - tip.sequence, "block is", "blocks are")
                        + " missing, or it is an older copy"
                )
            }
            guard try StoreTip.checksum(ofBlock: sequence, connection) == checksum else {
                throw damaged(
                    "block \(sequence) of \(place.path) is not the one that was acknowledged by \(witness): it is "
                        + "damaged, or of another copy of the ledger")
            }
        }
        if let record = witness.record, record.epoch > mark.epoch || record.tip.packs > tip.packs {
            throw damaged(
                "\(place.path) is older than \(place.witnessPath): \(tip.packs) of \(record.tip.packs) kept packs, "
                    + "taken up again \(mark.epoch) of \(record.epoch) times")
        }
    }

    /// By these numbers SQLite decides where to write next. Nothing is ever removed from a ledger.
    private func checkSizes(_ connection: SQLiteConnection, pages: Int) throws {
        let counted = Int(try connection.integer("PRAGMA page_count"))
        guard isAlone ? counted == pages : counted >= pages else {
            throw damaged("\(place.path) counts \(counted) pages and has \(pages)")
        }
        let free = try connection.integer("PRAGMA freelist_count")
        guard free == 0 else { throw damaged("\(place.path) counts \(free) unused pages and has none") }
    }

    /// Reads the last block and the packs: a file that was cut or overwritten shows here rather than in operation.
    private func probe(_ connection: SQLiteConnection, version: Int) throws {
        _ = try connection.integer(
            "SELECT length(CAST(bytes AS TEXT)) FROM block WHERE sequence = (SELECT max(sequence) FROM block)")
        _ = try KeptPack.all(connection, version: version)
    }
}
