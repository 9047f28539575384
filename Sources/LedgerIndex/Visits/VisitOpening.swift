/// What of the visits in a folder can be used.
struct VisitOpening {
    /// nil: nothing can, or nothing is there.
    var facts: VisitFacts?
    var file: VisitFile?
    var heads: [VisitHead] = []
}
