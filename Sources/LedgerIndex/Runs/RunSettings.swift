/// Sizes of an index; tests use small ones.
package struct RunSettings: Sendable {
    /// Entries of a memory table before it is frozen and written as a run.
    package var tableEntries: Int
    /// Frozen tables waiting to be written; at this number the active table grows instead.
    package var frozenMax = 2
    /// Entries in memory after which `hasRoom` is false.
    package var memoryEntriesMax: Int
    /// Neighbouring runs of one size class that are merged into one of the next class.
    package var fanIn = 8
    /// Runs beyond which the newest are merged whatever their size: restarts leave many small ones.
    package var runsMax = 64
    /// Bits of filter an entry; 0: no filter, every run is searched.
    package var bloomBitsPerEntry: UInt64

    package init(tableEntries: Int, bloomBitsPerEntry: UInt64) {
        self.tableEntries = tableEntries
        self.bloomBitsPerEntry = bloomBitsPerEntry
        memoryEntriesMax = 4 * tableEntries
    }

    /// Ids: 1,048,576 entries a table are 38 MB; at 300,000 settlements a second a run every 3.5 s.
    package static let ids = RunSettings(tableEntries: 1 << 20, bloomBitsPerEntry: 10)

    /// Institutions: read by range, which scans every entry in memory (0.3 ms a table) and uses no filter.
    package static let institutions = RunSettings(tableEntries: 1 << 17, bloomBitsPerEntry: 0)

    package static func standard(_ kind: IndexKind) -> RunSettings {
        switch kind {
        case .ids: ids
        case .institutions: institutions
        }
    }

    /// 0: below `fanIn` tables, 1: below `fanIn`² tables …
    func sizeClass(_ entries: UInt64) -> Int {
        var limit = UInt64(tableEntries) * UInt64(fanIn)
        var sizeClass = 0
        while entries >= limit {
            sizeClass += 1
            let (next, overflow) = limit.multipliedReportingOverflow(by: UInt64(fanIn))
            if overflow { break }
            limit = next
        }
        return sizeClass
    }

    /// The runs to merge next, oldest first; nil: none. Only neighbours are merged, which keeps the order of age.
    func mergeChoice(_ entries: [UInt64]) -> Range<Int>? {
        var start = 0
        for end in entries.indices {
            if sizeClass(entries[end]) != sizeClass(entries[start]) { start = end }
            if end - start + 1 == fanIn { return start..<end + 1 }
        }
        return entries.count > runsMax ? max(0, entries.count - fanIn)..<entries.count : nil
    }
}
