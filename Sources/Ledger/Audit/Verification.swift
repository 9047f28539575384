/// What a verification found.
package struct Verification: Equatable, Sendable {
    /// Differences described in words at most; further ones are only counted.
    package static let differencesTold = 100

    package var blocks = 0
    package var settlements = 0
    package var reversals = 0
    package var registryRows = 0
    package var accountRows = 0
    package var adjustments = 0
    /// Second-round entries and recognitions' payments, entries that take one back included.
    package var payments = 0
    package var personYears = 0
    package var differences: [String] = []
    package var differenceCount = 0
    package var isClean: Bool { differenceCount == 0 }

    package init() {}

    mutating func differs(_ text: @autoclosure () -> String) {
        differenceCount += 1
        if differences.count < Self.differencesTold { differences.append(text()) }
    }
}
