"""Row 34: one honest client that settles one by one, and one hostile connection for each kind of question."""

import threading
import time

from heavy.ledger import Filled
from rig.rig import one_by_one
from rig.rows import Part, Row, median, milliseconds, text_of
from rig.wire import Hostile

#: What the honest client may wait: its 99th percentile in parts of its own quiet one, or so many milliseconds, and the
#: longest wait.
TIMES = 10
P99_FREE = 20.0
LONGEST = 250.0


def waits(record):
    """(p99, longest) of a run in milliseconds."""
    return milliseconds(record["latency"]["p99"]), milliseconds(record["latency"]["max"])


def holds(quiet, p99, longest):
    return p99 <= max(TIMES * quiet, P99_FREE) and longest <= LONGEST


def honest(rig, server):
    record = one_by_one(rig, server, rig.options.seconds).result()
    if "latency" not in record or not record["latency"]["count"]:
        raise RuntimeError(record["problem"] or "the honest client got no answer")
    return record


def hostile_round(rig, server, kind):
    """A run of the honest client beside a hostile one: (record, hostile)."""
    hostile = Hostile(server.address, kind.packets, kind.pause)
    hostile.start()
    try:
        record = honest(rig, server)
    finally:
        hostile.stop()
    return record, hostile


class Measured:
    """What the rounds of one kind gave."""

    def __init__(self, kind):
        self.kind = kind
        self.p99, self.longest, self.problems = [], [], []
        self.answered = self.refused = self.closed = 0
        self.codes = set()

    def add(self, rig, server):
        try:
            record, hostile = hostile_round(rig, server, self.kind)
        except RuntimeError as error:
            self.problems.append(str(error))
            return
        p99, longest = waits(record)
        self.p99.append(p99)
        self.longest.append(longest)
        if record["problem"]:
            self.problems.append(record["problem"])
        self.answered += hostile.answered
        self.refused += hostile.refused
        self.closed += hostile.closed
        self.codes |= set(hostile.codes)

    def row(self, quiet):
        p99, longest = median(self.p99), median(self.longest)
        asked = f"asked {self.answered + self.refused:,}"
        if self.refused:
            asked += f" (refused {self.refused:,} by {', '.join(str(code) for code in sorted(self.codes) if code)})"
        figure = f"nobody was answered; {asked}"
        if self.p99:
            figure = (
                f"p99 {text_of(quiet)} → {text_of(p99)} (× {p99 / quiet:.1f}), longest wait {text_of(longest)}; "
                f"{asked}")
        if self.refused and not self.answered and not self.kind.is_bomb:
            self.problems.append("not one of the questions was answered: they are not the expensive ones")
        if self.problems:
            figure += f"; {self.problems[0]}"
        values = {
            "quiet_p99_ms": quiet, "p99_ms": self.p99, "longest_ms": self.longest, "answered": self.answered,
            "refused": self.refused, "closed": self.closed, "problems": self.problems}
        good = not self.problems and bool(self.p99) and holds(quiet, p99, longest)
        return Row("34", self.kind.name, figure, good, values=values)


def run(rig):
    filled = Filled.of(rig)
    chosen = [kind for kind in filled.kinds if not rig.options.kind or rig.options.kind.lower() in kind.name.lower()]
    measured = [Measured(kind) for kind in chosen]
    quiet = []
    for number in range(rig.options.rounds):
        quiet.append(waits(honest(rig, filled.server))[0])
        rig.say(f"round {number + 1}, quiet: p99 {text_of(quiet[-1])}")
        for one in measured:
            one.add(rig, filled.server)
            said = f"p99 {text_of(one.p99[-1])}, longest {text_of(one.longest[-1])}" if one.p99 else one.problems[-1]
            rig.say(f"round {number + 1}, {one.kind.name}: {said}; asked {one.answered + one.refused:,}")
    finds, canary = canary_of(rig, filled.server, median(quiet))
    rows = [one.row(median(quiet)) for one in measured]
    for row in rows:
        row.canary = canary
        row.holds = row.holds and finds
    return rows


def canary_of(rig, server, quiet):
    """A server that is stopped once for longer than anybody may wait: the harness must see it."""
    load = one_by_one(rig, server, 3)
    time.sleep(2.5)
    server.pause()
    threading.Timer(1.5 * LONGEST / 1000, server.resume).start()
    record = load.result()
    p99, longest = waits(record)
    finds = not holds(quiet, p99, longest)
    missed = "" if finds else ", MISSED"
    return finds, f"a server stopped for {1.5 * LONGEST:.0f} ms: {text_of(longest)} seen{missed}"


PART = Part("heavy questions", "34", 16.8, run)
