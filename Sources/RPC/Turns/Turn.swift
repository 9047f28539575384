/// A waiting member of a turn heap, and how much of the queue's time it has used.
///
/// Times are virtual: nanoseconds of work that the queue has done. A member that was idle starts at the queue's present
/// time, so that idleness earns no credit; one that used much starts that much later.
class Turn {
    /// Virtual time at which its next piece of work starts.
    final var time: UInt64 = 0
    /// Its index in its heap's array; nil when it is in none.
    final fileprivate(set) var heapIndex: Int?
    /// Order of arrival; breaks ties.
    final fileprivate var arrival: UInt64 = 0

    final var isListed: Bool { heapIndex != nil }
}

/// Turns by their time, the earliest first; O(log n) for each change.
struct TurnHeap<Member: Turn> {
    private var members: [Member] = []
    private var arrivals: UInt64 = 0

    var first: Member? { members.first }
    var isEmpty: Bool { members.isEmpty }
    var count: Int { members.count }

    mutating func insert(_ member: Member) {
        arrivals += 1
        member.arrival = arrivals
        member.heapIndex = members.count
        members.append(member)
        rise(members.count - 1)
    }

    mutating func remove(_ member: Member) {
        guard let heapIndex = member.heapIndex else { return }
        member.heapIndex = nil
        let last = members.removeLast()
        guard last !== member else { return }
        put(last, at: heapIndex)
        settle(heapIndex)
    }

    /// After a member's time was changed.
    mutating func timeChanged(_ member: Member) {
        if let heapIndex = member.heapIndex { settle(heapIndex) }
    }

    private mutating func settle(_ heapIndex: Int) {
        rise(heapIndex)
        sink(heapIndex)
    }

    private mutating func put(_ member: Member, at heapIndex: Int) {
        members[heapIndex] = member
        member.heapIndex = heapIndex
    }

    private func isBefore(_ first: Member, _ second: Member) -> Bool {
        first.time == second.time ? first.arrival < second.arrival : first.time < second.time
    }

    private mutating func rise(_ start: Int) {
        var heapIndex = start
        while heapIndex > 0 {
            let parent = (heapIndex - 1) / 2
            guard isBefore(members[heapIndex], members[parent]) else { return }
            swapPlaces(heapIndex, parent)
            heapIndex = parent
        }
    }

    private mutating func sink(_ start: Int) {
        var heapIndex = start
        while true {
            var least = 2 * heapIndex + 1
            guard least < members.count else { return }
            if least + 1 < members.count, isBefore(members[least + 1], members[least]) { least += 1 }
            guard isBefore(members[least], members[heapIndex]) else { return }
            swapPlaces(heapIndex, least)
            heapIndex = least
        }
    }

    private mutating func swapPlaces(_ first: Int, _ second: Int) {
        let (one, other) = (members[first], members[second])
        put(one, at: second)
        put(other, at: first)
    }
}
