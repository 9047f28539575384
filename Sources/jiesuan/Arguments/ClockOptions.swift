import ArgumentParser
import Dispatch
import Foundation
import Ledger
import Records
import Registry

/// Options on the machine's clock, for commands that write to a ledger's file.
struct ClockOptions: ParsableArguments {
    /// A year; more is taken for a typing error.
    private static let secondsMax = 366 * 86_400

    @Option(
        help: ArgumentHelp(
            """
            Of a ledger's file: write to it where its last record is ahead of the clock by no more than so many \
            seconds; time stands still meanwhile.
            """, valueName: "SECONDS"))
    var clockAheadMax = Int(Ledger.clockAheadMaxUsual / 1_000)

    /// Shifts the ledger's clock, in seconds, to test the effects of a wrong one.
    @Option(name: .long, parsing: .unconditional, help: .hidden)
    var clockShift = 0

    func validate() throws {
        guard (0...Self.secondsMax).contains(clockAheadMax) else {
            throw ValidationError("--clock-ahead-max \(clockAheadMax) is not in 0 … \(Self.secondsMax) seconds")
        }
    }

    var clock: SystemClock { SystemClock(shiftSeconds: Int64(clockShift)) }
    var aheadMaxMilliseconds: Int64 { Int64(clockAheadMax) * 1_000 }

    /// The same options as arguments of the server that this command starts.
    var arguments: [String] {
        ["--clock-ahead-max", "\(clockAheadMax)"] + (clockShift == 0 ? [] : ["--clock-shift", "\(clockShift)"])
    }
}

/// The machine's time, which may be set forwards and back at any time; times of records never go back.
struct SystemClock: LedgerClock {
    var shiftSeconds: Int64 = 0

    func now() -> Moment {
        Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1000) + shiftSeconds * 1_000)
    }

    var uptime: Int64? { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) }
}
