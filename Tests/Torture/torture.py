"""What is promised under faults, tried against the built server: one table, one figure for each fault.

    /usr/bin/python3 Tests/Torture/torture.py --only 34 --seconds 5      the heavy questions, short rounds
    /usr/bin/python3 Tests/Torture/torture.py --quick                    all of it, some minutes
    make torture                                                          all of it, within half an hour

Needs protobuf-compiler and python3-protobuf, and a release build with its tests.
EXIT CODES: 0 everything holds; 1 a promise does not hold, or a harness missed its planted fault; 2 wrong usage
"""

import argparse
import importlib
import os
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from rig import REPOSITORY  # noqa: E402
from rig.rig import Rig  # noqa: E402
from rig.rows import Row  # noqa: E402

#: In the order in which they run.
PARTS = [
    "connections.halfopen", "connections.idle", "connections.burst", "connections.frames", "connections.slow",
    "connections.hostile",
    "faults.rot", "faults.disk", "faults.clock", "faults.owners", "faults.replies", "faults.drain", "faults.overload",
    "suite.together",
    "heavy.lists", "heavy.rounds", "faults.logs"]


def options():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(REPOSITORY / ".build/release/jiesuan"), help="the built program")
    parser.add_argument("--work", default=str(REPOSITORY / ".build/torture"), help="folder for ledgers and logs")
    parser.add_argument("--only", action="append", default=[], metavar="ROW", help="only what makes this row: 34")
    parser.add_argument("--part", action="append", default=[], metavar="NAME", help="only this part: 'idle'")
    parser.add_argument("--quick", action="store_true", help="short rounds and small crowds, for a first look")
    parser.add_argument("--seconds", type=float, help="seconds of a round beside a heavy question; default 20")
    parser.add_argument("--rounds", type=int, help="rounds of each heavy question; default 3")
    parser.add_argument("--kind", default="", help="only heavy questions whose name has this in it: Screen")
    parser.add_argument("--settlements", type=int, default=1_000_000, help="of the ledger that is asked")
    parser.add_argument("--minutes", type=float, default=float(os.environ.get("TORTURE_MINUTES", 30)),
                        help="a part whose share would end after this is left out, and the table says so")
    parser.add_argument("--json", default=str(REPOSITORY / ".build/torture/torture.json"), help="the figures as JSON")
    parser.add_argument("--page", help="page whose table is replaced: docs/reliability.md")
    parser.add_argument("--list", action="store_true", help="print the parts with their rows and minutes")
    chosen = parser.parse_args()
    if chosen.seconds is None:
        chosen.seconds = 4.0 if chosen.quick else 20.0
    if chosen.rounds is None:
        chosen.rounds = 1 if chosen.quick else 3
    return chosen


def wanted(part, chosen):
    if chosen.part:
        return any(name.lower() in part.name for name in chosen.part)
    return not chosen.only or any(part.makes(row) for row in chosen.only)


#: Seconds of a round beside those of the load: the client's warm-up and start.
ROUND_BEGINS = 2
#: A round that is shorter says little of a 99th percentile.
ROUND_LEAST = 5.0


def share_of_rounds(part, rounds, seconds):
    """Minutes of the heavy questions; the part's own are those of three rounds of 20 s."""
    return part.minutes * rounds / 3 * (seconds + ROUND_BEGINS) / (20 + ROUND_BEGINS)


def seconds_of_rounds(part, rounds, seconds, left):
    """What a round may last, at most `seconds`, so that all kinds of questions are done in so many minutes; 0: none."""
    fits = min(seconds, left * 3 * (20 + ROUND_BEGINS) / (part.minutes * rounds) - ROUND_BEGINS)
    return float(int(fits * 2)) / 2 if fits >= min(seconds, ROUND_LEAST) else 0


def run(part, rig):
    """Its rows; one that breaks is a row that does not hold."""
    try:
        return part.run(rig)
    except Exception as error:
        traceback.print_exc()
        return [Row(number, part.name, f"the harness broke: {error}", False) for number in part.rows.split()]


def main():
    from report import page, table
    chosen = options()
    parts = [importlib.import_module(name).PART for name in PARTS]
    parts = [part for part in parts if wanted(part, chosen)]
    if chosen.list:
        for part in parts:
            print(f"{part.name:24} rows {part.rows:24} {part.minutes:5.1f} minutes")
        return 0
    if not parts:
        print("no part makes that row; see --list", file=sys.stderr)
        return 2
    began = time.monotonic()
    rig = Rig(chosen.program, chosen.work, chosen)
    rows = []
    try:
        for part in parts:
            minutes = (time.monotonic() - began) / 60
            share = part.minutes / 5 if chosen.quick else part.minutes
            if part.name == "heavy questions":
                # It has what the others have left: shorter rounds rather than none, and the table says how long.
                if not (chosen.only or chosen.part):
                    later = sum(other.minutes for other in parts[parts.index(part) + 1:])
                    left = chosen.minutes - minutes - later
                    chosen.seconds = seconds_of_rounds(part, chosen.rounds, chosen.seconds, left) or chosen.seconds
                share = share_of_rounds(part, chosen.rounds, chosen.seconds)
            if minutes + share > chosen.minutes and not (chosen.only or chosen.part):
                rows += [Row(number, part.name, f"left out: no time within {chosen.minutes:g} minutes", False)
                         for number in part.rows.split()]
                continue
            print(f"{part.name} ({minutes:.1f} min)", flush=True)
            made = run(part, rig)
            print(table.text(made), flush=True)
            rows += made
            # What is done stays, whatever becomes of the rest.
            table.write_json(rows, chosen.json, (time.monotonic() - began) / 60)
        for finish in rig.pending:
            rows += finish()
    finally:
        rig.close()
    minutes = (time.monotonic() - began) / 60
    print()
    print(table.text(rows))
    table.write_json(rows, chosen.json, minutes)
    if chosen.page:
        how = f"{chosen.rounds} rounds of {chosen.seconds:g} s beside each heavy question"
        page.replace(chosen.page, rows, minutes, how)
    bad = [row for row in rows if not row.holds]
    print(f"{len(rows) - len(bad)} of {len(rows)} rows hold, {minutes:.1f} minutes; {chosen.json}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
