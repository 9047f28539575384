/// A set of a server's methods, by their numbers in its table.
package struct MethodSet: Sendable, Equatable {
    private var words = InlineArray<4, UInt64>(repeating: 0)

    /// The empty set.
    package init() {}

    /// Every method that a server can have.
    package static let all: MethodSet = {
        var all = MethodSet()
        for word in all.words.indices { all.words[word] = .max }
        return all
    }()

    /// - Parameter index: below `Limits.methodsMax`.
    package mutating func insert(_ index: Int) { words[index >> 6] |= 1 << UInt64(index & 63) }

    @inline(__always)
    package func contains(_ index: Int) -> Bool { words[index >> 6] >> UInt64(index & 63) & 1 != 0 }

    package static func == (a: MethodSet, b: MethodSet) -> Bool {
        a.words.indices.allSatisfy { a.words[$0] == b.words[$0] }
    }
}
