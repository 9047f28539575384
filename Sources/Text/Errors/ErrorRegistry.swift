import Settlement

/// Every code that a caller may see: the transport's, which are brpc's, and the domain's.
package enum ErrorRegistry {
    /// In the order of numbers.
    package static let all = transport + claims + ledger + register + accounts + access

    /// The entry of a number; nil: there is no such code.
    package static subscript(_ number: Int32) -> ErrorEntry? { byNumber[number] }

    /// The entry of a name; nil: there is no such code.
    package static subscript(_ name: String) -> ErrorEntry? { byName[name] }

    private static let byNumber = Dictionary(uniqueKeysWithValues: all.map { ($0.number, $0) })
    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}

extension DomainCode {
    /// What the registry says of it; nil of `none`.
    package var entry: ErrorEntry? { ErrorRegistry[Int32(rawValue)] }

    /// As in the proto: "PERSON_UNKNOWN"; "NONE" of what is no error.
    package var name: String { entry?.name ?? "NONE" }
}
