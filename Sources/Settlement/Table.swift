/// A bounds-checked, immutable table of plain values in memory of its own.
///
/// Not an array, because reading one counts references, which the settling path must not (`@_noLocks`); not a `Span`,
/// because in Swift 6.3 a value that holds spans cannot be read under `@_noLocks` either. Every access is checked in
/// every build; the only unsafe step is the read behind that check. Its owner frees it.
struct Table<Element: BitwiseCopyable> {
    private let base: UnsafeMutablePointer<Element>
    let count: Int

    init(_ elements: [Element]) {
        count = elements.count
        base = .allocate(capacity: max(1, count))
        base.initialize(from: elements, count: count)
    }

    func free() { base.deallocate() }

    subscript(index: Int) -> Element {
        @_transparent
        get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            return base[index]
        }
    }

    /// Pointer to a checked element. For large elements of which a caller reads a few fields: a copy would load them
    /// all at once, since the compiler may not move loads past stores to the year.
    @_transparent
    func pointer(to index: Int) -> UnsafePointer<Element> {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
        return UnsafePointer(base + index)
    }

    /// Pointer to `count` checked contiguous elements.
    @_transparent
    func pointers(from first: Int, count rows: Int) -> UnsafePointer<Element> {
        precondition(first >= 0 && rows >= 0 && first <= count && rows <= count &- first)
        return UnsafePointer(base + first)
    }
}
