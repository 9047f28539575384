import Client
import Glibc
import Policy
import Population
import RPC
import Settlement

/// Requests that may be sent again and again, made before the run, with what must be answered; of one thread.
///
/// The first answer to each is checked figure by figure. Where answers are the same bytes whenever they are asked for,
/// later ones are compared with that one byte by byte, which costs next to nothing.
package final class CallPool {
    /// What must be answered to a request.
    enum Expected {
        case claim(ExpectedFigures)
        case batch(ExpectedBatch)
    }

    private struct Entry {
        var message: UnsafeMutableRawBufferPointer
        var compression: Compression
        var claims: Int
        var checksum: UInt64
        /// An answer whose every figure was checked.
        var verified = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        var verifiedCompression = Compression.none
    }

    private static let firstCapacity = 64

    private let heads: [CallHead]
    /// Whether the same request is answered with the same bytes.
    private let isRepeatable: Bool
    private let compression: Compression
    private var deflater = Deflater()
    private var inflater = Inflater()
    // Plain memory: it is looked at with every request and every answer.
    @exclusivity(unchecked) private var entries = UnsafeMutablePointer<Entry>.allocate(capacity: firstCapacity)
    private var capacity = firstCapacity
    package private(set) var count = 0
    private var expected: [Expected] = []

    init(_ method: RemoteMethod, compression: Compression, isRepeatable: Bool) {
        heads = [CallHead(method), CallHead(method, compression)]
        self.compression = compression
        self.isRepeatable = isRepeatable
    }

    deinit {
        for index in 0..<count {
            entries[index].message.deallocate()
            entries[index].verified.deallocate()
        }
        entries.deallocate()
    }

    func add(_ message: UnsafeRawBufferPointer, claims: Int, _ expected: Expected) {
        var sent = message
        var used = Compression.none
        if compression != .none, let smaller = deflater.deflate(message, compression) {
            sent = smaller
            used = compression
        }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: sent.count, alignment: 16)
        copy.copyMemory(from: sent)
        let checksum: UInt64 =
            switch expected {
            case .claim(let figures): figures.sum.value
            case .batch(let batch): batch.sum.value
            }
        if count == capacity { grow() }
        (entries + count).initialize(
            to: Entry(message: copy, compression: used, claims: claims, checksum: checksum))
        count += 1
        self.expected.append(expected)
    }

    private func grow() {
        let larger = UnsafeMutablePointer<Entry>.allocate(capacity: 2 * capacity)
        larger.moveInitialize(from: entries, count: count)
        entries.deallocate()
        entries = larger
        capacity *= 2
    }

    @inline(__always)
    func put(_ index: Int, into request: inout OutgoingRequest) {
        let entry = entries[index]
        request.put(heads[entry.compression == .none ? 0 : 1], UnsafeRawBufferPointer(entry.message))
    }

    func judge(_ index: Int, _ answer: Answer) -> Verdict {
        let entry = entries[index]
        if entry.verified.count == answer.message.count, entry.verifiedCompression == answer.compression,
            let verified = entry.verified.baseAddress, let came = answer.message.baseAddress,
            memcmp(verified, came, entry.verified.count) == 0
        {
            return .right(claims: entry.claims, checksum: entry.checksum)
        }
        return verify(index, answer)
    }

    private func verify(_ index: Int, _ answer: Answer) -> Verdict {
        var message = answer.message
        if answer.compression != .none {
            do throws(CompressionError) {
                message = try inflater.inflate(message, answer.compression)
            } catch { return .wrong("request \(index): \(error)") }
        }
        switch expected[index] {
        case .claim(let figures):
            guard let came = AnswerFigures(message) else {
                return .wrong("request \(index): the answer does not parse")
            }
            guard came.isRight(figures) else {
                return .wrong("request \(index) is answered \(came.text); it should be \(figures.text), in fen")
            }
        case .batch(let batch):
            if let refused = batch.firstRefused(message) { return .refused(code: refused) }
            if let problem = batch.problem(message) { return .wrong("request \(index): \(problem)") }
        }
        if isRepeatable, entries[index].verified.isEmpty {
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: answer.message.count, alignment: 16)
            copy.copyMemory(from: answer.message)
            entries[index].verified = copy
            entries[index].verifiedCompression = answer.compression
        }
        return .right(claims: entries[index].claims, checksum: entries[index].checksum)
    }
}

/// Sends a pool's requests in turn; some of them once more.
package final class PooledCalls: CallSource {
    private let pool: CallPool
    @exclusivity(unchecked) private var position: Int
    @exclusivity(unchecked) private var last: Int?
    private let duplicatesPerMille: Int64
    @exclusivity(unchecked) private var random: RandomStream

    /// - Parameter first: where in the pool it begins, so that connections send different ones at a time.
    package init(_ pool: CallPool, first: Int, duplicatesPerMille: Int, seed: UInt64) {
        precondition(pool.count > 0)
        self.pool = pool
        position = first % pool.count
        self.duplicatesPerMille = Int64(duplicatesPerMille)
        random = RandomStream(seed: seed, index: UInt64(first))
    }

    package func next(into request: inout OutgoingRequest) -> Int? {
        if duplicatesPerMille > 0, let last, random.below(1000) < duplicatesPerMille {
            pool.put(last, into: &request)
            return last
        }
        let index = position
        position = index + 1 == pool.count ? 0 : index + 1
        last = index
        pool.put(index, into: &request)
        return index
    }

    package func judge(_ mark: Int, _ answer: Answer) -> Verdict { pool.judge(mark, answer) }

    package func failed(_ mark: Int, code: Int32?) {}
}
