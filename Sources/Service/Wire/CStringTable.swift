import Glibc

/// A C string, as protobuf-c takes it; lives as long as its table.
struct CString {
    let pointer: UnsafeMutablePointer<CChar>

    func matches(_ other: UnsafePointer<CChar>) -> Bool { strcmp(pointer, other) == 0 }
}

/// An immutable table of C strings that every worker may read.
final class CStringTable: @unchecked Sendable {
    // Unchecked: the memory is written in `init`, freed in `deinit`, and only read in between.
    let names: [CString]
    /// The same as protobuf-c's `repeated string`.
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    init(_ strings: [String]) {
        names = strings.map { CString(pointer: strdup($0)) }
        pointers = .allocate(capacity: max(1, strings.count))
        pointers.initialize(repeating: nil, count: max(1, strings.count))
        for (index, name) in names.enumerated() { pointers[index] = name.pointer }
    }

    deinit {
        for name in names { free(name.pointer) }
        pointers.deallocate()
    }

    var count: Int { names.count }

    subscript(index: Int) -> UnsafeMutablePointer<CChar> { names[index].pointer }

    /// Index of `name`, trying `hint` first: clients usually send names in the table's order. O(count) otherwise.
    func index(of name: UnsafePointer<CChar>, hint: Int) -> Int? {
        if hint < names.count, names[hint].matches(name) { return hint }
        return names.firstIndex { $0.matches(name) }
    }
}
