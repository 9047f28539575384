/// A number with the word that fits it: "1 row", "2 rows", "0 rows".
///
/// - Parameters:
///   - one: the words behind 1.
///   - many: those behind any other number; nil: `one` with an s.
///   - isGrouped: "12,345 rows".
package func counted<Number: BinaryInteger>(
    _ number: Number, _ one: String, _ many: String? = nil, isGrouped: Bool = false
) -> String {
    let figure = isGrouped && number >= 0 ? MoneyText.grouped(UInt64(number)) : "\(number)"
    return "\(figure) \(number == 1 ? one : many ?? one + "s")"
}
