import Settlement

/// A builder of plans, layers and brackets for hand-written tables.
struct TableBuilder {
    private(set) var plans: [Plan] = []
    private(set) var layers: [Layer] = []
    private(set) var brackets: [Bracket] = []
    private(set) var planIndex: [UInt32] = []
    private var numbers: [Key: UInt32] = [:]

    private struct Key: Hashable {
        var plan: Plan
        var layers: [Layer]
    }

    /// Range of the brackets in the table, for `Layer.firstBracket` and `bracketCount`.
    mutating func add(brackets new: [Bracket]) -> (first: UInt16, count: UInt16) {
        brackets += new
        return (UInt16(brackets.count - new.count), UInt16(new.count))
    }

    /// Makes the plan of the next key; equal plans share one.
    mutating func addKey(_ plan: Plan, layers new: [Layer] = []) {
        let key = Key(plan: plan, layers: new)
        if let number = numbers[key] {
            planIndex.append(number)
            return
        }
        var placed = plan
        placed.firstLayer = UInt32(layers.count)
        placed.layerCount = UInt8(new.count)
        let number = UInt32(plans.count)
        layers += new
        plans.append(placed)
        numbers[key] = number
        planIndex.append(number)
    }
}
