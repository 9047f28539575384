/// The codes of the institutions as they were at one moment.
package struct InstitutionCodes: Sendable {
    let versions: [InstitutionRegister.Version]
    let latest: [Int32]

    /// The code of an institution; empty: there is no such number.
    package subscript(number: UInt32) -> String {
        guard number >= 1, Int(number) <= latest.count else { return "" }
        return versions[Int(latest[Int(number) - 1])].record.code
    }
}
