import Client
import Population
import RPC
import Settlement

/// Makes the pools of requests to `Quote`: nobody settles for these persons, so that their years stay empty.
enum QuotePool {
    /// - Parameter persons: of the world; dealt out to so many threads.
    static func make(
        _ world: SettleWorld, persons: Range<Int>, threads: Int, compression: Compression
    ) throws(LoadProblem) -> [CallPool] {
        // An answer to Quote bears its time, so that no two are the same bytes.
        let pools = (0..<threads).map { _ in
            CallPool(SettlementClient.quoteMethod, compression: compression, isRepeatable: false)
        }
        let reckoners = world.packs.map(Reckoner.init)
        var made = 0
        for index in persons {
            let person = world.persons[index]
            for claim in person.claims {
                var year = [Fen](repeating: 0, count: CalculatorLimit.slotsMax)
                let figures = year.withUnsafeMutableBufferPointer { year in
                    reckoners[person.pack].settle(
                        world.claims[claim].claim, person.facts, year: year.baseAddress!)
                }
                guard let figures else { throw LoadProblem("a claim of the world is refused by its own calculator") }
                SettleCalls.message(world, index, claim).withUnsafeBytes { message in
                    pools[made % threads].add(message, claims: 1, .claim(figures))
                }
                made += 1
            }
        }
        return pools
    }
}
