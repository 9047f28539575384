"""Rows 1, 4 and 33: kills of the real server and of runs, and every byte of a ledger turned."""

import os

from suite.runs import Fault, filter_of, row, test

SERVER = Fault(
    "1", "kill -9 of the server: Settle, SettleBatch, Reverse", ["A server that is killed"], [r"^FIGURE kills:"],
    ["the harness finds a server that forgets what it settled"], [r"^FIGURE kills-canary:"])
PAYING = Fault(
    "1", "kill -9 of the server: second rounds and recognitions", ["A server that is killed while it pays"],
    [r"^FIGURE kills-booked:"], ["the harness finds a server that forgets what it paid"],
    [r"^FIGURE kills-booked-canary:"])
DAMAGE = ["Damage of a ledger's files"]
RUNS = Fault("1", "kill -9 of a year's end from files", ["A run that is killed"])


def kills(rig):
    return "20" if rig.options.quick else os.environ.get("JIESUAN_KILLS", "200")


def run_server(rig):
    return [row(SERVER, test(filter_of(SERVER.suites), 900, JIESUAN_KILLS=kills(rig)))]


def run_paying(rig):
    return [row(PAYING, test(filter_of(PAYING.suites), 1200, JIESUAN_KILLS=kills(rig)))]


def run_runs(rig):
    # Each of its three tests starts a run some five times for four kills.
    few = str(max(4, int(kills(rig)) // 10))
    made = row(RUNS, test(filter_of(RUNS.suites), 900, JIESUAN_KILLS=few))
    made.figure += f" ({few} kills each)"
    made.canary = "those of the rows of the server"
    return [made]


def run_flips(rig):
    how = "some" if rig.options.quick else "all"
    output = test(filter_of(DAMAGE), 900, JIESUAN_FLIPS=how)
    plain = ["the harness finds what plain SQLite loses"]
    return [
        row(Fault("4", f"{how} bytes of main file, log and witness turned", DAMAGE, [r"^FIGURE flips"], plain), output),
        row(Fault("33", "log cut at every frame, files gone, or of different moments", DAMAGE,
                  [r"^FIGURE cuts", r"^FIGURE copies"], plain), output)]
