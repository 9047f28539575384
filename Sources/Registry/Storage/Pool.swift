/// Trivial values by index, in chunks that never move: growing copies nothing and wastes at most one chunk.
struct Pool<Element: BitwiseCopyable>: ~Copyable {
    /// Elements of a chunk; a power of two.
    private static var pieceShift: Int { 14 }
    private static var pieceCount: Int { 1 << pieceShift }

    private var pieces: UnsafeMutablePointer<UnsafeMutablePointer<Element>>
    private var piecesCapacity = 16
    private(set) var count = 0

    init() { pieces = .allocate(capacity: 16) }

    deinit {
        let full = (count + Pool.pieceCount - 1) >> Pool.pieceShift
        for index in 0..<full { pieces[index].deallocate() }
        pieces.deallocate()
    }

    /// Returns the new element's number: 0, 1, 2 …
    mutating func append(_ element: Element) -> Int {
        let index = count
        if index & (Pool.pieceCount - 1) == 0 { addPiece(at: index >> Pool.pieceShift) }
        count += 1
        pointer(index).initialize(to: element)
        return index
    }

    private mutating func addPiece(at index: Int) {
        if index == piecesCapacity {
            let larger = UnsafeMutablePointer<UnsafeMutablePointer<Element>>.allocate(capacity: 2 * piecesCapacity)
            larger.update(from: pieces, count: piecesCapacity)
            pieces.deallocate()
            pieces = larger
            piecesCapacity *= 2
        }
        pieces[index] = .allocate(capacity: Pool.pieceCount)
    }

    /// Where the element lies; stays valid as long as the pool.
    @inline(__always)
    func pointer(_ index: Int) -> UnsafeMutablePointer<Element> {
        precondition(index >= 0 && index < count)
        return pieces[index >> Pool.pieceShift] + (index & (Pool.pieceCount - 1))
    }
}
