import Dispatch
import LedgerFormat

/// Watches a store's file for conditions that operators must know; reports the beginning and the end of each.
struct StoreWatch {
    /// Pause between two checks of the disk.
    private static let pauseNanoseconds: UInt64 = 1_000_000_000

    private let path: String
    /// Free bytes below which there is a warning; at least twice the log, which grows and is copied.
    private let lowBytes: Int
    private var nextLook: UInt64 = 0
    private var isLow = false
    private var checkpointFailure: String?
    private var witnessFailure: String?
    private var displacement: String?

    init(path: String, lowBytes: Int = DiskSpace.lowBytes) {
        self.path = path
        self.lowBytes = lowBytes
    }

    mutating func look(_ status: StoreStatus, displacement: String?) -> [LedgerIncident] {
        var incidents: [LedgerIncident] = []
        if let failure = status.checkpointFailure, checkpointFailure == nil {
            incidents.append(
                LedgerIncident(
                    .checkpointFailed,
                    "the log \(path)-wal cannot be copied into the ledger: \(failure); nothing is "
                        + "lost, the log grows (\(status.logBytes) bytes) until it can"))
        } else if status.checkpointFailure == nil, checkpointFailure != nil {
            incidents.append(LedgerIncident(.checkpointWorks, "the log \(path)-wal is copied into the ledger again"))
        }
        checkpointFailure = status.checkpointFailure
        if let failure = status.witnessFailure, witnessFailure == nil {
            incidents.append(
                LedgerIncident(
                    .witnessNotWritten,
                    "what says how far \(path) was acknowledged cannot be written: \(failure); "
                        + "nothing is lost, but what a damaged disk takes away would not be noticed"))
        } else if status.witnessFailure == nil, witnessFailure != nil {
            incidents.append(
                LedgerIncident(.witnessWritten, "what says how far \(path) was acknowledged is written again"))
        }
        witnessFailure = status.witnessFailure
        if let displacement, self.displacement == nil {
            incidents.append(LedgerIncident(.fileDisplaced, displacement))
        }
        self.displacement = displacement
        if let incident = lookAtDisk(status.logBytes) { incidents.append(incident) }
        return incidents
    }

    private mutating func lookAtDisk(_ log: Int) -> LedgerIncident? {
        let now = DispatchTime.now().uptimeNanoseconds
        guard now >= nextLook, let space = DiskSpace(of: path) else { return nil }
        nextLook = now + Self.pauseNanoseconds
        let limit = max(lowBytes, 2 * log)
        if !isLow, let warning = space.warning(for: path, limit: limit) {
            isLow = true
            return LedgerIncident(.diskNearlyFull, warning)
        }
        // Hysteresis above the limit, so that a single freed and reused block is not a line each.
        if isLow, space.free > limit + limit / 4 {
            isLow = false
            return LedgerIncident(.diskHasRoom, "the disk of \(path) has room again, \(space.free) bytes free")
        }
        return nil
    }
}
