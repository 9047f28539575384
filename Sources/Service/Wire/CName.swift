import Glibc

/// A name as protobuf-c wants it: a C string that lives as long as its table.
struct CName {
    let pointer: UnsafeMutablePointer<CChar>

    func matches(_ other: UnsafePointer<CChar>) -> Bool { strcmp(pointer, other) == 0 }
}

/// Names that never change after they are made, so that every worker may read them.
final class CNames: @unchecked Sendable {
    // Unchecked: the memory is written in `init`, freed in `deinit`, and only read in between.
    let names: [CName]
    /// The same as protobuf-c's `repeated string`.
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    init(_ strings: [String]) {
        names = strings.map { CName(pointer: strdup($0)) }
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

    /// Index of `name`, trying `hint` first: callers usually send names in the order they got them.
    func index(of name: UnsafePointer<CChar>, hint: Int) -> Int? {
        if hint < names.count, names[hint].matches(name) { return hint }
        return names.firstIndex { $0.matches(name) }
    }
}
