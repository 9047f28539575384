import TestSupport

extension SeededRandom {
    mutating func text() -> String {
        String((0..<number(0...12)).map { _ in "结算abc-019".randomElement(using: &self)! })
    }
}
