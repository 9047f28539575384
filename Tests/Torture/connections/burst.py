"""Rows 20 and 35: thousands of connects at once, connects to a server that is stopped, a storm of connects."""

import time

from connections.crowd import SOURCES, found, ledger_server, light, served
from rig.rig import Load, wait_until
from rig.rows import Part, Row, text_of
from rig.toy import Toy
from rig.wire import Crowd

POOLED = 8_000
QUEUED = 4_000
STORM = 50_000
PATIENCE = 40


def row(number, fault, crowd, count, finds, canary):
    longest = text_of(1000 * crowd.longest)
    figure = f"{crowd.answered:,} of {count:,} answered, {crowd.failures} failed, longest {longest}"
    if crowd.failed:
        figure += f" ({', '.join(f'{reason}: {times}' for reason, times in sorted(crowd.failed.items()))})"
    values = {"answered": crowd.answered, "failed": crowd.failed, "longest_s": crowd.longest}
    return Row(number, fault, figure, crowd.failures == 0 and finds, canary, values)


def run(rig):
    server = ledger_server(rig, "burst")
    sockets = server.sockets()
    size = 10 if rig.options.quick else 1
    finds, canary = canary_of()
    rows = []
    # Beside work that keeps every core of the server.
    work = Load(
        rig, server, "--workload", "settle-batch", "--claims", "8192", "--connections", "2", "--in-flight", "2",
        "--persons", "1000", seconds=5, warm_up=0.5)
    time.sleep(1)
    crowd = Crowd(server.address, light()).run(POOLED // size, PATIENCE, SOURCES)
    rows.append(row(
        "35", f"{POOLED // size:,} connects at once, a call each, while batches are settled", crowd, POOLED // size,
        finds and not work.result()["problem"], canary))
    server.pause()
    crowd = Crowd(server.address, light())
    crowd.run(QUEUED // size, PATIENCE, SOURCES, meanwhile=server.resume)
    count = QUEUED // size
    rows.append(row(
        "35", f"a stopped server with {count:,} in its queue, continued", crowd, count, finds, canary))
    rows.append(storm(server, STORM // size, sockets, finds, canary))
    server.stop()
    return rows


def storm(server, count, sockets, finds, canary):
    """Connects in waves of 2,000, as fast as they are answered; nothing of them may stay."""
    whole = Crowd(server.address, light())
    seconds = 0.0
    for first in range(0, count, 2_000):
        wave = served(server.address, min(2_000, count - first))
        whole.answered += wave.answered
        whole.longest = max(whole.longest, wave.longest)
        seconds += wave.longest
        for reason, times in wave.failed.items():
            whole.failed[reason] = whole.failed.get(reason, 0) + times
    made = row("20", f"a storm of {count:,} connects", whole, count, finds, canary)
    wait_until(lambda: server.sockets() <= sockets, 5)
    left = max(0, server.sockets() - sockets)
    made.figure += f"; {count / max(seconds, 0.001):,.0f} a second; connections left behind {left}"
    made.holds = made.holds and left == 0
    return made


def canary_of():
    """A server that answers nine of ten."""
    toy = Toy(forgets=10)
    crowd = served(toy.address, 100, 5)
    toy.close()
    finds = crowd.failures > 0
    return finds, f"a server that leaves every tenth without an answer: {crowd.failures} of 100 fail{found(finds)}"


PART = Part("bursts of connects", "20 35", 0.5, run)
