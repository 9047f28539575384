/// Positions in pictures as text; whole hundredths, so that the bytes are the same everywhere.
enum Coordinate {
    /// "12.34%" of 0.1234.
    static func percent(_ share: Double) -> String { hundredths(share * 100) + "%" }

    /// "12.34".
    static func hundredths(_ position: Double) -> String {
        let whole = Int((position * 100).rounded())
        let cents = whole.magnitude % 100
        return (whole < 0 ? "-" : "") + "\(whole.magnitude / 100).\(cents < 10 ? "0" : "")\(cents)"
    }
}
