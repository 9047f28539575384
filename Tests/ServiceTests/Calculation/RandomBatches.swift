import Glibc
import Policy
import Population
import Settlement

/// Persons of one region with the claims of their year, some claims spoiled.
struct RandomYear {
    let region: String
    var persons: [PersonRecord] = []
    /// In the order in which they are settled; those of one person by date.
    var claims: [(person: Int, record: ClaimRecord)] = []

    /// The seed of this run: `JIESUAN_SEED` where it is set, else a new one; tests print it.
    static let seed: UInt64 = {
        if let text = getenv("JIESUAN_SEED"), let seed = UInt64(String(cString: text)) { return seed }
        return UInt64.random(in: 1...999_999_999)
    }()

    /// Claims of every region and of every way to be wrong.
    static func all(claims: Int64, seed: UInt64) -> [RandomYear] {
        GeneratedPerson.Region.allCases.enumerated().map { index, region in
            RandomYear(region, claims: claims, seed: seed &+ UInt64(index))
        }
    }

    init(_ region: GeneratedPerson.Region, claims count: Int64, seed: UInt64) {
        self.region = region.rawValue
        var generator = Generator(Generator.Options(claims: count, seed: seed, regions: [region]))
        var faults = Faults(share: 300, seed: seed)
        var queues: [[ClaimRecord]] = []
        while let made = generator.next() {
            var queue: [ClaimRecord] = []
            for record in made.claims {
                // A fault of the person or the region would be one of every claim of the row: only the claim's counts.
                var row = ClaimRow(region: self.region, person: made.person, claim: record)
                let isSpoiled = faults.spoil(&row) && row.region == self.region && row.person == made.person
                queue.append(isSpoiled ? row.claim : record)
            }
            persons.append(made.person)
            queues.append(queue)
        }
        deal(queues, RandomStream(seed: seed, index: 1))
    }

    /// Mixes the persons' claims and keeps each person's own order.
    private mutating func deal(_ queues: [[ClaimRecord]], _ stream: RandomStream) {
        var random = stream
        var next = [Int](repeating: 0, count: queues.count)
        var open = Array(queues.indices)
        while !open.isEmpty {
            let place = Int(random.below(Int64(open.count)))
            let person = open[place]
            claims.append((person, queues[person][next[person]]))
            next[person] += 1
            if next[person] == queues[person].count {
                open[place] = open[open.count - 1]
                open.removeLast()
            }
        }
    }

    /// The natural year of each person's state: that of the person's claims.
    func year(of person: Int) -> Int32 {
        claims.first { $0.person == person }?.record.claim.serviceDate.year ?? 0
    }

    /// The first claim of each person, before anything is settled.
    var openings: [Sample] {
        var firsts = [ClaimRecord?](repeating: nil, count: persons.count)
        for (person, record) in claims where firsts[person] == nil && record.claim.serviceDate.exists {
            firsts[person] = record
        }
        return persons.indices.map { person in
            let record = firsts[person] ?? claims.first { $0.person == person }!.record
            return Sample(region: region, person: persons[person], claim: record)
        }
    }

    /// All claims in one batch, a row for each person.
    func batch() -> Batch {
        var batch = Batch(region: region)
        for opening in openings { _ = batch.add(opening) }
        for (person, record) in claims { batch.add(record, row: person) }
        return batch
    }
}

/// Swift's own random functions draw from a stream with a seed, too.
extension RandomStream: RandomNumberGenerator {}
