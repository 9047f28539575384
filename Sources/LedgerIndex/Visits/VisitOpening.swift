/// The usable visits of a folder.
struct VisitOpening {
    /// Metadata of the usable part; nil: none.
    var facts: VisitFacts?
    var file: VisitFile?
    var heads: [VisitHead] = []
}
