/// Somebody who waits for a turn, and how much of the queue's time they have had.
///
/// Times are virtual: nanoseconds of work that the queue has given away. Who comes after a rest begins at the queue's
/// present time, so that nobody saves up; who has had much begins as much later.
class Turn {
    /// When the next piece of work begins.
    final var time: UInt64 = 0
    /// Where it stands in its heap; nil: in none.
    final fileprivate(set) var place: Int?
    /// Who is first among equals: who came first.
    final fileprivate var arrival: UInt64 = 0

    final var isListed: Bool { place != nil }
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
        member.place = members.count
        members.append(member)
        rise(members.count - 1)
    }

    mutating func remove(_ member: Member) {
        guard let place = member.place else { return }
        member.place = nil
        let last = members.removeLast()
        guard last !== member else { return }
        put(last, at: place)
        settle(place)
    }

    /// After a member's time was changed.
    mutating func timeChanged(_ member: Member) {
        if let place = member.place { settle(place) }
    }

    private mutating func settle(_ place: Int) {
        rise(place)
        sink(place)
    }

    private mutating func put(_ member: Member, at place: Int) {
        members[place] = member
        member.place = place
    }

    private func isBefore(_ first: Member, _ second: Member) -> Bool {
        first.time == second.time ? first.arrival < second.arrival : first.time < second.time
    }

    private mutating func rise(_ start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard isBefore(members[place], members[parent]) else { return }
            swapPlaces(place, parent)
            place = parent
        }
    }

    private mutating func sink(_ start: Int) {
        var place = start
        while true {
            var least = 2 * place + 1
            guard least < members.count else { return }
            if least + 1 < members.count, isBefore(members[least + 1], members[least]) { least += 1 }
            guard isBefore(members[least], members[place]) else { return }
            swapPlaces(place, least)
            place = least
        }
    }

    private mutating func swapPlaces(_ first: Int, _ second: Int) {
        let (one, other) = (members[first], members[second])
        put(one, at: second)
        put(other, at: first)
    }
}
