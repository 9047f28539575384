"""Rows that the suite measures in a minute, all in one run."""

from suite.runs import Fault, Output, filter_of, row, test

DISK_CANARY = ["the harness finds a disk that says it has synced and has not"]
FAULTS = [
    Fault("2", "crash at every write and sync", ["LedgerCrashTests", "Derived files survive a crash at any step"],
          [r"^ledger crashes:", r"^derived files:"], DISK_CANARY, [r"^canary, a disk that ignores syncs"]),
    Fault("3", "torn and reordered writes", ["StoreCrashTests"], [r"^store crashes"], DISK_CANARY,
          [r"^canary, a disk that ignores syncs"]),
    Fault("6", "a sync or a write fails", ["StoreFaultTests", "When the store fails"],
          [r"^groups larger than the page cache", r"^store on a failing disk.*sync"],
          ["without writing its log anew, SQLite loses commits here: the harness sees it"],
          [r"^canary, a log taken as it reads"]),
    Fault("8", "malformed requests and frames, in the suite",
          ["Mutated requests", "Fuzzer's corpus", "Bad input", "Bad packets"], [r"^mutated requests"]),
    Fault("10", "split frames", ["Frame decoder"]),
    Fault("11", "compressed bombs", ["Compressed messages", "Bad packets"], [r"^peak of the server under messages"]),
    Fault("15", "duplicate ids from many connections", ["Settling from many connections at once"]),
    Fault("17", "orders that must come to the same", ["OrderTests", "Any interleaving of settling, reversing, failing "
                                                      "and opening anew"]),
    Fault("26", "bad policy packs", ["Bad policy packs", "Checking a pack", "Limits of a pack", "Reading a pack"]),
    Fault("27", "arithmetic at its ends, against an independent calculator",
          ["DifferentialTests", "PropertyTests", "CanaryTests", "Money is exact (G-1, G-2, G-3)"],
          [r"settlements compared"], ["every number that is planted wrong in a calculator is found"],
          [r"planted faults$"]),
    Fault("28", "allocation", ["Settling allocates nothing"], [r"^malloc calls of a Calculate"],
          ["the counter counts"]),
    Fault("32", "ledgers of other versions", ["StoreFileTests", "A snapshot"]),
    Fault("38", "exit codes and damaged files", ["An answer that cannot be written", "Files of operators",
                                                 "Nothing is lost by a slip"]),
]


def run(rig):
    """The rows of all of `FAULTS`."""
    suites = sorted({name for fault in FAULTS for name in fault.suites})
    output = test(filter_of(suites), 900)
    rows = [row(fault, output) for fault in FAULTS]
    finds = sees_failures()
    for made in rows:
        if made.number == "27":
            made.figure = total(output)
        made.canary = made.canary or "a suite that fails, and one that does not end" + ("" if finds else ", MISSED")
        made.holds = made.holds and finds
    return rows


def sees_failures():
    """Whether a row of a suite that fails, and one of a suite that never ends, do not hold."""
    fault = Fault("10", "split frames", ["Frame decoder"])
    failed = Output('✘ Test "x" failed after 1 seconds with 1 issue.\n✘ Suite "Frame decoder" failed after 1 seconds.')
    endless = Output('◇ Suite "Frame decoder" started.')
    return not row(fault, failed).holds and not row(fault, endless).holds


def total(output):
    """The settlements compared, of all regions together."""
    count = 0
    for line in output.printed([r"settlements compared"]):
        count += int(line.split(": ")[1].split(" ")[0])
    return f"{count:,} settlements compared with exact fractions, to the fen" if count else "not run to its end"

