"""Row 35: a house full of idle connections, and honest clients who come to it."""

from connections.crowd import closed_by_server, found, good, idle, ledger_server, served, settled
from rig.rows import Part, Row, text_of
from rig.toy import Toy

IDLE = 10_000
TOY_ROOM = 20


def run(rig):
    server = ledger_server(rig, "idle")
    count = IDLE // 10 if rig.options.quick else IDLE
    held = []
    try:
        held = idle(server.address, count)
        crowd = served(server.address)
        record = settled(rig, server, 3 if rig.options.quick else 8)
        gone = closed_by_server(held)
        memory = server.resident_kb() / 1024
    finally:
        for one in held:
            one.close()
    code, _ = server.stop()
    failed = crowd.failures + (1 if record["problem"] else 0)
    figure = (
        f"{len(held):,} idle; {crowd.answered} new clients answered, {crowd.failures} failed, longest "
        f"{text_of(1000 * crowd.longest)}; {good(record):,.0f} settlements/s, {record['problem'] or '0 failed'}; "
        f"{gone:,} idle ones gave way; {memory:.0f} MB")
    finds, canary = canary_of()
    values = {"idle": len(held), "answered": crowd.answered, "failed": crowd.failed, "gave_way": gone, "exit": code}
    holds = failed == 0 and len(held) == count and code == 0 and good(record) > 0
    return [Row("35", f"{count:,} idle connections", figure, holds and finds, canary, values)]


def canary_of():
    """A server that is full of idle connections and lets nobody else in."""
    toy = Toy(room=TOY_ROOM)
    held = idle(toy.address, TOY_ROOM)
    crowd = served(toy.address, 40, 5)
    for one in held:
        one.close()
    toy.close()
    finds = crowd.failures > 0
    return finds, f"a full server that nobody gives way in: {crowd.failures} of 40 fail{found(finds)}"


PART = Part("idle connections", "35", 0.4, run)
