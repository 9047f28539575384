/// Pointers to the parts of an outcome that are written by index.
///
/// Pointers, because Swift 6.3 copies an array of fixed size before it reads an element. Valid while the outcome that
/// they were made of is borrowed; the numbers are those of `Tables`, which checked them once.
struct OutcomePointers: BitwiseCopyable {
    let layers: UnsafeMutablePointer<LayerResult>
    let funds: UnsafeMutablePointer<Fen>
    let left: UnsafeMutablePointer<Fen>

    @_noAllocation @_noLocks
    @inline(__always)
    init(_ outcome: inout Outcome) {
        layers = withUnsafeMutablePointer(to: &outcome.layers) {
            UnsafeMutableRawPointer($0).assumingMemoryBound(to: LayerResult.self)
        }
        funds = withUnsafeMutablePointer(to: &outcome.funds) {
            UnsafeMutableRawPointer($0).assumingMemoryBound(to: Fen.self)
        }
        left = withUnsafeMutablePointer(to: &outcome.left) {
            UnsafeMutableRawPointer($0).assumingMemoryBound(to: Fen.self)
        }
    }
}
