/// Names that many records share (regions, products, diseases), numbered in the order in which they appear.
struct NameTable {
    private(set) var names: [String] = []
    private var numbers: [String: UInt16] = [:]

    /// The name's number; made where it is new.
    mutating func number(of name: String) -> UInt16 {
        if let number = numbers[name] { return number }
        let number = UInt16(names.count)
        names.append(name)
        numbers[name] = number
        return number
    }

    subscript(number: UInt16) -> String { names[Int(number)] }
}
