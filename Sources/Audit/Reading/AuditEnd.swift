/// How far a log was followed: the number and the hash of the line before the next one.
struct AuditEnd: Equatable {
    var sequence: UInt64 = 0
    var chain = AuditChain()

    /// Takes the next line; what is wrong with it, or nil.
    ///
    /// After a line that does not fit, the chain is followed from what that line says: each fault is told once.
    ///
    /// - Parameter isFirstKnown: whether the line before is known, or this one is the log's first; otherwise the first
    ///   line is taken as it is.
    mutating func take(
        _ line: UnsafeRawBufferPointer, at place: AuditFileReading.Place, isFirstKnown: Bool = true
    ) -> AuditFinding? {
        guard let parts = AuditLine.parts(line), let says = AuditChain(head: parts.hash) else {
            return AuditFinding(place, .noLine)
        }
        defer { (sequence, chain) = (parts.sequence, says) }
        if !isFirstKnown && sequence == 0 { return nil }
        if parts.sequence > sequence + 1 { return AuditFinding(place, .missing(parts.sequence - sequence - 1)) }
        if parts.sequence <= sequence { return AuditFinding(place, .outOfOrder(parts.sequence, after: sequence)) }
        var expected = chain
        expected.add(parts.text)
        return expected == says ? nil : AuditFinding(place, .changed(parts.sequence))
    }
}
