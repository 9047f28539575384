import Client
import Population
import RPC
import Settlement
import Testing

/// Requests that were good once, against the real server process (promise P4: no input makes it crash).
@Suite struct `Mutated requests` {
    static let unaryCount = 20_000
    static let batchCount = 3_000
    /// Requests on their way at once: fewer than the server takes from a connection.
    static let window = 256

    @Test func `spoiled bytes are settled exactly or refused, and the server lives`() throws {
        print("mutations: JIESUAN_SEED=\(RandomYear.seed)")
        let server = try ServerProcess()
        let client = try server.connect()
        var random = RandomStream(seed: RandomYear.seed, index: 1)
        let years = RandomYear.all(claims: 40, seed: RandomYear.seed)
        let unary = years.flatMap { $0.openings.map(\.request) }
        let batches = years.map { $0.batch().with { $0.wantsLayers = true }.request }

        let single = try exchange(Self.unaryCount, client, Remote.calculate) {
            Self.spoiled(unary[Int(random.below(Int64(unary.count)))], &random)
        } check: { bytes in
            // What is answered is exact, whatever the mutation made of the claim (rule G-7).
            guard let answer = Answer(bytes) else { return false }
            let paid = answer.layers.reduce(0) { $0 + $1.paid }
            return answer.amounts.sum == answer.total && paid == answer.amounts.fundTotal
        }
        let together = try exchange(Self.batchCount, client, Remote.batch) {
            Self.spoiled(batches[Int(random.below(Int64(batches.count)))], &random)
        } check: { bytes in
            guard let answer = BatchAnswer(bytes) else { return false }
            return answer.layers.isEmpty
                || zip(answer.rows, answer.layers).allSatisfy { row, layers in
                    layers.reduce(0) { $0 + $1.paid } == row.fundTotal
                }
        }
        try server.expectHealthy(after: "mutated requests")
        // Mutations that change nothing, or everything, would find nothing.
        for codes in [single, together] {
            #expect(codes[0, default: 0] > 100 && codes[RPCErrorCode.badRequest.rawValue, default: 0] > 100, "\(codes)")
        }
        for (what, codes) in [("one claim", single), ("batch", together)] {
            let counts = codes.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            print("mutated requests (\(what)) by the code of their answer: \(counts.joined(separator: ", "))")
        }
    }

    /// Sends `count` requests, many at once; counts the answers by their codes.
    private func exchange(
        _ count: Int, _ client: Client, _ method: RemoteMethod, _ next: () -> [UInt8], check: ([UInt8]) -> Bool
    ) throws -> [Int32: Int] {
        var codes: [Int32: Int] = [:]
        var sent: [Int64: [UInt8]] = [:]
        for number in 0..<count + Self.window {
            if number < count {
                let request = next()
                sent[try request.withUnsafeBytes { try client.send(method, $0) }] = request
            }
            guard number >= Self.window || number >= count else { continue }
            guard !sent.isEmpty else { break }
            let answer = try client.receive()
            guard let request = sent.removeValue(forKey: answer.correlationID) else {
                Issue.record("an answer to \(answer.correlationID), which was not asked or was answered before")
                continue
            }
            codes[answer.code, default: 0] += 1
            #expect(answer.code == 0 ? check(Array(answer.message)) : !answer.errorText.isEmpty, "request \(request)")
        }
        #expect(sent.isEmpty)
        return codes
    }

    /// `bytes` with up to four places changed: a byte, a run of bytes, a piece gone, a piece twice.
    private static func spoiled(_ bytes: [UInt8], _ random: inout RandomStream) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.below(4) {
            guard bytes.count > 8 else { break }
            let place = Int(random.below(Int64(bytes.count - 8)))
            switch random.below(6) {
            case 0: bytes[place] = UInt8(random.below(256))
            case 1: bytes[place] ^= 1 << UInt8(random.below(8))
            case 2: for offset in 0..<8 { bytes[place + offset] = 0xff }
            case 3: for offset in 0..<4 { bytes[place + offset] = UInt8(random.below(4)) }
            case 4: bytes.removeSubrange(place..<place + Int(random.below(8)))
            default: bytes.insert(contentsOf: bytes[place..<place + 8], at: place)
            }
        }
        return bytes
    }
}
