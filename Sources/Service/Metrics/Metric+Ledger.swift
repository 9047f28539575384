extension Metric {
    static let ofLedger = [
        ledgerRefusing, claims, paid, takenBack, settlements, blocks, commitDuration, commitAnswers, commitUnderWay,
        lastCommit, answersReplaced, incidents, cacheHits, cacheMisses, cacheBytes, yearEndUnderWay, yearEndProgress,
    ]
    static let ofFiles = [journalBytes, logBytes, indexBytes, diskAvailable]
    static let ofProcess = [processCPU, processFiles, processFilesMax, processMemory, processResident, processStart]

    static let ledgerRefusing = Metric(
        "jiesuan_ledger_refusing", .gauge, labels: ["reason"],
        "1 while the ledger takes nothing; reason: store (its disk), or clock (it is behind the journal).")
    static let claims = Metric(
        "jiesuan_claims_total", .counter, labels: ["region", "kind", "result"],
        """
        Claims since the start by region, kind and result: settled, repeated (answered again), refused (by the \
        region's rules), reversed (taken back).
        """)
    static let paid = Metric(
        "jiesuan_paid_yuan_total", .counter, labels: ["region", "payer"],
        "Yuan settled since the start, to the fen, by who pays: a fund, account, family_account or cash.")
    static let takenBack = Metric(
        "jiesuan_reversed_yuan_total", .counter, labels: ["region", "payer"],
        "Yuan of settlements taken back since the start, as they had been settled.")
    static let settlements = Metric(
        "jiesuan_settlements", .gauge, "Settlements in the ledger, reversed ones included.")
    static let blocks = Metric("jiesuan_journal_blocks", .gauge, "Blocks of the journal that are durable.")
    static let commitDuration = Metric(
        "jiesuan_commit_duration_seconds", .histogram, "Seconds that commits took: how fast the disk is.")
    static let commitAnswers = Metric(
        "jiesuan_commit_answers", .histogram, "Answers that waited for one commit; a batch is one answer.")
    static let commitUnderWay = Metric(
        "jiesuan_commit_under_way_seconds", .gauge, "Seconds that the commit under way has been running; 0: none is.")
    static let lastCommit = Metric(
        "jiesuan_last_commit_timestamp_seconds", .gauge, isOptional: true,
        "When the last commit ended, in seconds since 1970; left out before the first.")
    static let answersReplaced = Metric(
        "jiesuan_answers_replaced_total", .counter,
        "Answers replaced by 4106 or 4107 because what they told of did not become durable.")
    static let incidents = Metric(
        "jiesuan_ledger_incidents_total", .counter, labels: ["kind"],
        "What happened to the ledger's disk, files and clock; the kinds are those of the log, with _ for blanks.")
    static let cacheHits = Metric(
        "jiesuan_block_cache_hits_total", .counter, "Blocks of the journal that the sequencer found in its cache.")
    static let cacheMisses = Metric(
        "jiesuan_block_cache_misses_total", .counter, "Blocks of the journal that the sequencer had to read.")
    static let cacheBytes = Metric("jiesuan_block_cache_bytes", .gauge, "Bytes of the blocks in that cache.")
    static let yearEndUnderWay = Metric(
        "jiesuan_year_end_under_way", .gauge, "1 while a year's end is at work at the server.")
    static let yearEndProgress = Metric(
        "jiesuan_year_end_progress_ratio", .gauge, "How far its present stage is, from 0 to 1; 0 while none is at work."
    )

    static let journalBytes = Metric("jiesuan_journal_bytes", .gauge, "Bytes of the ledger's file.")
    static let logBytes = Metric(
        "jiesuan_journal_log_bytes", .gauge, "Bytes of the write-ahead log beside the ledger's file.")
    static let indexBytes = Metric("jiesuan_index_bytes", .gauge, "Bytes of the files that derive from the journal.")
    static let diskAvailable = Metric(
        "jiesuan_disk_available_bytes", .gauge, "Bytes that the ledger's disk has left for this process.")

    static let processCPU = Metric("process_cpu_seconds_total", .counter, "CPU time of the process in seconds.")
    static let processFiles = Metric("process_open_fds", .gauge, "Files and connections that are open.")
    static let processFilesMax = Metric("process_max_fds", .gauge, "The most that may be open.")
    static let processMemory = Metric("process_virtual_memory_bytes", .gauge, "Virtual memory in bytes.")
    static let processResident = Metric("process_resident_memory_bytes", .gauge, "Resident memory in bytes.")
    static let processStart = Metric(
        "process_start_time_seconds", .gauge, "When the process started, in seconds since 1970.")
}
