import Foundation
import Ledger
import Records
import Registry
import Settlement

/// The result of posting a run's entries.
package struct PostingResult: Codable, Equatable, Sendable {
    package var posted = 0
    /// Posted before by the same run.
    package var duplicates = 0
    /// Of persons whose year moved on since the run read it: the next run finds the difference anew.
    package var movedOn = 0

    package init() {}

    package var all: Int { posted + duplicates + movedOn }
}

/// Posts a run's results to the journal in groups: adjustments (G-13), second rounds (SY-4), recognitions' payments
/// (YT-7). Idempotent: posting again changes nothing.
package final class YearPosting {
    /// Entries of one group, which is sealed and committed together: an online settlement waits at most for one group,
    /// one or two milliseconds.
    package static let groupMax = 256

    private let reader: RecordFileReader?
    private let regions: [String]
    private let end: UInt64
    package private(set) var result = PostingResult()
    private var pending: [(region: Int, post: Post)] = []

    /// - Parameters:
    ///   - path: the run's posts.
    ///   - regions: names of the regions in the order of the library.
    ///   - end: the last block that the run read.
    package init(_ path: String, regions: [String], readThrough end: UInt64) throws {
        self.regions = regions
        self.end = end
        reader = try FileBytes.size(path) == 0 ? nil : try RecordFileReader(path)
    }

    /// Reads the next group; false: everything was posted. Needs no ledger, so any thread may do it.
    package func readGroup() throws -> Bool {
        pending.removeAll(keepingCapacity: true)
        guard let reader else { return false }
        while pending.count < Self.groupMax, let next = try PostFile.next(reader, regions: regions.count) {
            pending.append(next)
        }
        return !pending.isEmpty
    }

    /// Posts the group that was read; on the ledger's thread. It is durable once it is sealed and committed.
    package func postGroup(to ledger: Ledger) throws(DomainRefusal) {
        for (region, post) in pending {
            guard let pack = ledger.packNumber(ofRegion: regions[region]) else {
                throw DomainRefusal(
                    .policyNotInForce, "region", regions[region], rule: "G-4", "its pack is not loaded here; load it")
            }
            switch try post.book(in: ledger, pack: pack, readThrough: end) {
            case .posted: result.posted += 1
            case .duplicate: result.duplicates += 1
            case .movedOn: result.movedOn += 1
            }
        }
    }

    /// Posts everything to a ledger that nobody else uses.
    package func postAll(to ledger: Ledger, progress: (PostingResult) -> Void) throws {
        while try readGroup() {
            try postGroup(to: ledger)
            if let ticket = ledger.seal() {
                ledger.queue.commit()
                guard ledger.queue.durability(of: ticket) == .durable else {
                    throw RunProblem("the ledger's store does not take anything; what was posted stays, run again")
                }
            }
            progress(result)
        }
    }
}
