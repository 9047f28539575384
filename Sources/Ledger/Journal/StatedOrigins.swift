import LedgerFormat

/// The origins that the open block has stated, and the one that holds for its next row.
struct StatedOrigins {
    private(set) var inForce: RecordOrigin?
    /// Where the block says each in words; no more than the block has rows.
    private var rows: [RecordOrigin: Int] = [:]

    /// A block has begun.
    @inline(__always)
    mutating func begin() {
        guard inForce != nil || !rows.isEmpty else { return }
        inForce = nil
        rows.removeAll(keepingCapacity: true)
    }

    /// Takes `origin` up for the next rows; what row `row` has to say for it, nil: nothing, it is in force.
    mutating func take(_ origin: RecordOrigin?, atRow row: Int) -> OriginRow.Statement? {
        let before = inForce
        inForce = origin
        guard let origin else { return before == nil ? nil : .nobody }
        if origin == before { return nil }
        if let earlier = rows[origin] { return .asRow(earlier) }
        rows[origin] = row
        return .named(origin)
    }
}
